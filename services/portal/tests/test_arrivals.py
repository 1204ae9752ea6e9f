"""Who was brought home from a crisis, as the desk of the home district confirms it, over the real services."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from runner.identity import Provider
from runner.suite import Suite
from services.portal.tests.conftest import Browser


@pytest.fixture
async def crisis(suite: Suite) -> AsyncIterator[httpx.AsyncClient]:
    """The service itself, with its own secret."""
    async with httpx.AsyncClient(base_url=suite.place.public_url, timeout=240) as http:
        secret = suite.secrets.get("client", "svc-crisis")
        tokens = await Provider(http, suite.place.public_url).grant("client_credentials", "svc-crisis", {}, secret=secret)
        http.headers["Authorization"] = f"Bearer {tokens.access}"
        yield http


async def brought_home(crisis: httpx.AsyncClient, **changed: Any) -> str:
    """Where the arrival's page is."""
    row = {
        "id": str(uuid4()),
        "name": "Kohinur Nomuna",
        "name_bn": "কোহিনূর নমুনা",
        "sex": "female",
        "age_band": "25_34",
        "district": "BD-08",
        "country": "LB",
        "arrived_on": datetime.now(UTC).date().isoformat(),
        "flags": ["medical"],
        **changed,
    }
    answer = await crisis.post("/v1/returnees/arrivals", json={"rows": [row]})
    assert answer.status_code == 201, answer.text
    assert answer.json()["rows"][0]["outcome"] == "taken", answer.text
    return f"/arrivals/{row['id']}"


async def test_the_desk_sees_who_waits_mends_the_list_and_registers(browser: Browser, crisis: httpx.AsyncClient) -> None:
    place = await brought_home(crisis)
    await browser.sign_in("demo-cumilla", "/arrivals")
    assert f'href="{place}"' in browser.answer.text
    await browser.open(place)
    shown = [browser.typed(f"{place}/confirmation", name) for name in ("name", "name_bn", "return_reason", "flags")]
    assert shown == ["Kohinur Nomuna", "কোহিনূর নমুনা", "evacuated", "medical"]
    assert (await browser.send(f"{place}/confirmation", {"name": ""})).status_code == 422
    assert 'id="name-error"' in browser.answer.text
    await browser.send(f"{place}/confirmation", {"name": "Kohinur Begum Nomuna"})
    assert browser.path.startswith("/returnees/R-"), browser.words
    assert "Kohinur Begum Nomuna" in browser.words
    await browser.open(place)
    assert "Somebody has decided on this arrival." in browser.words


async def test_who_is_registered_already_is_linked_and_who_lives_elsewhere_sent_on(browser: Browser, crisis: httpx.AsyncClient) -> None:
    place = await brought_home(crisis, name="Rokeya Nomuna", name_bn=None, flags=[])
    await browser.sign_in("demo-cumilla", place)
    assert (await browser.send(f"{place}/decision", {"because": "registered_before"})).status_code == 422
    assert 'id="returnee-error"' in browser.answer.text
    await browser.send(f"{place}/decision", {"because": "nobody"})
    assert "no longer waits here" in browser.words

    other = await brought_home(crisis, name="Salma Nomuna", name_bn=None, flags=[])
    await browser.open(other)
    await browser.send(f"{other}/decision", {"do": "send", "send_to": "BD-60"})
    assert "no longer waits here" in browser.words
    assert f'href="{other}"' not in browser.answer.text
    assert (await browser.open(other)).status_code == 404
