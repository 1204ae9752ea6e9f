"""Somebody with a cheap phone and a bad line: tells what happened, follows it, adds a photo while the line breaks, asks to withdraw."""

import io
import re
from collections.abc import AsyncIterator

import pytest
from PIL import Image
from playwright.async_api import Browser, FilePayload, Page, Route

from runner.suite import Suite
from tests.browser.conftest import Person, person, tick


@pytest.fixture
async def migrant(chrome: Browser, whole: Suite) -> AsyncIterator[Person]:
    one = await person(chrome, whole, "bn", width=360)
    yield one
    await one.context.close()


def photo() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((1000, 1000), 90).convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


async def report(someone: Person, story: str = "মালিক চার মাস বেতন দেয়নি") -> tuple[str, str]:
    page = someone.page
    await someone.open("/report")
    await tick(page, "input[name=caller_safe][value=yes]")
    await page.fill("#narrative", story)
    await page.select_option("#category", "wages")
    await page.select_option("#country", "SA")
    await tick(page, "input[name='reporter.relation'][value=self]")
    await page.fill("#reporter-phone", "০১৭১২৩৪৫৬৭৮")
    async with page.expect_navigation():
        await page.click("form[action='/report'] > button.govuk-button:not(.govuk-button--secondary)")
    reference = await page.input_value("form[action='/report/slip'] input[name=reference]")
    return reference, await page.input_value("form[action='/report/slip'] input[name=secret]")


async def enter(page: Page, url: str, reference: str, secret: str) -> None:
    await page.goto(f"{url}/track")
    await page.fill("#reference", reference)
    await page.fill("#secret", secret)
    async with page.expect_navigation():
        await page.click("form[action='/track'] button")


class TestDoors:
    async def test_from_report_to_withdrawal_over_a_line_that_breaks(self, migrant: Person) -> None:
        page = migrant.page
        await migrant.open("/report")
        assert await migrant.violations() == []
        assert await migrant.overflow() == 0
        reference, secret = await report(migrant)
        assert re.fullmatch(r"C-[0-9A-Z]{4}-[0-9A-Z]{4}", reference)
        assert await migrant.violations() == []
        assert await migrant.overflow() == 0
        await enter(page, migrant.url, reference, secret)
        assert page.url == f"{migrant.url}/track/status"
        assert reference in await migrant.words()
        assert await migrant.violations() == []
        assert await migrant.overflow() == 0

        broken = 0

        async def break_off(route: Route) -> None:
            nonlocal broken
            broken += 1
            if route.request.method == "PATCH" and broken % 2:
                await route.abort("connectionreset")
            else:
                await route.continue_()

        await page.route("**/track/uploads/**", break_off)
        content = photo()
        assert len(content) > 600_000
        await page.set_input_files("#file", {"name": "ছবি.jpg", "mimeType": "image/jpeg", "buffer": content})
        async with page.expect_navigation(url="**/track/status?done=document"):
            await page.click("form[data-upload] button")
        assert broken >= 6
        assert "আপনার ফাইল পৌঁছেছে।" in await migrant.words()
        migrant.faults.clear()  # the broken line is a line in the console

        await page.click("text=আমি প্রত্যাহার করতে চাই")
        async with page.expect_navigation():
            await page.click("form[action='/track/withdraw'] button")
        assert "আপনার ইচ্ছা নথিভুক্ত হয়েছে" in await migrant.words()
        assert migrant.faults == []

    async def test_an_upload_goes_on_after_the_page_was_loaded_again(self, migrant: Person) -> None:
        page = migrant.page
        reference, secret = await report(migrant)
        await enter(page, migrant.url, reference, secret)
        sent = []

        async def count(route: Route) -> None:
            if route.request.method == "PATCH":
                sent.append(route.request.headers["upload-offset"])
                if len(sent) == 2:
                    return  # hangs: the phone is without a line
            await route.continue_()

        await page.route("**/track/uploads/**", count)
        file: FilePayload = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo()}
        await page.set_input_files("#file", file)
        async with page.expect_request(lambda request: request.method == "PATCH" and len(sent) >= 1):
            await page.click("form[data-upload] button")
        await page.wait_for_function("document.querySelector('progress').value > 0")
        place = await page.evaluate("Object.keys(sessionStorage).find((name) => name.startsWith('upload:'))")
        kept = await page.evaluate("(place) => sessionStorage.getItem(place)", place)
        await page.reload()
        assert "একই ফাইল আবার বেছে নিন" in await migrant.words()
        # A file chosen in a test has the moment of its choice: the same one is told by what the page remembered.
        await page.set_input_files("#file", file)
        fresh = await page.evaluate(
            "(({size, lastModified, type}) => `${size}:${lastModified}:${type}`)(document.querySelector('#file').files[0])"
        )
        await page.evaluate(
            "([place, kept, name]) => sessionStorage.setItem(place, JSON.stringify({...JSON.parse(kept), file: name}))",
            [place, kept, fresh],
        )
        async with page.expect_navigation(url="**/track/status?done=document"):
            await page.click("form[data-upload] button")
        assert sent.count("0") == 1

    async def test_the_way_out_is_quick_and_leads_nowhere_back(self, migrant: Person) -> None:
        page = migrant.page
        await page.route("https://www.google.com/**", lambda route: route.fulfill(body="<title>weather</title>", content_type="text/html"))
        await migrant.open("/")
        await migrant.open("/report")
        for _ in range(3):
            await page.keyboard.press("Escape")
        await page.wait_for_url("https://www.google.com/")
        await page.go_back()
        assert not page.url.endswith("/report")

    async def test_works_without_scripts(self, chrome: Browser, whole: Suite) -> None:
        someone = await person(chrome, whole, "bn", width=360, scripts=False)
        reference, secret = await report(someone)
        await enter(someone.page, someone.url, reference, secret)
        assert reference in await someone.words()
        await someone.context.close()
