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
