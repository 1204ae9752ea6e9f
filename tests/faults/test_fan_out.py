"""Killing any process with -9 while a warning goes out to many: nobody is lost, and nobody gets it under two references."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from kit.testing.carrier import in_a_process_of_its_own
from kit.testing.waiting import until
from runner import suite
from runner.api import Api
from runner.demo import _api
from runner.place import free_base_port, temporary_place
from runner.suite import Suite

AT_ONCE = 24
WARNING = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{identifier}</identifier><sender>wing@riyadh.test</sender>
<sent>{sent}</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
<info><language>en</language><category>Safety</category><event>Air strikes</event><urgency>Immediate</urgency>
<severity>Extreme</severity><certainty>Observed</certainty><headline>Stay inside</headline>
<area><areaDesc>Saudi Arabia</areaDesc><geocode><valueName>ISO3166-1</valueName><value>SA</value></geocode></area></info></alert>"""


@pytest.fixture(scope="module")
async def night(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Suite, Path]]:
    folder = tmp_path_factory.mktemp("company")
    async with in_a_process_of_its_own(folder, free_base_port() + 1) as (texts, accepted):
        settings = {**texts, "PROBASHI_REQUESTS_PER_SECOND": "100000", "PROBASHI_REQUEST_BURST": "100000"}
        with temporary_place() as place:
            async with suite.running(place, settings=settings) as running:
                yield running, accepted


async def register(api: Api, number: int, first: int) -> list[str]:
    """So many people in Saudi Arabia, each with a telephone of their own there."""
    phones = [f"+9665{first + one:08d}" for one in range(number)]
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(phone: str) -> None:
        body = {
            "name": f"Person {phone[-6:]}",
            "country": "SA",
            "kind": "worker",
            "sex": "male",
            "contacts": [{"address": phone}],
            "places": [{"kind": "work_site", "country": "SA", "lon": 46.7, "lat": 24.6, "accuracy_m": 500}],
        }
        async with gate:
            await api.post("/v1/nationals", "wing-riyadh", body, key=str(uuid4()))

    await asyncio.gather(*(one(phone) for phone in phones))
    return phones


async def warn(api: Api) -> None:
    """One officer brings it in, another releases it."""
    message = WARNING.format(identifier=uuid4(), sent=datetime.now(UTC).isoformat(timespec="seconds")).encode()
    alert = await api.post_cap(message, "wing-riyadh", key=str(uuid4()), country="SA")
    headers = {"Idempotency-Key": str(uuid4()), "If-Match": "*"}
    await api.call("POST", f"/v1/crisis/alerts/{alert['id']}/decision/release", "supervisor", headers=headers)


def accepted_by(file: Path, phones: set[str]) -> list[tuple[str, str]]:
    """(reference, telephone) of what the company took for these people."""
    lines = [line.split(" ", 1) for line in file.read_text("utf-8").splitlines()]
    return [(reference, phone) for reference, phone in lines if phone in phones]


async def fan_out(night: tuple[Suite, Path], killed: str, number: int, first: int) -> None:
    whole, file = night
    async with _api(whole.place) as api:
        phones = set(await register(api, number, first))
        before = whole.supervisor.restarts(killed)
        await warn(api)

        async def reached() -> int:
            return len({phone for _, phone in accepted_by(file, phones)})

        for share in (0.2, 0.6):
            await until_at_least(reached, round(number * share))
            os.kill(whole.supervisor.pid(killed), signal.SIGKILL)
            await whole.supervisor.ready()
        await until(reached, number, within=600)
    assert whole.supervisor.restarts(killed) == before + 2
    await asyncio.sleep(3)  # whoever would send again does it now
    taken = accepted_by(file, phones)
    assert len(taken) == len({reference for reference, _ in taken}) == number


async def until_at_least(reached: Callable[[], Awaitable[int]], least: int) -> None:
    async def enough() -> bool:
        return await reached() >= least

    await until(enough, expected=True, within=600)


@pytest.mark.parametrize(("killed", "first"), [("crisis", 10_000_000), ("postgres", 20_000_000), ("registry", 30_000_000)])
async def test_four_hundred_people_and_two_kills(night: tuple[Suite, Path], killed: str, first: int) -> None:
    await fan_out(night, killed, 400, first)


@pytest.mark.full
@pytest.mark.parametrize(("killed", "first"), [("crisis", 40_000_000), ("postgres", 50_000_000), ("registry", 60_000_000)])
async def test_ten_thousand_people_and_two_kills(night: tuple[Suite, Path], killed: str, first: int) -> None:
    await fan_out(night, killed, 10_000, first)
