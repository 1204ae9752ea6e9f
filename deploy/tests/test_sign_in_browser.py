"""The local sign-in page in a real browser: usable without scripts, readable without a Bangla font, free of what axe-core finds."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.async_api import Browser, async_playwright

from deploy.accounts import Accounts
from deploy.testing import Running
from runner.identity import Question
from runner.place import PROJECT

AXE = PROJECT / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        installed = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if installed is None and not Path(playwright.chromium.executable_path).exists():
            pytest.skip("no Chromium: playwright install chromium")
        browser = await playwright.chromium.launch(executable_path=installed)
        yield browser
        await browser.close()


def address(local: Running, language: str) -> str:
    question = Question.begin("portal", f"{local.url}/session/callback").parameters()
    return f"{local.issuer}/protocol/openid-connect/auth?{urlencode(question | {'ui_locales': language})}"


class TestSignInPage:
    @pytest.mark.parametrize("language", ["en", "bn"])
    async def test_has_no_barrier_before_and_after_a_mistake(self, local: Running, chromium: Browser, language: str) -> None:
        page = await chromium.new_page(bypass_csp=True)
        await page.goto(address(local, language))
        for _ in range(2):
            await page.add_script_tag(path=AXE)
            found = await page.evaluate("axe.run()")
            assert [violation["id"] for violation in found["violations"]] == []
            await page.fill("#username", "airport")
            await page.fill("#password", "wrong")
            await page.click("button")
            await page.wait_for_selector("[role=alert]")

    async def test_brings_its_bangla_letters_along(self, local: Running, chromium: Browser) -> None:
        page = await chromium.new_page()
        await page.goto(address(local, "bn"))
        loaded = await page.evaluate("document.fonts.ready.then(fonts => [...fonts].filter(it => it.status == 'loaded').length)")
        assert loaded == 2

    async def test_signs_in_without_scripts(self, local: Running, chromium: Browser, accounts: Accounts) -> None:
        page = await chromium.new_page(java_script_enabled=False)
        await page.goto(address(local, "bn"))
        await page.fill("#username", "Agent ")
        await page.fill("#password", accounts.demo_password)
        async with page.expect_response(lambda response: "/session/callback?code=" in response.url):
            await page.click("button")
