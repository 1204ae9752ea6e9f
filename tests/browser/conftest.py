"""A real browser before the real suite: the system's Chromium, else the one that Playwright downloaded."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import Browser, BrowserContext, Error, Page, async_playwright

from deploy.accounts import ACCOUNTS_FILE, Accounts
from runner.suite import Suite

PROJECT: Final = Path(__file__).parents[2]
AXE: Final = PROJECT / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD: Final = Accounts.model_validate_json(ACCOUNTS_FILE.read_text("utf-8")).demo_password
QUIET: Final = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str | None:
    return next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
async def chrome() -> AsyncIterator[Browser]:
    # Chromium's sandbox does not run as root.
    arguments = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(executable_path=chromium(), args=arguments)
        except Error as error:
            pytest.skip(f"no browser: apt-get install chromium, or uv run playwright install chromium ({error.message.splitlines()[0]})")
        yield browser
        await browser.close()


async def tick(page: Page, selector: str) -> None:
    """By the keyboard: a page whose letters have only just come moves away under a pointer."""
    if not await page.is_checked(selector):
        await page.press(selector, "Space")
    assert await page.is_checked(selector), selector


class Person:
    """Somebody at a screen."""

    def __init__(self, context: BrowserContext, page: Page, url: str) -> None:
        self.context = context
        self.page = page
        self.url = url
        self.faults: list[str] = []
        page.on("console", lambda message: self.faults.append(message.text) if _is_fault(message.type, message.text) else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    async def open(self, path: str) -> None:
        await self.page.goto(self.url + path)

    async def sign_in(self, account: str, path: str = "/") -> None:
        await self.open(f"/sign-in?next={path}")
        await self.page.fill("input[name=username]", account)
        await self.page.fill("input[name=password]", PASSWORD)
        await self.page.press("input[name=password]", "Enter")
        await self.page.wait_for_url(self.url + path)

    async def send(self, action: str) -> None:
        async with self.page.expect_navigation():
            await self.page.click(f"form[action='{action}'] button")

    async def answer(self, name: str, answer: str | list[str]) -> None:
        """A word fills, chooses or ticks, whatever the question is; a list ticks several."""
        first = self.page.locator(f"[name='{name}'], [name='{name}.day']").first
        kind, tag = await first.get_attribute("type"), await first.evaluate("one => one.tagName")
        if tag == "SELECT":
            await first.select_option(str(answer))
        elif kind in {"radio", "checkbox"}:
            for value in [answer] if isinstance(answer, str) else answer:
                await tick(self.page, f"[name='{name}'][value='{value}']")
        elif await first.get_attribute("name") == f"{name}.day":
            year, month, day = str(answer).split("-")
            for part, value in {"day": day, "month": month, "year": year}.items():
                await self.page.fill(f"[name='{name}.{part}']", value)
        else:
            await first.fill(str(answer))

    async def violations(self) -> list[str]:
        """What axe-core finds against WCAG 2.2 AA and its own good practice."""
        await self.page.evaluate(AXE.read_text("utf-8"))
        found: dict[str, Any] = await self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found["violations"] for node in one["nodes"]]

    async def overflow(self) -> int:
        """By how many pixels the page is wider than the screen."""
        width: int = await self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return width

    async def words(self) -> str:
        return " ".join((await self.page.inner_text("main")).split())


def _is_fault(kind: str, text: str) -> bool:
    """An answer of 4xx is a line in the console too; those are asked for."""
    return kind in {"error", "warning"} and "status of 4" not in text


# The English page is walked without a browser by the portal's own tests.
@pytest.fixture(params=[pytest.param("en", marks=pytest.mark.full), "bn"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def person(chrome: Browser, whole: Suite, language: str, *, width: int = 1280, scripts: bool = True) -> Person:
    context = await chrome.new_context(viewport={"width": width, "height": 800}, java_script_enabled=scripts)
    context.set_default_timeout(240_000)  # a bound against hanging
    await context.add_cookies([{"name": "lang", "value": language, "url": whole.place.public_url}])
    return Person(context, await context.new_page(), whole.place.public_url)


@pytest.fixture
async def somebody(chrome: Browser, whole: Suite, language: str) -> AsyncIterator[Person]:
    one = await person(chrome, whole, language)
    yield one
    await one.context.close()


@pytest.fixture
async def on_a_phone(chrome: Browser, whole: Suite, language: str) -> AsyncIterator[Person]:
    one = await person(chrome, whole, language, width=360)
    yield one
    await one.context.close()


@pytest.fixture
async def without_scripts(chrome: Browser, whole: Suite, language: str) -> AsyncIterator[Person]:
    one = await person(chrome, whole, language, scripts=False)
    yield one
    await one.context.close()
