"""The agent's desk in a real browser: a whole call by keyboard alone, nothing lost when the browser is killed, a shift handed over."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Page, async_playwright

from runner.identity import Provider, access_token
from runner.suite import Suite
from tests.browser.conftest import PASSWORD, QUIET, Person, chromium, tick

CALLS: Final = "/v1/complaints/calls"
WORDS: Final = "তিন মাস বেতন দেয় না। মালিক পাসপোর্ট রেখে দিয়েছে, ফোন কেড়ে নেয়। "


class Exchange:
    """The telephone exchange, as its machine client."""

    def __init__(self, whole: Suite, http: httpx.AsyncClient) -> None:
        self.whole = whole
        self.http = http

    async def tell(self, call: str, event: str, number: str | None, **more: Any) -> str:
        at = (datetime.now(UTC) - timedelta(seconds=20)).isoformat()
        body = {"call": call, "event": event, "at": at, "number": number, **more}
        answer = await self.http.post(f"{CALLS}/events", json=body)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    async def answered(self, by: str, number: str | None = None) -> str:
        call, number = str(uuid4()), number or a_number()
        await self.tell(call, "ringing", number)
        return await self.tell(call, "answered", number, agent=by)

    async def as_person(self, account: str) -> httpx.AsyncClient:
        token = await access_token(self.whole.place.public_url, account, PASSWORD)
        return httpx.AsyncClient(base_url=self.whole.place.public_url, headers={"Authorization": f"Bearer {token}"}, timeout=240)


@pytest.fixture
async def exchange(whole: Suite) -> AsyncIterator[Exchange]:
    async with httpx.AsyncClient(base_url=whole.place.public_url, timeout=240) as http:
        secret = whole.secrets.get("client", "cti")
        tokens = await Provider(http, whole.place.public_url).grant("client_credentials", "cti", {}, secret=secret)
        http.headers["Authorization"] = f"Bearer {tokens.access}"
        yield Exchange(whole, http)


@pytest.fixture(autouse=True)
async def _nobody_is_on_shift(exchange: Exchange) -> AsyncIterator[None]:
    """Agents are few, and each test begins with none at a desk."""
    yield
    for account in ("agent", "agent-two", "supervisor"):
        async with await exchange.as_person(account) as http:
            desk = (await http.get(f"{CALLS}/desk")).json()
            for call in desk["in_hand"]:
                await http.post(f"{CALLS}/{call['id']}/finish", json={"disposition": "silent"}, headers={"Idempotency-Key": str(uuid4())})
            await http.post(f"{CALLS}/shifts/end")


def a_number() -> str:
    return f"+9665{uuid4().int % 10**8:08}"


async def begin_shift(person: Person, account: str, extension: str) -> None:
    await person.sign_in(account, "/desk")
    await person.page.fill("#extension", extension)
    await person.send("/desk/shift")
    await person.page.locator("#desk").wait_for()


async def tab_to(page: Page, wanted: str, *, most: int = 120) -> None:
    """Presses Tab until the element has the focus: what a person without a mouse does."""
    for _ in range(most):
        if await page.evaluate("wanted => document.activeElement?.matches(wanted) ?? false", wanted):
            return
        await page.keyboard.press("Tab")
    pytest.fail(f"{wanted} is not reached by the keyboard")


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(240):
        while not await holds():
            await asyncio.sleep(0.1)


class TestAWholeCallByKeyboard:
    async def test_from_the_ring_to_the_reference(self, somebody: Person, exchange: Exchange) -> None:
        page = somebody.page
        await begin_shift(somebody, "agent", "71")
        assert await somebody.violations() == []
        call = await exchange.answered("71")
        await page.wait_for_url(f"**/desk/calls/{call}")
        await page.locator("[data-finder]:not([hidden])").first.wait_for()
        assert await somebody.violations() == []

        await page.keyboard.press("Alt+s")
        await page.keyboard.press("ArrowRight")  # yes is the first answer, no the second
        await page.keyboard.press("Space")
        assert await page.is_checked("input[name=caller_safe][value=no]")
        assert await page.get_attribute("[data-script]", "open") is not None
        await page.keyboard.press("Alt+n")
        await page.keyboard.type(WORDS)
        await page.keyboard.press("Alt+c")
        await page.keyboard.type("beton")
        await page.locator("[data-category=wages]").wait_for()
        await tab_to(page, "[data-category=wages]")
        await page.keyboard.press("Enter")
        assert await page.input_value("#category") == "wages"
        assert await page.evaluate("document.activeElement.id") == "country"
        assert await page.input_value("#country") == "SA"  # of the number
        await page.keyboard.press("Alt+p")
        await page.keyboard.press("Space")
        await page.keyboard.press("Alt+k")
        await page.keyboard.type("passport")
        await page.locator("#articles-found #article-passport_held").wait_for()
        await tab_to(page, "#article-passport_held")
        await page.keyboard.press("Space")
        await page.locator("#articles-chosen #article-passport_held").wait_for()
        await page.keyboard.press("Alt+e")
        await page.keyboard.press("Space")
        await tab_to(page, "button[value=finish]")
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        await page.locator(".govuk-panel--confirmation").wait_for()
        assert "C-" in await page.inner_text(".govuk-panel__body")
        assert await somebody.violations() == []
        async with await exchange.as_person("agent") as http:
            shown = (await http.get(f"{CALLS}/{call}")).json()
        assert (shown["disposition"], shown["caller_safe"], shown["articles"]) == ("new_complaint", False, ["passport_held"])
        assert len(shown["references"]) == 1
        assert somebody.faults == []

    async def test_the_question_mark_lists_the_keys(self, somebody: Person) -> None:
        await begin_shift(somebody, "agent", "71")
        await somebody.page.keyboard.press("?")
        assert await somebody.page.get_attribute("#keys", "open") is not None
        await somebody.page.fill("#number", "?")
        assert await somebody.page.input_value("#number") == "?"


class TestTheDesk:
    async def test_rings_by_itself_and_a_missed_call_waits_to_be_called_back(self, somebody: Person, exchange: Exchange) -> None:
        await begin_shift(somebody, "agent", "71")
        call, number = str(uuid4()), a_number()
        await exchange.tell(call, "ringing", number)
        ringing = somebody.page.locator("section[aria-labelledby=ringing] li")
        await ringing.first.wait_for()
        await exchange.tell(call, "abandoned", number)
        await ringing.first.wait_for(state="detached")
        identity = await somebody.page.locator("section[aria-labelledby=callbacks] a[href*='/desk/callbacks/']").last.get_attribute("href")
        assert identity is not None
        async with await exchange.as_person("agent") as http:
            tasks = (await http.get(f"{CALLS}/callbacks")).json()["items"]
        newest = tasks[-1]["id"]
        await somebody.open(f"/desk/callbacks/{newest}")
        assert number[1:] not in await somebody.words()
        await somebody.send(f"/desk/callbacks/{newest}/take")
        assert await somebody.violations() == []
        await tick(somebody.page, "input[name=outcome][value=reached]")
        await somebody.send(f"/desk/callbacks/{newest}")
        assert await somebody.page.locator("form[action$='/take']").count() == 0
        assert somebody.faults == []

    async def test_fits_a_phone(self, on_a_phone: Person, exchange: Exchange) -> None:
        await begin_shift(on_a_phone, "agent", "71")
        await exchange.tell(str(uuid4()), "ringing", a_number())
        await on_a_phone.page.locator("section[aria-labelledby=ringing] li").first.wait_for()
        assert await on_a_phone.overflow() <= 0
        call = await exchange.answered("71")
        await on_a_phone.page.wait_for_url(f"**/desk/calls/{call}")
        assert await on_a_phone.overflow() <= 0

    async def test_the_supervisor_sees_who_is_in_danger(self, somebody: Person, exchange: Exchange) -> None:
        await somebody.sign_in("supervisor", "/desk/board")
        async with await exchange.as_person("agent") as http:
            await http.post(f"{CALLS}/shifts", json={"extension": "72"})
            call = await exchange.answered("72")
            await http.put(f"{CALLS}/{call}/draft", json={"fields": {"caller_safe": ["no"]}}, headers={"If-Match": '"1"'})
        await somebody.page.locator(f".app-danger a[href='/desk/calls/{call}']").wait_for()
        assert await somebody.violations() == []
        assert somebody.faults == []


class TestWithoutScripts:
    async def test_a_call_is_typed_saved_finished_and_the_shift_ends(self, without_scripts: Person) -> None:
        page = without_scripts.page
        await without_scripts.sign_in("agent", "/desk")
        await without_scripts.send("/desk/shift")
        await page.fill("#number", "০১৭১২৩৪৫৬৭৮")
        await without_scripts.send("/desk/calls")
        await page.fill("#narrative", WORDS)
        async with page.expect_navigation():
            await page.click("button[value=save]")
        assert (await page.input_value("#narrative")).strip() == WORDS.strip()
        async with page.expect_navigation():
            await page.click("button[value=finish]")
        assert await page.locator(".govuk-error-summary").count() == 1
        assert (await page.input_value("#narrative")).strip() == WORDS.strip()
        await tick(page, "input[name=disposition][value=information]")
        async with page.expect_navigation():
            await page.click("button[value=finish]")
        assert await page.locator(".govuk-panel--confirmation").count() == 1
        await without_scripts.open("/desk/shift/end")
        await without_scripts.send("/desk/shift/end")
        assert await page.locator("form[action='/desk/shift/end']").count() == 0


class Killed:
    """A Chromium of its own with a profile on disk, to be killed without a word of warning and started again."""

    def __init__(self, whole: Suite, folder: Path) -> None:
        self.url = whole.place.public_url
        self.folder = folder
        self.stack = contextlib.AsyncExitStack()

    async def start(self) -> Person:
        playwright = await self.stack.enter_async_context(async_playwright())
        arguments = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        context = await playwright.chromium.launch_persistent_context(str(self.folder), executable_path=chromium(), args=arguments)
        await context.add_cookies([{"name": "lang", "value": "bn", "url": self.url}])
        return Person(context, context.pages[0], self.url)

    async def kill(self) -> None:
        """kill -9 of the browser, which takes its other processes along."""
        lock = os.readlink(self.folder / "SingletonLock")  # noqa: PTH115 - it points at no file: machine and process
        os.kill(int(lock.rpartition("-")[2]), signal.SIGKILL)
        await asyncio.sleep(0.5)
        with contextlib.suppress(Exception):
            await self.stack.aclose()
        self.stack = contextlib.AsyncExitStack()
        for name in ("SingletonLock", "SingletonCookie", "SingletonSocket"):
            (self.folder / name).unlink(missing_ok=True)


@pytest.fixture
async def killed(whole: Suite, tmp_path: Path) -> AsyncIterator[Killed]:
    one = Killed(whole, tmp_path / "profile")
    yield one
    with contextlib.suppress(Exception):
        await one.stack.aclose()


class TestTheBrowserIsKilled:
    @pytest.mark.parametrize("is_cut_off", [False, True])
    async def test_every_word_is_there_again(self, killed: Killed, exchange: Exchange, is_cut_off: bool) -> None:  # noqa: FBT001 - a parameter
        """In the middle of a sentence; and also where the line to the server had been dead for its last words."""
        person = await killed.start()
        await begin_shift(person, "agent", "71")
        call = await exchange.answered("71")
        await person.page.wait_for_url(f"**/desk/calls/{call}")
        await person.page.locator("[data-finder]:not([hidden])").first.wait_for()
        await person.page.focus("#narrative")
        await person.page.keyboard.type("প্রথম কথা। ")

        async def is_saved() -> bool:
            async with await exchange.as_person("agent") as http:
                draft = (await http.get(f"{CALLS}/{call}")).json()["draft"]
            return draft is not None and "প্রথম" in draft["fields"].get("narrative", [""])[0]

        await until(is_saved)
        if is_cut_off:
            await person.context.set_offline(True)
        await person.page.keyboard.type(WORDS, delay=5)
        await person.page.keyboard.type("শেষ কথা")
        await asyncio.sleep(1)  # the finger leaves the last key, on a busy machine
        await killed.kill()

        again = await killed.start()
        # The cookie of the session went with the browser.
        await again.sign_in("agent", f"/desk/calls/{call}")
        await again.page.locator("[data-finder]:not([hidden])").first.wait_for()
        await until(lambda: narrative_is(again, f"প্রথম কথা। {WORDS}শেষ কথা"))
        # And what was put back is on the server a moment later.
        async with await exchange.as_person("agent") as http:
            await until(lambda: draft_ends(http, call, "শেষ কথা"))

    async def test_what_this_computer_keeps_is_sealed_and_goes_with_the_session(self, killed: Killed, exchange: Exchange) -> None:
        person = await killed.start()
        await begin_shift(person, "agent", "71")
        call = await exchange.answered("71")
        await person.page.wait_for_url(f"**/desk/calls/{call}")
        await person.page.locator("[data-finder]:not([hidden])").first.wait_for()
        await person.page.focus("#narrative")
        await person.page.keyboard.type("a very private sentence")
        await until(lambda: has_journal(person))
        kept = b"".join(path.read_bytes() for path in killed.folder.rglob("*") if path.is_file() and "IndexedDB" in path.as_posix())
        assert call.encode() in kept or call.encode("utf-16-be") in kept or call.encode("utf-16-le") in kept
        for encoding in ("utf-8", "utf-16-le"):
            assert "private sentence".encode(encoding) not in kept
        await person.send("/sign-out")
        await person.page.wait_for_url("**/session/ended*")
        assert not await has_journal(person)


async def narrative_is(person: Person, words: str) -> bool:
    return await person.page.input_value("#narrative") == words


async def draft_ends(http: httpx.AsyncClient, call: str, words: str) -> bool:
    draft = (await http.get(f"{CALLS}/{call}")).json()["draft"]
    return bool(draft["fields"]["narrative"][0].endswith(words))


async def has_journal(person: Person) -> bool:
    found: int = await person.page.evaluate(
        """new Promise((done) => {
            const asked = indexedDB.open("desk", 1);
            asked.onsuccess = () => {
                const all = asked.result.transaction("journal").objectStore("journal").count();
                all.onsuccess = () => { asked.result.close(); done(all.result); };
            };
        })"""
    )
    return found > 0
