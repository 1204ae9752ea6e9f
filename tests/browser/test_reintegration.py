"""A returnee's way in a real browser at the width of a phone, in Bangla: from the desk to a closure that two officers see."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Browser

from kit.testing.days import day
from runner.identity import access_token
from runner.suite import Suite
from services.portal.language import numerals
from tests.browser.conftest import PASSWORD, Person, person, tick

TOLD = {
    "name": "Rafiqul Nomuna",
    "name_bn": "রফিকুল নমুনা",
    "sex": "male",
    "age_band": "25_34",
    "district": "BD-08",
    "country": "LY",
    "returned_on": "2026-11-02",
    "return_reason": "evacuated",
}


@pytest.fixture
async def officer(chrome: Browser, whole: Suite) -> AsyncIterator[Person]:
    one = await person(chrome, whole, "bn", width=360)
    yield one
    await one.context.close()


@pytest.fixture
async def second(chrome: Browser, whole: Suite) -> AsyncIterator[Person]:
    one = await person(chrome, whole, "bn", width=360)
    yield one
    await one.context.close()


async def api(whole: Suite, account: str, method: str, path: str, **content: Any) -> Any:
    """As a partner's own program calls it: at the gateway, with a token."""
    token = await access_token(whole.place.public_url, account, PASSWORD)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    async with httpx.AsyncClient(base_url=whole.place.public_url, headers=headers, timeout=240) as http:
        answer = await http.request(method, path, **content)
    assert answer.is_success, answer.text
    return answer.json()


class File:
    """One returnee in an officer's hands; each page is looked at on the way."""

    def __init__(self, person: Person, path: str) -> None:
        self.person, self.page, self.path = person, person.page, path

    async def open(self) -> None:
        await self.person.open(self.path)
        await self.looks_right()

    async def looks_right(self) -> None:
        assert await self.person.violations() == []
        assert await self.person.overflow() <= 0

    async def write(self, link: str, **answers: str | list[str]) -> None:
        """Through the link on the page."""
        await self.page.click(f"main a[href*='{link}']")
        await self.page.wait_for_url(f"**{link}**")
        await self.looks_right()
        for name, answer in answers.items():
            await self.person.answer(name.replace("__", "."), answer)
        await self.press("main form[data-once] button")

    async def press(self, button: str) -> None:
        async with self.page.expect_navigation():
            await self.page.click(button)


async def registered(officer: Person, **more: str | list[str]) -> File:
    await officer.sign_in("demo-cumilla", "/returnees/new")
    desk = File(officer, "/returnees/new")
    await desk.looks_right()
    for name, answer in {**TOLD, **more}.items():
        await officer.answer(name, answer)
    await desk.press("main form[data-once] button")
    return File(officer, re.sub(r"\?.*", "", officer.page.url).removeprefix(officer.url))


class TestACase:
    async def test_from_registration_to_an_end_that_another_officer_approves(self, officer: Person, second: Person) -> None:
        file = await registered(officer, flags=["medical"], needs=["job", "loan"])
        await file.open()
        await file.press("#urgent form button")
        await file.write("/case/urgent-end", outcome="helped")
        await file.page.click("main a[href$='/case/assessment']")
        await file.looks_right()
        for code in ("income", "work", "debt"):
            await tick(officer.page, f"[name='answers.{code}'][value='1']")
        await file.press("main form[data-once] button")
        assert numerals("25 %", "bn") in await officer.words()
        due = day(90)
        await file.write(
            "/case/plan",
            goals__0__words="মাছের খামার",
            goals__0__dimension="economic",
            goals__0__who="returnee",
            goals__0__due_on=due,
            agreed="yes",
        )
        await file.write("/case/member", relation="child", name="শিশু নমুনা", schooling="out", has_papers="no")
        await file.write("/case/goal?of=", state="reached")
        await file.write("/case/review?of=1", held_on=day(0), confirmed="yes")
        await file.write("/case/closing", reason="goals_reached")
        assert await officer.page.locator("form[action$='/closing/approve']").count() == 0
        await file.looks_right()
        await second.sign_in("wewb-one", "/today")
        assert await second.violations() == []
        await second.open(file.path)
        await File(second, file.path).press("form[action$='/closing/approve'] button")
        assert "পরিকল্পনার লক্ষ্য পূরণ হয়েছে" in await second.words()
        assert await second.page.locator("main a[href$='/case/plan']").count() == 0
        assert (officer.faults, second.faults) == ([], [])


class TestAReferral:
    async def test_is_accepted_by_a_program_and_confirmed_by_the_returnee(self, officer: Person, whole: Suite) -> None:
        file = await registered(officer, needs=["training"])
        body = {
            "kind": "ngo",
            "name_en": f"Partner {uuid4().hex[:8]}",
            "name_bn": "সহযোগী সংস্থা",
            "org": "ngo-one",
            "district": "BD-08",
            "helps": ["training"],
            "open_from": "2026-01-01",
            "source": "agreement",
        }
        provider = await api(whole, "demo-cumilla", "POST", "/v1/returnees/providers", json=body)
        await file.open()
        await file.page.click("#referrals a[href$='/helps']")
        await file.looks_right()
        await file.page.click("main a[href$='/helps/training']")
        await file.looks_right()
        await file.write(f"/helps/training/{provider['id']}", granted="yes", way="signature", reason="ইলেকট্রিক কাজ শিখতে চান")
        assert "উত্তরের অপেক্ষায়" in await officer.words()
        received = (await api(whole, "ngo-one", "GET", "/v1/returnees/received"))["items"]
        mine = next(one for one in received if one["state"] == "sent" and one["person"]["name"] == TOLD["name"])
        assert set(mine["person"]) == {"name", "name_bn", "district"}
        await api(whole, "ngo-one", "POST", f"/v1/returnees/received/{mine['id']}/answer", json={"accept": True})
        await api(whole, "ngo-one", "POST", f"/v1/returnees/received/{mine['id']}/delivery", json={"outcome": "given"})
        await officer.open("/today")
        await file.looks_right()
        await file.page.click(f"#waiting a[href='{file.path}#referrals']")
        await file.write("/case/confirm?of=", confirmed="came")
        assert "সহায়তা এসেছে" in await officer.words()
        assert officer.faults == []


class TestASharedComputer:
    async def test_a_page_left_alone_locks_and_keeps_what_was_written_for_its_writer(self, officer: Person) -> None:
        file = await registered(officer, needs=["job"])
        await officer.open(f"{file.path}/case/plan")
        await officer.page.fill("[name='goals.0.words']", "অসমাপ্ত লক্ষ্য")
        await officer.page.clock.install()
        await officer.page.reload()
        await officer.page.fill("[name='goals.0.words']", "অসমাপ্ত লক্ষ্য")
        await officer.page.clock.fast_forward("11:00")
        await officer.page.wait_for_url("**/auth/**")
        await officer.page.fill("input[name=username]", "demo-sylhet")
        await officer.page.fill("input[name=password]", PASSWORD)
        await officer.page.press("input[name=password]", "Enter")
        await officer.page.wait_for_url(officer.url + "/")
        assert "অসমাপ্ত লক্ষ্য" not in await officer.page.content()
        await officer.page.click("form[action='/switch'] button")
        await officer.page.fill("input[name=username]", "demo-cumilla")
        await officer.page.fill("input[name=password]", PASSWORD)
        await officer.page.press("input[name=password]", "Enter")
        await officer.page.wait_for_url(f"{officer.url}{file.path}/case/plan")
        assert await officer.page.input_value("[name='goals.0.words']") == "অসমাপ্ত লক্ষ্য"


class TestACounter:
    async def test_a_number_is_given_and_called(self, officer: Person) -> None:
        await officer.sign_in("demo-cumilla", "/today")
        desk = File(officer, "/today")
        await desk.looks_right()
        await desk.press("form[action='/today/tickets'] button")
        await desk.press("form[action$='/call'] button")
        await desk.press("form[action='/today/told'] button")
        await desk.looks_right()
        await officer.open("/today/district")
        await desk.looks_right()
        await officer.open("/providers/new")
        await desk.looks_right()
        assert officer.faults == []
