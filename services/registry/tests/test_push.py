"""A person lets a browser show notifications: sealed, few, one browser for one person, gone with them."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from kit.testing.push_service import PushService
from runner.testing import Running
from services.registry.push.service import MOST_OF_ONE
from services.registry.tests.test_exposure import crisis
from services.registry.tests.test_own import change
from services.registry.tests.test_register import registered


@pytest.fixture
async def browsers() -> AsyncIterator[PushService]:
    async with PushService().listening() as running:
        yield running


async def channels(registry: Running, *people: str) -> list[list[dict[str, Any]]]:
    answer = await crisis(registry).post("/v1/nationals/contacts", json={"purpose": "outreach.update", "people": [*people]})
    assert answer.status_code == 200, answer.text
    return [[json.loads(way["address"]) for way in one["channels"] if way["kind"] == "push"] for one in answer.json()["items"]]


class TestSubscribing:
    async def test_seals_what_the_browser_gave_and_tells_crisis_alone(self, registry: Running, browsers: PushService) -> None:
        receipt, browser = await registered(registry.client()), browsers.subscribe()
        answer = await change(registry, receipt, push=browser.subscription)
        assert (answer.status_code, answer.json()["push"]) == (200, 1)
        assert browser.endpoint not in answer.text
        stored = await registry.raw("national_push")
        assert not any(part.encode() in stored for part in browser.subscription.values())
        [row] = await registry.rows("national_push")
        assert await channels(registry, receipt["id"]) == [[{"id": str(row.id), **browser.subscription}]]

    async def test_the_same_browser_twice_is_one(self, registry: Running, browsers: PushService) -> None:
        receipt, browser = await registered(registry.client()), browsers.subscribe()
        for _ in range(2):
            assert (await change(registry, receipt, push=browser.subscription)).json()["push"] == 1

    async def test_of_many_the_newest_are_kept(self, registry: Running, browsers: PushService) -> None:
        receipt = await registered(registry.client())
        known = [browsers.subscribe() for _ in range(MOST_OF_ONE + 1)]
        counts = [(await change(registry, receipt, push=one.subscription)).json()["push"] for one in known]
        assert counts == [*range(1, MOST_OF_ONE + 1), MOST_OF_ONE]
        [kept] = await channels(registry, receipt["id"])
        assert [one["endpoint"] for one in kept] == [one.endpoint for one in known[1:]]

    async def test_another_person_on_the_same_phone_ends_the_first(self, registry: Running, browsers: PushService) -> None:
        first, second = await registered(registry.client()), await registered(registry.client(), name="Salma Akter")
        browser = browsers.subscribe()
        for receipt in (first, second):
            await change(registry, receipt, push=browser.subscription)
        assert [len(one) for one in await channels(registry, first["id"], second["id"])] == [0, 1]

    @pytest.mark.parametrize(
        "endpoint",
        [
            *("https://10.0.0.7/push", "https://169.254.169.254/latest", "https://[fd00::1]/push", "http://push.example.org/one"),
            *("https://user:word@push.example.org/one", "https://192.168.1.1:8443/x", "ftp://push.example.org/x"),
        ],
    )
    async def test_an_address_inside_of_a_house_is_refused(self, registry: Running, browsers: PushService, endpoint: str) -> None:
        receipt, browser = await registered(registry.client()), browsers.subscribe()
        answer = await change(registry, receipt, push=browser.subscription | {"endpoint": endpoint})
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:probashi:problem:invalid")
        assert await registry.count("national_push") == 0


class TestEnding:
    async def test_one_browser_or_all(self, registry: Running, browsers: PushService) -> None:
        receipt, known = await registered(registry.client()), [browsers.subscribe() for _ in range(3)]
        for one in known:
            await change(registry, receipt, push=one.subscription)
        assert (await change(registry, receipt, push_off=known[0].endpoint)).json()["push"] == 2
        assert (await change(registry, receipt, push_off="all")).json()["push"] == 0

    async def test_nobody_ends_what_is_anothers(self, registry: Running, browsers: PushService) -> None:
        first, second = await registered(registry.client()), await registered(registry.client(), name="Salma Akter")
        browser = browsers.subscribe()
        await change(registry, first, push=browser.subscription)
        await change(registry, second, push_off=browser.endpoint)
        assert await registry.count("national_push") == 1

    async def test_who_is_forgotten_rings_no_more(self, registry: Running, browsers: PushService) -> None:
        receipt = await registered(registry.client())
        await change(registry, receipt, push=browsers.subscribe().subscription)
        await change(registry, receipt, forget=True)
        assert await registry.count("national_push") == 0

    async def test_crisis_tells_of_one_that_is_gone(self, registry: Running, browsers: PushService) -> None:
        receipt, known = await registered(registry.client()), [browsers.subscribe() for _ in range(2)]
        for one in known:
            await change(registry, receipt, push=one.subscription)
        [[gone, kept]] = await channels(registry, receipt["id"])
        told = await crisis(registry).post("/v1/nationals/push/gone", json={"subscriptions": [gone["id"]]})
        assert told.status_code == 204
        assert await channels(registry, receipt["id"]) == [[kept]]


class TestByTheLinkOfAWarning:
    async def test_crisis_subscribes_whom_it_knows(self, registry: Running, browsers: PushService) -> None:
        receipt, browser = await registered(registry.client()), browsers.subscribe()
        body = {"person": receipt["id"], "subscription": browser.subscription}
        assert (await crisis(registry).post("/v1/nationals/push", json=body)).status_code == 204
        assert (await registry.client("supervisor").post("/v1/nationals/push", json=body)).status_code == 403
        assert await registry.count("national_push") == 1

    async def test_nobody_who_is_forgotten(self, registry: Running, browsers: PushService) -> None:
        receipt = await registered(registry.client())
        await change(registry, receipt, forget=True)
        body = {"person": receipt["id"], "subscription": browsers.subscribe().subscription}
        assert (await crisis(registry).post("/v1/nationals/push", json=body)).status_code == 404
