"""Somebody who was warned by WhatsApp speaks back: the wing's officer hears it on a phone, in Bangla, and answers; no other wing does."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Browser

from kit.bringers import META_SIGNATURE
from kit.messengers import signature
from kit.testing.carrier import Carrier, Recording
from kit.testing.recordings import photo_with_place, voice_note
from kit.testing.waiting import until
from runner.api import Api
from runner.suite import Suite
from tests.browser.conftest import Person, person
from tests.browser.test_night import FLOOD, Someone, api, at, by_authority, look, people_are_counted, phone, press, registered, well, wing

__all__ = ["api", "wing"]

# Sakaka, in the north; nobody of the demonstration or of another walk lives there.
HERE: Final = {"lon": 40.206, "lat": 29.97}
AREA: Final = "29.85,40.05 29.85,40.35 30.10,40.35 30.10,40.05 29.85,40.05"
NUMBER: Final = phone()
SALMA: Final = Someone(
    "Salma Nomuna", "সালমা নমুনা", "", {"contacts": [{"kind": "whatsapp", "address": NUMBER}], "no_contact": False, **at(HERE)}
)
APP_SECRET: Final = "between-us-and-whatsapp"
SECONDS: Final = 1
# To its end; without a tap a browser plays what makes no noise alone.
HEARD: Final = """one => new Promise((heard, failed) => {
    one.onended = () => heard(one.currentTime)
    one.onerror = () => failed(one.error.message)
    one.muted = true
    one.play().catch(failed)
})"""


@pytest.fixture
async def by_whatsapp(whole: Suite, company: Carrier) -> AsyncIterator[None]:
    """The company for texts carries WhatsApp too, as long as this walk lasts."""
    there = {
        "PROBASHI_WHATSAPP_URL": company.url,
        "PROBASHI_WHATSAPP_NUMBER": "4711",
        "PROBASHI_WHATSAPP_TOKEN": "access",
        "PROBASHI_WHATSAPP_APP_SECRET": APP_SECRET,
    }
    await whole.restart("crisis", there)
    yield
    await whole.restart("crisis", dict.fromkeys(there, ""))


async def sent(whole: Suite, kind: str, **what: Any) -> None:
    """She sends it, and WhatsApp brings it, signed."""
    now = str(int(datetime.now(UTC).timestamp()))
    message = {"id": f"wamid.{uuid4()}", "from": NUMBER.removeprefix("+"), "timestamp": now, "type": kind, kind: what}
    change = {"field": "messages", "value": {"messaging_product": "whatsapp", "messages": [message]}}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}).encode()
    async with httpx.AsyncClient(base_url=whole.place.public_url, timeout=240) as http:
        answer = await http.post("/v1/crisis/messages/whatsapp", content=body, headers={META_SIGNATURE: signature(APP_SECRET, body)})
    assert answer.json() == {"taken": 1}, answer.text


def told(company: Carrier) -> list[str]:
    return [one["text"] for one in company.taken.values() if one["to"] == NUMBER.removeprefix("+")]


async def is_warned(wing: Person, whole: Suite, company: Carrier) -> None:
    alert = await by_authority(whole, FLOOD.replace("{area}", AREA).replace("Abha", "Sakaka"))
    await people_are_counted(wing, alert)
    await press(wing, f"form[action='/alerts/{alert}/decision/release'] button.govuk-button--warning")

    async def got() -> bool:
        return bool(told(company))

    await until(got, expected=True, within=240)


async def waits(wing: Person, selector: str) -> str:
    """Address of what came, once it is there."""

    async def is_there() -> bool:
        await wing.open("/texts")
        return bool(await wing.page.locator(selector).count())

    await until(is_there, expected=True, within=240)
    await well(wing)
    return str(await wing.page.locator(selector).get_attribute("src"))


async def given(one: Person, address: str) -> tuple[int, str | None]:
    """By the page's own address, as this person."""
    answer = await one.context.request.get(one.url + address)
    return answer.status, answer.headers.get("content-type") if answer.ok else None


@pytest.mark.usefixtures("by_whatsapp")
async def test_a_voice_note_is_heard_and_answered(chrome: Browser, whole: Suite, api: Api, company: Carrier, wing: Person) -> None:
    await registered(api, SALMA)
    await wing.sign_in("wing-riyadh", "/alerts")
    await is_warned(wing, whole, company)
    company.recordings |= {"spoken": Recording(voice_note(SECONDS)), "seen": Recording(photo_with_place())}
    await sent(whole, "audio", id="spoken", voice=True)
    address = await waits(wing, "article audio")
    assert await given(wing, address) == (200, "audio/ogg")
    sound = wing.page.get_by_label("ভয়েস মেসেজ")
    assert round(await sound.evaluate(HEARD)) == SECONDS
    beirut = await person(chrome, whole, "bn", width=360)
    await beirut.sign_in("wing-beirut", "/texts")
    assert await given(beirut, address) == (404, None)
    assert "ভয়েস মেসেজ" not in await beirut.words()

    await answers(wing, "injured", "অ্যাম্বুলেন্স আসছে।")

    async def answered() -> bool:
        return "অ্যাম্বুলেন্স আসছে।" in told(company)

    await until(answered, expected=True, within=240)
    await sent(whole, "image", id="seen")
    assert await given(wing, await waits(wing, "article img")) == (200, "image/jpeg")
    assert "ভয়েস মেসেজ" not in await look(wing, "/texts")
    await answers(wing, "safe")
    await sent(whole, "audio", id="nobody-has-it")
    await waits_in_words(wing, "এটি পাওয়া যাবে না: যে প্রতিষ্ঠান এটি এনেছে, তাদের কাছে এটি আর নেই।")
    await answers(wing, "need_help")
    await beirut.context.close()


async def answers(wing: Person, status: str, words: str = "") -> None:
    """The one message that waits in her country."""
    await wing.page.locator("article select").select_option(status)
    await wing.page.locator("article textarea").fill(words)
    await press(wing, "article button")


async def waits_in_words(wing: Person, words: str) -> None:
    async def are_there() -> bool:
        return words in await look(wing, "/texts")

    await until(are_there, expected=True, within=240)
