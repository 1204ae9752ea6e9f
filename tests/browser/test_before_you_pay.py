"""Somebody with a cheap phone, about to pay: in Bangla, at 360 pixels, with scripts and without."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from runner.suite import Suite
from tests.browser.conftest import Person, person, tick


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
async def phone(request: pytest.FixtureRequest, chrome: Browser, whole: Suite) -> AsyncIterator[Person]:
    one = await person(chrome, whole, "bn", width=360, scripts=request.param)
    yield one
    await one.context.close()


async def ask(one: Person, query: str, sex: str = "male") -> str:
    await one.open("/agencies")
    await one.page.fill("#query", query)
    await one.page.select_option("#country", "SA")
    await tick(one.page, f"input[name=sex][value={sex}]")
    async with one.page.expect_navigation():
        await one.page.press("#query", "Enter")
    return await one.words()


class TestLookUp:
    @pytest.mark.parametrize(
        ("query", "first"),
        [
            ("শাপলা", "লাইসেন্স বৈধ"),
            ("আরএল নং ০০০৩", "এখন লাইসেন্স বৈধ নয়: টাকা দেবেন না"),
            ("০১৭০০০০০০০৬", "লাইসেন্সধারী এজেন্সির নিবন্ধিত সাব-এজেন্ট"),
            ("লাভলি নমুনা", "এই সাব-এজেন্ট এখন কর্মী সংগ্রহ করতে পারেন না: টাকা দেবেন না"),
            ("০১৭০০০০০০০৮", "নিবন্ধিত নয়: টাকা দেবেন না"),
        ],
    )
    async def test_the_first_line_says_it(self, phone: Person, query: str, first: str) -> None:
        words = await ask(phone, query)
        assert words.removeprefix("আরেকটি এজেন্সি যাচাই করুন").strip().startswith(first)
        assert "১৬১৩৫" in words
        assert phone.page.url.endswith("/agencies"), "what was typed stands in no address"

    async def test_tells_a_man_the_most_and_a_woman_that_nothing_is_due(self, phone: Person) -> None:
        assert "সর্বোচ্চ ১,৬৫,০০০ টাকা" in await ask(phone, "RL-0001")
        assert "কোনো টাকা লাগে না" in await ask(phone, "RL-0001", "female")

    async def test_fits_the_screen_and_has_no_barrier(self, chrome: Browser, whole: Suite) -> None:
        one = await person(chrome, whole, "bn", width=360)
        await one.open("/agencies")
        assert (await one.overflow(), await one.violations()) == (0, [])
        await ask(one, "RL-0001")
        assert (await one.overflow(), await one.violations()) == (0, [])
        await one.open("/agencies/RL-0001")
        assert (await one.overflow(), await one.violations(), one.faults) == (0, [], [])
        await one.context.close()
