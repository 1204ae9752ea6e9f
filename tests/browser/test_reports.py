"""Both published reports in a real browser, in both languages: they render, print on sheets, and axe-core finds no violation."""

import re
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

import httpx
import pytest

from contracts.reintegration import ReturneeRegistered, VictimIdentified
from runner.identity import access_token
from runner.suite import Suite
from runner.testing import keep_facts
from tests.browser.conftest import PASSWORD, Person

SAID: Final = {"en": ("left out", "Dark bars"), "bn": ("বাদ দেওয়া", "গাঢ় দণ্ড")}
DRAFTS: Final = "/v1/framework/report-drafts"
PERIOD: Final = "2022-H1"
# A published edition stays: each language drafts a half-year of its own.
DRAFTED: Final = {"en": "2025-H1", "bn": "2025-H2"}
APPROVE: Final = {"en": "Approve it", "bn": "অনুমোদন করুন"}


@pytest.fixture(scope="module")
async def _published(whole: Suite) -> None:
    spring, in_time = datetime(2022, 5, 10, 12, tzinfo=UTC), datetime(2022, 6, 1, 12, tzinfo=UTC)
    for district, number in (("BD-08", 40), ("BD-60", 22), ("BD-13", 3)):
        await keep_facts(whole, ReturneeRegistered.type, number, spring, in_time, district=district, country="SA", sex="male")
    await keep_facts(whole, VictimIdentified.type, 4, spring, in_time)
    url = whole.place.public_url
    first, second = [{"Authorization": f"Bearer {await access_token(url, one, PASSWORD)}"} for one in ("analyst", "analyst-two")]
    async with httpx.AsyncClient(base_url=url, timeout=240) as http:
        for report in ("migration-profile", "counter-trafficking"):
            key = {"Idempotency-Key": str(uuid4())}
            made = (await http.post(DRAFTS, json={"report": report, "period": PERIOD}, headers=first | key)).raise_for_status().json()
            for who, what, version in ((second, "approval", 1), (first, "publication", 2)):
                answer = await http.post(f"{DRAFTS}/{made['id']}/{what}", headers=who | {"If-Match": f'"{version}"'})
                answer.raise_for_status()


@pytest.mark.usefixtures("_published")
class TestReports:
    async def test_both_are_read_and_printed(self, somebody: Person, language: str) -> None:
        left_out, dark = SAID[language]
        for report, charts in (("migration-profile", 4), ("counter-trafficking", 0)):
            for width in (360, 1280):
                await somebody.page.set_viewport_size({"width": width, "height": 800})
                await somebody.open(f"/framework/reports/{report}/{PERIOD}/1")
                assert left_out in await somebody.words()
                assert await somebody.violations() == []
                assert await somebody.overflow() <= 0
            drawings = somebody.page.locator("svg[role=img]")
            assert await drawings.count() == charts
            if charts:
                assert dark in await somebody.words()
                assert await drawings.first.evaluate("one => one.getBoundingClientRect().height") > 50
            await somebody.page.emulate_media(media="print")
            assert not await somebody.page.is_visible(".app-navigation")
            sheets = re.findall(rb"/Type\s*/Page\b", await somebody.page.pdf(prefer_css_page_size=True))
            assert len(sheets) >= 6  # each kind of fact begins on a sheet of its own
            await somebody.page.emulate_media(media="screen")
        assert somebody.faults == []


class TestPreparing:
    async def test_drafted_approved_and_published_on_a_phone(self, on_a_phone: Person, somebody: Person, language: str) -> None:
        await on_a_phone.sign_in("analyst", "/framework/report-drafts/new")
        assert await on_a_phone.violations() == []
        assert await on_a_phone.overflow() <= 0
        await on_a_phone.answer("report", "counter-trafficking")
        await on_a_phone.answer("period", DRAFTED[language])
        await on_a_phone.send("/framework/report-drafts/new")
        draft = on_a_phone.page.url.removeprefix(on_a_phone.url)
        await somebody.sign_in("analyst-two", "/framework/report-drafts")
        for person in (on_a_phone, somebody):
            assert await person.violations() == []
            assert await person.overflow() <= 0
        await somebody.open(draft)
        assert APPROVE[language] in await somebody.words()
        assert await somebody.violations() == []
        await somebody.send(f"{draft}/approval")
        await on_a_phone.open(draft)
        await on_a_phone.send(f"{draft}/publication")
        assert on_a_phone.page.url.endswith(f"/framework/reports/counter-trafficking/{DRAFTED[language]}/1")
        assert on_a_phone.faults == somebody.faults == []
