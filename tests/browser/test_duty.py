"""The night's page on a phone, in Bangla: what changes appears by itself, and what changed while the line was cut does too, each once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from playwright.async_api import Browser

from kit.testing.waiting import until
from runner.api import Api
from runner.demo import _api
from runner.suite import Suite
from tests.browser.conftest import Person, person
from tests.browser.test_night import AREA, FLOOD, well

ALERTS = "/v1/crisis/alerts"


@pytest.fixture
async def api(whole: Suite) -> AsyncIterator[Api]:
    async with _api(whole.place) as one:
        yield one


@pytest.fixture
async def wing(chrome: Browser, whole: Suite) -> AsyncIterator[Person]:
    officer = await person(chrome, whole, "bn", width=360)
    yield officer
    await officer.context.close()


async def log(wing: Person) -> list[int]:
    """Positions in the log of changes, the newest first."""
    return [int(str(await one.get_attribute("data-change"))) for one in await wing.page.locator("#duty-log [data-change]").all()]


async def test_what_changes_appears_by_itself_and_nothing_is_missed_over_a_cut(wing: Person, api: Api) -> None:
    message = FLOOD.format(identifier=uuid4(), sent=datetime.now(UTC).isoformat(timespec="seconds"), area=AREA)
    alert = (await api.post_cap(message.encode(), "supervisor", key=str(uuid4()), country="SA"))["id"]
    duty = f"/alerts/{alert}/duty"

    async def is_the_same() -> bool:
        return await log(wing) == [one["position"] for one in (await api.get(f"{ALERTS}/{alert}/duty", "wing-riyadh"))["changes"]]

    await wing.sign_in("wing-riyadh", duty)
    await wing.page.get_by_text("সরাসরি:").wait_for(timeout=240_000)
    await wing.page.evaluate("window.stays = true")
    assert "এখনো দেখেনি" in await wing.words()
    assert await wing.page.locator("svg.app-map .app-map__area").count() == 1
    await api.post(f"{ALERTS}/{alert}/acknowledgements", "wing-riyadh", key=str(uuid4()))
    await wing.page.get_by_text("একটি মিশন প্রাপ্তিস্বীকার করেছে").last.wait_for(timeout=240_000)
    await until(is_the_same, expected=True, within=240)
    before = await log(wing)

    await wing.context.set_offline(True)
    await api.call("POST", f"{ALERTS}/{alert}/decision/release", "wing-riyadh", headers={"If-Match": "*", "Idempotency-Key": str(uuid4())})
    incident = {"country": "SA", "hazard": "flood", "commander": "প্রথম সচিব", "reason": "বন্যা", "phase": "during", "is_drill": False}
    await api.post("/v1/crisis/incidents", "wing-riyadh", {**incident, "alerts": [alert]}, key=str(uuid4()))
    assert await log(wing) == before
    await wing.context.set_offline(False)
    await wing.page.get_by_text("এটি একটি ঘটনার সঙ্গে যুক্ত হয়েছে").last.wait_for(timeout=240_000)
    await until(is_the_same, expected=True, within=240)
    assert await wing.page.evaluate("window.stays"), "no page was loaded anew"
    assert len(set(await log(wing))) == len(await log(wing))
    assert "এটি প্রচার করা হয়েছে" in await wing.words()
    # What could not be fetched while the line was cut is said in the console, and fetched again.
    wing.faults = [one for one in wing.faults if "ERR_INTERNET_DISCONNECTED" not in one and not one.startswith("htmx:")]
    await well(wing)


async def test_is_whole_without_scripts(chrome: Browser, whole: Suite, api: Api) -> None:
    message = FLOOD.format(identifier=uuid4(), sent=datetime.now(UTC).isoformat(timespec="seconds"), area=AREA)
    alert = (await api.post_cap(message.encode(), "supervisor", key=str(uuid4()), country="SA"))["id"]
    officer = await person(chrome, whole, "en", scripts=False)
    await officer.sign_in("wing-riyadh", f"/alerts/{alert}/duty")
    await officer.send(f"/alerts/{alert}/acknowledge")
    assert officer.page.url.endswith(f"/alerts/{alert}/duty")
    assert "A mission has seen it" in await officer.words()
    assert "This page loads again each minute." in await officer.words()
    await officer.context.close()
