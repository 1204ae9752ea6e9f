"""Somebody abroad lets their phone show warnings, and a warning shows: by a real push service's contract and the browser's own worker.

Chromium without a screen reaches no push service: what it would subscribe with is given to the page, and what that push service gets is
handed to the worker as the browser would. All between is real.
"""

import json
from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import uuid4

import pytest
from playwright.async_api import Geolocation, expect

from kit.testing.push_service import Browser, PushService
from kit.testing.waiting import until
from runner.suite import Suite
from tests.browser.conftest import Person
from tests.browser.test_night import FLOOD, api, by_authority, phone, well

__all__ = ["api"]

# Near Jizan; nobody of the demonstration or of another walk lives there.
HERE: Final[Geolocation] = {"latitude": 16.889, "longitude": 42.551, "accuracy": 30}
AREA: Final = "16.80,42.45 16.80,42.65 16.98,42.65 16.98,42.45 16.80,42.45"
SUBSCRIBES: Final = """
PushManager.prototype.subscribe = async function (options) {
  if (Notification.permission !== "granted" || !options.userVisibleOnly || options.applicationServerKey.length !== 65) throw new Error();
  const { endpoint, ...keys } = %s;
  return { endpoint, toJSON: () => ({ endpoint, expirationTime: null, keys }), unsubscribe: async () => true };
};
"""
SHOWN: Final = """async () => {
  const registration = await navigator.serviceWorker.getRegistration("/notices/");
  const shown = await registration.getNotifications();
  return shown.map(({ title, body, tag, renotify, data }) => ({ title, body, tag, renotify, path: data.path }));
}"""
BEGUN: Final = """async () => (await navigator.serviceWorker.getRegistration("/notices/"))?.active?.state === "activated" """
TAPPED: Final = """async () => {
  const [notification] = await self.registration.getNotifications();
  const opened = new Promise((resolve) => { self.Clients.prototype.openWindow = async (path) => resolve(path); });
  self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
  return opened;
}"""


@pytest.fixture
async def browsers() -> AsyncIterator[PushService]:
    async with PushService().listening() as running:
        yield running


async def registered(one: Person, browser: Browser) -> None:
    await one.context.grant_permissions(["geolocation", "notifications"])
    await one.context.set_geolocation(HERE)
    await one.page.add_init_script(SUBSCRIBES % json.dumps(browser.subscription))
    await one.open("/register?c=SA")
    await one.answer("name", "শাহানা নমুনা")
    await one.answer("phone", phone())
    await one.answer("reach", "quiet")
    await one.page.click("form[action='/register'] summary")
    await one.page.click("[data-position]")
    await expect(one.page.locator("[name=lat]")).to_have_value("16.8890")
    async with one.page.expect_navigation():
        await one.page.click("form[action='/register'] .app-button--wide")


async def turned_on(one: Person) -> None:
    await one.page.click("[data-notices-turn-on]")
    await expect(one.page.locator("[data-notices-state]")).to_have_text("এই ব্রাউজারে নোটিফিকেশন চালু আছে।")
    await well(one)


async def delivered(one: Person, content: dict[str, Any]) -> None:
    """To the worker, as the browser does with what its push service brought. A worker that has not begun yet would miss it."""

    async def has_begun() -> bool:
        return bool(await one.page.evaluate(BEGUN))

    await until(has_begun, expected=True, within=240)
    session = await one.context.new_cdp_session(one.page)
    known: list[str] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda told: known.extend(
        each["registrationId"] for each in told["registrations"] if each["scopeURL"].endswith("/notices/")
    ))  # fmt: skip
    await session.send("ServiceWorker.enable")

    async def is_known() -> bool:
        return bool(known)

    await until(is_known, expected=True, within=240)
    said = {"origin": one.url, "registrationId": known[0], "data": json.dumps(content, ensure_ascii=False)}
    await session.send("ServiceWorker.deliverPushMessage", said)


@pytest.mark.parametrize("language", ["bn"])
async def test_a_phone_shows_a_warning_in_words_that_harm_nobody(on_a_phone: Person, whole: Suite, browsers: PushService, api: Any) -> None:
    await registered(on_a_phone, browsers.subscribe())
    await well(on_a_phone)
    await turned_on(on_a_phone)
    alert = await by_authority(whole, FLOOD.replace("{area}", AREA))
    await api.call(
        "POST", f"/v1/crisis/alerts/{alert}/decision/release", "supervisor", headers={"If-Match": "*", "Idempotency-Key": str(uuid4())}
    )

    async def is_pushed() -> int:
        return len(browsers.taken)

    await until(is_pushed, 1, within=240)
    told = browsers.taken[0].shown
    await delivered(on_a_phone, told)

    async def shown() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await on_a_phone.page.evaluate(SHOWN)
        return found

    neutral = {"title": "আপনার জন্য একটি বার্তা", "body": "একা থাকলে খুলুন।", "tag": told["tag"], "path": told["path"]}
    await until(shown, [{**neutral, "renotify": True}], within=240)
    await delivered(on_a_phone, told)
    # The same again takes its place, and rings no second time.
    await until(shown, [{**neutral, "renotify": False}], within=240)
    [worker] = [one for one in on_a_phone.context.service_workers if one.url.endswith("/notices/sw.js")]
    assert await worker.evaluate(TAPPED) == told["path"]
    await on_a_phone.open(told["path"])
    await well(on_a_phone)
    assert "আপনি কেমন আছেন?" in await on_a_phone.words()


@pytest.mark.parametrize("language", ["bn"])
async def test_what_came_late_says_that_it_has_ended(on_a_phone: Person, browsers: PushService) -> None:
    await registered(on_a_phone, browsers.subscribe())
    await turned_on(on_a_phone)
    late = {
        "title": "বিপদ",
        "body": "এখনই বের হন",
        "late": "আগের একটি বার্তার মেয়াদ শেষ হয়েছে।",
        "tag": "t",
        "path": "/c/0",
        "ends": "2026-01-01T00:00:00Z",
    }
    await delivered(on_a_phone, late)

    async def shown() -> list[tuple[str, str]]:
        return [(one["title"], one["body"]) for one in await on_a_phone.page.evaluate(SHOWN)]

    await until(shown, [(late["late"], "")], within=240)


@pytest.mark.parametrize("language", ["bn"])
async def test_a_browser_that_refuses_says_so_and_nothing_is_asked_without_a_tap(on_a_phone: Person, browsers: PushService) -> None:
    await registered(on_a_phone, browsers.subscribe())
    await on_a_phone.context.clear_permissions()
    assert await on_a_phone.page.locator("[data-notices-state]").inner_text() == ""
    await on_a_phone.page.evaluate("Notification.requestPermission = async () => 'denied'")
    await on_a_phone.page.click("[data-notices-turn-on]")
    await expect(on_a_phone.page.locator("[data-notices-state]")).to_contain_text("ব্রাউজার অনুমতি দিচ্ছে না।")
