"""Somebody abroad with a cheap phone registers: four answers, in Bangla or English, with scripts or without, and a text to forward."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from runner.suite import Suite
from tests.browser.conftest import Person, person

MOST_ANSWERS = 5
THUMB = 40


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
async def phone(request: pytest.FixtureRequest, chrome: Browser, whole: Suite, language: str) -> AsyncIterator[Person]:
    one = await person(chrome, whole, language, width=360, scripts=request.param)
    yield one
    await one.context.close()


async def asked(one: Person) -> list[str]:
    """The questions that somebody sees without unfolding anything, each once."""
    fields = await one.page.locator("form[action='/register'] :is(input, select, textarea):not([type=hidden], [name=website])").all()
    return list(dict.fromkeys([str(await field.get_attribute("name")) for field in fields if await field.is_visible()]))


class TestRegister:
    async def test_in_a_few_answers_that_a_thumb_can_give(self, phone: Person) -> None:
        await phone.open("/register?c=LB")
        questions = await asked(phone)
        assert questions == ["name", "country", "phone", "no_contact", "reach"]
        assert len(questions) <= MOST_ANSWERS
        assert await phone.overflow() == 0
        for name in questions:
            box = await phone.page.locator(f"[name='{name}']").first.bounding_box()
            assert box is not None
            assert box["height"] >= THUMB
        await phone.answer("name", "করিম মিয়া")
        await phone.answer("phone", "৭১ ৩২১ ৬৫৪")
        await phone.answer("reach", "text")
        async with phone.page.expect_navigation():
            await phone.page.click("form[action='/register'] .app-button--wide")
        assert await phone.page.locator("#secret").inner_text()
        assert "/register?c=LB" in await phone.page.locator("#forward").input_value()
        assert await phone.overflow() == 0
        assert phone.faults == []

    async def test_the_pages_are_open_to_everybody(self, on_a_phone: Person) -> None:
        for path in ("/register", "/register/mine"):
            await on_a_phone.open(path)
            assert await on_a_phone.violations() == []

    async def test_a_position_goes_along_only_when_it_was_asked_for(self, on_a_phone: Person) -> None:
        await on_a_phone.context.grant_permissions(["geolocation"])
        await on_a_phone.context.set_geolocation({"latitude": 33.893_82, "longitude": 35.501_77, "accuracy": 30})
        await on_a_phone.open("/register")
        assert await on_a_phone.page.locator("[name=lat]").input_value() == ""
        await on_a_phone.page.click("form[action='/register'] summary")
        await on_a_phone.page.click("[data-position]")
        await on_a_phone.page.locator("[data-position-state]:not(:empty)").wait_for()
        await expect(on_a_phone.page.locator("[name=lat]")).to_have_value("33.8938")
        assert await on_a_phone.page.locator("[name=lat]").input_value() == "33.8938"
        assert on_a_phone.faults == []


async def well(one: Person) -> None:
    assert await one.violations() == [], one.page.url
    assert await one.overflow() <= 0, one.page.url
    assert one.faults == [], one.page.url


class TestAfterwards:
    async def test_a_person_says_for_whom_they_work_and_a_desk_reads_and_corrects_it(self, on_a_phone: Person, somebody: Person) -> None:
        for name, answer in {"name": "Rina Nomuna", "country": "LB", "phone": "71 333 987", "reach": "both"}.items():
            if name == "name":
                await on_a_phone.open("/register")
            await on_a_phone.answer(name, answer)
        async with on_a_phone.page.expect_navigation():
            await on_a_phone.page.click("form[action='/register'] .app-button--wide")
        reference = await on_a_phone.page.locator(".app-reference").first.inner_text()
        secret = await on_a_phone.page.locator("#secret").inner_text()
        await on_a_phone.open("/register/mine")
        await on_a_phone.answer("reference", reference)
        await on_a_phone.answer("secret", secret)
        await on_a_phone.send("/register/mine")
        await well(on_a_phone)
        await on_a_phone.page.fill("[name='employer.name']", "Abu Fares")
        async with on_a_phone.page.expect_navigation():
            await on_a_phone.page.click("#employer + form button")
        await well(on_a_phone)

        await somebody.sign_in("wing-beirut", f"/nationals/{reference}?purpose=on_the_line")
        assert "Abu Fares" in await somebody.words()
        await well(somebody)
        await somebody.open(f"/nationals/{reference}/correct")
        await well(somebody)
        await somebody.answer("kin.0.name", "Amena Nomuna")
        await somebody.answer("kin.0.phone", "01712345670")
        await somebody.send(f"/nationals/{reference}/correct")
        assert "Amena Nomuna" in await somebody.words()
        await well(somebody)
