"""Reports before everybody reads them: drafted by one analyst, approved by another, published, corrected, each seen on its page."""

from datetime import UTC, datetime

import pytest

from contracts.reintegration import ReturneeRegistered
from runner.suite import Suite
from runner.testing import keep_facts
from services.portal.reports.rules import half_years
from services.portal.tests.conftest import Browser, parsed
from services.portal.tests.test_reports import cells

DRAFTS = "/framework/report-drafts"
NEW = f"{DRAFTS}/new"
PROFILE = {"report": "migration-profile", "period": "2021-H1"}
SPRING = datetime(2021, 5, 10, 12, tzinfo=UTC)
HEAD = "Registered on return, by district"


async def returned(suite: Suite, number: int, received: datetime, period: datetime = SPRING) -> None:
    await keep_facts(suite, ReturneeRegistered.type, number, period, received, district="BD-08", country="SA", sex="male")


async def drafted(browser: Browser, **said: str) -> str:
    """The address of the draft that a person makes on the page."""
    await browser.open(NEW)
    await browser.send(NEW, said)
    assert browser.path.startswith(f"{DRAFTS}/0"), browser.words
    return browser.path


class TestPeriods:
    def test_half_years_go_back_over_the_turn_of_the_year(self) -> None:
        assert half_years("2026-H1", 4) == ["2026-H1", "2025-H2", "2025-H1", "2024-H2"]


class TestWalk:
    """From a draft to the correction of what was published: one walk, for what is published stays."""

    async def test_drafted_approved_by_another_published_and_corrected(self, suite: Suite, browser: Browser, bangla: Browser) -> None:
        await returned(suite, 40, datetime(2021, 6, 1, tzinfo=UTC))
        await browser.sign_in("analyst")
        assert f'href="{DRAFTS}"' in browser.answer.text
        draft = await drafted(browser, **PROFILE)
        assert "Draft, not yet approved" in browser.words
        assert "another analyst approves it" in browser.words
        assert browser.asked(draft) == [f"{draft}/withdrawal"]
        assert cells(browser.answer.text, HEAD)["Cumilla"] == ["0", "40"]
        assert "Remittances: Bangladesh Bank's figures do not reach these services." in browser.words

        await bangla.sign_in("analyst-two", f"/sign-in?next={DRAFTS}")
        assert f'href="{draft}"' in bangla.answer.text
        await bangla.open(draft)
        assert bangla.asked(draft) == [f"{draft}/approval", f"{draft}/withdrawal"]
        overtaken = bangla.answer
        await bangla.send(f"{draft}/approval")
        assert "অনুমোদিত, এখনো প্রকাশিত নয়" in bangla.words
        bangla.answer = overtaken
        assert (await bangla.send(f"{draft}/approval")).status_code == 412
        assert "অনুমোদিত, এখনো প্রকাশিত নয়" in bangla.words

        await browser.open(draft)
        await browser.send(f"{draft}/publication")
        assert browser.path == "/framework/reports/migration-profile/2021-H1/1"
        [correct] = [one for one in parsed(browser.answer.text).xpath("//main//a/@href") if one.startswith(NEW)]

        await returned(suite, 15, datetime(2021, 9, 1, tzinfo=UTC))
        await browser.open(correct)
        assert (browser.typed(NEW, "report"), browser.typed(NEW, "period")) == ("migration-profile", "2021-H1")
        await browser.send(NEW, {"cut_off.day": "১", "cut_off.month": "১০", "cut_off.year": "২০২১"})
        correction = browser.path
        changed = cells(browser.answer.text, "What this edition corrects")
        assert changed["Registered on return, April to June 2021: Cumilla"] == ["40", "55"]
        await browser.send(f"{correction}/withdrawal")
        assert "Withdrawn" in browser.words
        assert browser.asked(correction) == []
        await browser.open("/framework/reports/migration-profile/2021-H1/latest")
        assert cells(browser.answer.text, HEAD)["Cumilla"] == ["0", "40"]


class TestRefused:
    async def test_what_cannot_be_drafted_is_said_and_nothing_typed_is_lost(self, browser: Browser) -> None:
        await browser.sign_in("analyst", f"/sign-in?next={NEW}")
        assert (await browser.send(NEW)).status_code == 422
        wanted = {"report": "counter-trafficking", "period": "2021-H2", "cut_off.day": "3"}
        assert (await browser.send(NEW, wanted | {"cut_off.month": "3", "cut_off.year": "2022"})).status_code == 409
        assert "A correction counts up to a day after the edition before it" in browser.words
        assert (browser.typed(NEW, "period"), browser.typed(NEW, "cut_off.day")) == ("2021-H2", "3")

    @pytest.mark.parametrize("account", ["demo-cumilla", "ngo-one"])
    async def test_nobody_else_prepares_reports(self, browser: Browser, account: str) -> None:
        await browser.sign_in(account, f"/sign-in?next={DRAFTS}")
        assert browser.answer.status_code == 403
        assert (await browser.open("/")).text.count(DRAFTS) == 0

    async def test_a_stranger_signs_in_first(self, browser: Browser) -> None:
        await browser.open(DRAFTS)
        assert browser.path != DRAFTS
