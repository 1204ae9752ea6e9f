"""A wing's ordinary day in a real browser: a family asks on a phone, an officer visits, tells and closes; December counts it."""

from datetime import datetime
from typing import Any, Final

from playwright.async_api import Browser, Locator

from contracts.days import DHAKA
from kit.testing.days import day
from runner.suite import Suite
from tests.browser.conftest import Person, person

REQUEST: Final = {
    "need": "detained",
    "country": "LB",
    "person.name": "করিম নমুনা",
    "person.place": "রুমিয়ে কারাগার",
    "applicant.name": "রাবেয়া নমুনা",
    "applicant.relation": "স্ত্রী",
    "applicant.phone": "০১৭১২৩৪৫৬৭৮",
}
TOLD: Final = "তিনি ভালো আছেন। আইনজীবী ঠিক হয়েছে।"
DIGITS: Final = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")


async def clean(one: Person) -> None:
    assert await one.violations() == []
    assert not await one.page.evaluate("document.documentElement.scrollWidth > innerWidth")


async def fill(one: Person, answers: dict[str, str]) -> None:
    for name, answer in answers.items():
        await one.answer(name, answer)


async def press(one: Person, button: Locator) -> None:
    async with one.page.expect_navigation():
        await button.click()


async def write(officer: Person, act: str, answers: dict[str, Any]) -> None:
    """One short form of the case in hand, and back to its page."""
    case = officer.page.url
    await officer.open(f"{case.removeprefix(officer.url)}/{act}")
    await clean(officer)
    for name, answer in answers.items():
        await officer.answer(name, answer)
    await officer.send(f"{case.removeprefix(officer.url)}/{act}")
    assert officer.page.url == case, await officer.words()


async def counted(officer: Person) -> dict[str, int]:
    year = datetime.now(DHAKA).year
    await officer.open(f"/wing/december/LWW-BEIRUT/{year}")
    rows = await officer.page.locator("table tbody tr").all_inner_texts()
    return {name.strip(): int(count.translate(DIGITS)) for name, count in (row.split("\t") for row in rows)}


async def test_a_familys_request_becomes_a_case_a_visit_an_answer_and_a_figure(
    chrome: Browser, whole: Suite, on_a_phone: Person, language: str
) -> None:
    family = on_a_phone
    officer = await person(chrome, whole, language)
    await officer.sign_in("wing-beirut", "/wing")
    await officer.context.add_cookies([{"name": "lang", "value": language, "url": officer.url}])
    before = await counted(officer)

    await family.open("/family-request")
    await clean(family)
    await fill(family, dict(REQUEST))
    await family.send("/family-request")
    await clean(family)
    reference = await family.page.inner_text(".govuk-panel .app-reference")
    secret = await family.page.inner_text("#secret")

    await officer.open("/wing")
    await clean(officer)
    await press(officer, officer.page.locator(f"a[href='/wing/cases/{reference}']").first)
    assert "রাবেয়া নমুনা" in await officer.words()
    await officer.send(f"/wing/cases/{reference}/take")
    await clean(officer)
    today = day(0)
    await write(officer, "visit", {"place_kind": "detention", "visited_on": today, "found": ["seen", "well"], "words": "কথা হয়েছে"})
    await write(officer, "details", {"details.family_may_know": "yes", "details.charge": "debt", "details.trade": "cleaning"})
    await write(officer, "answer", {"handled_only": "no", "words": TOLD})
    await write(officer, "close", {"outcome": "released"})
    await clean(officer)

    await family.open("/family-request/status")
    await fill(family, {"reference": reference.lower(), "secret": secret})
    await family.send("/family-request/status")
    assert TOLD in await family.words()
    await clean(family)

    after = await counted(officer)
    await clean(officer)
    risen = {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)}
    assert len(risen) >= 7, risen
    assert set(risen.values()) == {1}, risen
    assert family.faults + officer.faults == []
    await officer.context.close()
