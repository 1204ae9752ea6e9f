"""An agency answers on a phone, money is followed to the last taka in Bangla, two complaints are judged: in a real browser."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Browser

from kit.testing.days import today
from runner.identity import access_token
from runner.suite import Suite
from tests.browser.conftest import PASSWORD, Person, person, tick

COMPLAINT: Final[dict[str, Any]] = {
    "channel": "phone",
    "category": "overcharged",
    "country": "SA",
    "district": "BD-08",
    "reporter": {"name": "রহিমা নমুনা", "phone": "০১৭১২৩৪৫৬৭৮", "relation": "self"},
    "respondent": {"kind": "agency", "name": "Shapla Overseas (fictional)", "licence": "RL-0001"},
    "narrative": "পাঁচ লাখ টাকা নিয়েছে।",
}
ALLEGATION: Final = "Your agency is said to have taken five hundred thousand taka more than the ceiling."


async def post(whole: Suite, account: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    token = await access_token(whole.place.public_url, account, PASSWORD)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    async with httpx.AsyncClient(timeout=240) as http:
        answer = await http.post(f"{whole.place.public_url}{path}", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def lodged(whole: Suite, **changes: Any) -> str:
    return str((await post(whole, "agent", "/v1/complaints", COMPLAINT | changes))["reference"])


@pytest.fixture
async def agency(chrome: Browser, whole: Suite) -> AsyncIterator[Person]:
    """At a phone of 360 pixels, in English."""
    one = await person(chrome, whole, "en", width=360)
    yield one
    await one.context.close()


@pytest.fixture
async def officer(chrome: Browser, whole: Suite) -> AsyncIterator[Person]:
    """At a desk, in Bangla."""
    one = await person(chrome, whole, "bn")
    yield one
    await one.context.close()


async def fill_date(one: Person, name: str, days: int) -> None:
    day = today() + timedelta(days=days)
    for part, value in (("", day.day), ("-month", day.month), ("-year", day.year)):
        await one.page.fill(f"#{name}{part}", str(value))


async def test_an_agency_answers_on_a_phone(agency: Person, whole: Suite) -> None:
    reference = await lodged(whole)
    question = await post(whole, "bmet-one", f"/v1/complaints/{reference}/questions", {"allegation": ALLEGATION})
    await agency.sign_in("agency-one", "/answers")
    assert reference in await agency.words()
    assert await agency.violations() == []
    assert await agency.overflow() == 0
    await agency.page.click(f"a[href='/answers/{question['id']}']")
    await agency.page.wait_for_url("**/answers/*-*")
    shown = await agency.words()
    assert ALLEGATION in shown
    assert "রহিমা" not in shown
    assert "1712345678" not in shown
    assert await agency.violations() == []
    assert await agency.overflow() == 0
    await agency.send(f"/answers/{question['id']}")
    assert "There is a problem" in await agency.words()
    await tick(agency.page, "input[name=stand][value=disputes]")
    await agency.page.fill("#answer", "We took what the ceiling allows, on 3 March.")
    await agency.send(f"/answers/{question['id']}")
    assert "Your answer was sent" in await agency.words()
    assert "Answered in time" in await agency.words()
    assert await agency.violations() == []
    assert agency.faults == []


async def test_money_is_followed_from_the_order_to_the_last_taka(officer: Person, whole: Suite) -> None:
    reference = await lodged(whole)
    path = f"/complaints/{reference}/money"
    await officer.sign_in("bmet-one", path)
    assert "কোনো অর্থ দাবি করা হয়নি" in await officer.words()
    assert await officer.violations() == []
    await officer.page.click("#form-order summary")
    await officer.page.select_option("#order-head", "fee")
    await officer.page.fill("#order-amount", "দুই লাখ")
    await tick(officer.page, "input[name='order.basis'][value=settlement]")
    await fill_date(officer, "order-due_on", 30)
    await officer.send(f"{path}/order")
    assert "অঙ্কে পরিমাণ লিখুন" in await officer.words()
    assert await officer.page.input_value("#order-amount") == "দুই লাখ"
    await officer.page.fill("#order-amount", "২,০০,০০০")
    await officer.send(f"{path}/order")
    assert "পরিশোধের আদেশ হয়েছে" in await officer.words()
    assert "২,০০,০০০ BDT" in await officer.words()
    for number, (amount, said) in enumerate((("৫০,০০০", "আংশিক পরিশোধ হয়েছে"), ("1,50,000", "সম্পূর্ণ পরিশোধ হয়েছে"))):
        await officer.page.click("#form-payment summary")
        await tick(officer.page, "input[name='payment.line']")
        await officer.page.fill("#payment-amount", amount)
        await officer.page.select_option("#payment-way", "bank")
        await officer.page.fill("#payment-proof", f"TT {number}")
        await tick(officer.page, "input[name='payment.confirmed_with'][value=complainant]")
        await officer.send(f"{path}/payment")
        assert said in await officer.words()
    assert await officer.violations() == []
    await officer.open(f"/complaints/{reference}")
    assert "সম্পূর্ণ পরিশোধ হয়েছে" in await officer.page.inner_text("#money")
    assert officer.faults == []


async def test_a_person_judges_whether_two_are_one(officer: Person, whole: Suite) -> None:
    names = {"reporter": {"name": "Zobayer Nomuna", "phone": "01812345679", "relation": "self"}}
    first = await lodged(whole, **names)
    second = await lodged(whole, reporter=names["reporter"] | {"name": "যোবায়ের নমুনা"})
    await officer.sign_in("supervisor", "/duplicates")
    link = officer.page.locator("a", has_text=first).and_(officer.page.locator("a", has_text=second))
    for _ in range(300):
        if await link.count():
            break
        await officer.page.wait_for_timeout(200)
        await officer.open("/duplicates")
    assert await officer.violations() == []
    await link.click()
    await officer.page.wait_for_url("**/duplicates/*-*")
    assert "মেলে না" in await officer.words()
    assert await officer.violations() == []
    await tick(officer.page, "input[name=verdict][value=same]")
    await tick(officer.page, f"input[name=into][value='{first}']")
    await officer.page.select_option("#reason", "same_person_same_matter")
    async with officer.page.expect_navigation():
        await officer.page.click("main form button")
    assert second in await officer.page.inner_text("#links")
    await officer.open(f"/complaints/{second}")
    assert first in await officer.page.inner_text("#links")
    assert await officer.violations() == []
    assert officer.faults == []
