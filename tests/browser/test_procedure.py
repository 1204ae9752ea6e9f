"""A complaint from the queue to an appeal that overturns, by seven hands, on phones and in Bangla, in a real browser."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from playwright.async_api import Browser

from runner.suite import Suite
from tests.browser.conftest import Person, person, tick
from tests.browser.test_redress import lodged

As = Callable[..., Awaitable[Person]]


@pytest.fixture
async def signed_in(chrome: Browser, whole: Suite) -> AsyncIterator[As]:
    """Somebody at a phone of 360 pixels, signed in."""
    people: list[Person] = []

    async def sign_in(account: str, path: str, language: str = "bn") -> Person:
        one = await person(chrome, whole, language, width=360)
        people.append(one)
        await one.sign_in(account, path)
        return one

    yield sign_in
    for one in people:
        await one.context.close()


async def act(one: Person, reference: str, action: str, **fields: str) -> None:
    """Fills the form of one act as a person does: a field that is no text is chosen."""
    path = f"/complaints/{reference}/act/{action}"
    await one.open(path)
    for name, value in fields.items():
        field = one.page.locator(f"form[action='{path}'] [name='{name.replace('__', '.')}']")
        kind = await field.first.evaluate("one => one.type || one.tagName.toLowerCase()")
        if kind in {"radio", "checkbox"}:
            await tick(one.page, f"form[action='{path}'] [name='{name.replace('__', '.')}'][value='{value}']")
        elif kind == "select-one":
            await field.select_option(value)
        else:
            await field.fill(value)
    assert await one.violations() == [], action
    assert await one.overflow() == 0, action
    await one.send(path)
    assert one.page.url.startswith(f"{one.url}/complaints/C-"), await one.words()


async def sound(one: Person) -> None:
    assert await one.violations() == []
    assert await one.overflow() == 0
    assert one.faults == []


async def test_from_the_queue_to_an_appeal_that_overturns(signed_in: As, whole: Suite) -> None:
    reference = await lodged(whole)
    officer = await signed_in("bmet-one", "/complaints?queue=unassigned")
    assert reference in await officer.words()
    await act(officer, reference, "take")
    await sound(officer)
    await act(officer, reference, "start-investigation")
    day = {"at__day": "২০", "at__month": "১২", "at__year": "২০২৬", "time": "১০:৩০"}
    await act(officer, reference, "schedule-hearing", mode="phone", apart="yes", companion="yes", place="কক্ষ ৩", **day)
    await act(officer, reference, "hold-hearing", complainant_came="yes", respondent_came="no", record="রশিদ দেখালেন")
    await act(officer, reference, "complete-investigation", finding="অভিযোগ সত্য")
    await act(officer, reference, "propose", decision="upheld", summary="রশিদ আছে")
    await sound(officer)

    colleague = await signed_in("bmet-two", "/complaints?queue=to_check")
    assert reference in await colleague.words()
    await act(colleague, reference, "approve")

    agency = await signed_in("agency-one", f"/complaints/{reference}", "en")
    assert "Upheld" in await agency.words()
    assert "1712345678" not in await agency.page.content()
    await act(agency, reference, "appeal", by="respondent", grounds="The receipt is forged.")
    appeal = agency.page.url.rsplit("/", 1)[1].partition("?")[0].partition("#")[0]
    assert appeal != reference

    first = await signed_in("appeals-one", f"/complaints/{appeal}")
    await act(first, appeal, "take")
    await act(first, appeal, "propose", decision="upheld", replaces="rejected", summary="রশিদ জাল প্রমাণিত")
    second = await signed_in("appeals-two", f"/complaints/{appeal}")
    await act(second, appeal, "approve")
    await agency.open(f"/complaints/{reference}")
    assert "Not upheld" in await agency.words()
    await sound(agency)


async def test_the_supervisor_finds_what_nobody_works_on(signed_in: As, whole: Suite) -> None:
    reference = await lodged(whole)
    supervisor = await signed_in("supervisor", "/supervision")
    await sound(supervisor)
    await supervisor.page.get_by_role("link", name="দায়িত্বপ্রাপ্ত কেউ নেই").first.click()
    await supervisor.page.wait_for_load_state()
    await sound(supervisor)
    # Longest waiting first: what was lodged a moment ago stands on the last page.
    while reference not in await supervisor.words():
        await supervisor.page.get_by_role("link", name="পরের পাতা").click()
        await supervisor.page.wait_for_load_state()


async def test_how_the_agency_stands_is_on_the_page_of_the_complaint(signed_in: As, whole: Suite) -> None:
    reference = await lodged(whole)
    officer = await signed_in("bmet-one", f"/complaints/{reference}", "en")
    words = await officer.words()
    assert "Shapla Overseas (fictional), RL-0001" in words
    assert "Class:" in words
    unknown = await lodged(whole, respondent={"kind": "agency", "licence": "RL-9876"})
    await officer.open(f"/complaints/{unknown}")
    assert "No licence RL-9876 stands in the register." in await officer.words()
