"""Killing any process with -9 while a warning goes out to many: nobody is lost, and nobody gets it under two references."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from kit.testing.carrier import in_a_process_of_its_own
from kit.testing.waiting import until
from runner import suite
from runner.api import Api
from runner.demo import _api
from runner.place import free_base_port, temporary_place
from runner.suite import Suite
from tests.faults.conftest import dying

AT_ONCE = 24
KILLED = ("crisis", "postgres", "registry")
# Bounds against hanging: on a machine that others use too, ten thousand people take minutes.
PATIENCE_S = 900
WARNING = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{identifier}</identifier><sender>wing@riyadh.test</sender>
<sent>{sent}</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
<info><language>en</language><category>Safety</category><event>Air strikes</event><urgency>Immediate</urgency>
<severity>Extreme</severity><certainty>Observed</certainty><headline>Stay inside</headline>
<area><areaDesc>Saudi Arabia</areaDesc><geocode><valueName>ISO3166-1</valueName><value>SA</value></geocode></area></info></alert>"""


@dataclass(frozen=True, slots=True)
class Night:
    """`accepted`: the company's own notes. `people`: telephones by how many were registered, once for all kills."""

    whole: Suite
    accepted: Path
    people: dict[int, frozenset[str]] = field(default_factory=dict)


@pytest.fixture(scope="module")
async def night(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Night]:
    folder = tmp_path_factory.mktemp("company")
    async with in_a_process_of_its_own(folder, free_base_port() + 1) as (texts, accepted):
        settings = {**texts, "PROBASHI_REQUESTS_PER_SECOND": "100000", "PROBASHI_REQUEST_BURST": "100000"}
        with temporary_place() as place:
            async with suite.running(place, only=("crisis", "registry"), settings=settings) as running:
                yield Night(running, accepted)


async def register(api: Api, number: int) -> frozenset[str]:
    """So many people in Saudi Arabia, each with a telephone of their own there."""
    phones = frozenset(f"+9665{number * 1_000 + one:08d}" for one in range(number))
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


async def warn(api: Api) -> str:
    """One officer brings it in, another releases it; its id."""
    message = WARNING.format(identifier=uuid4(), sent=datetime.now(UTC).isoformat(timespec="seconds")).encode()
    alert = await api.post_cap(message, "wing-riyadh", key=str(uuid4()), country="SA")
    headers = {"Idempotency-Key": str(uuid4()), "If-Match": "*"}
    await api.call("POST", f"/v1/crisis/alerts/{alert['id']}/decision/release", "supervisor", headers=headers)
    return str(alert["id"])


async def of_this(night: Night, alert: str, phones: frozenset[str]) -> list[tuple[str, str]]:
    """(reference, telephone) of each text of one warning that the company took for these people."""
    connection = await asyncpg.connect(night.whole.database_url("crisis", owner=True), timeout=PATIENCE_S)
    try:
        rows = await connection.fetch("select id from recipient where alert_id = $1 and purpose = 'warn'", alert)
    finally:
        await connection.close()
    references = {str(row["id"]) for row in rows}
    return [(reference, phone) for reference, phone in notes(night) if reference in references and phone in phones]


def notes(night: Night) -> list[tuple[str, str]]:
    lines = [line.split(" ", 1) for line in night.accepted.read_text("utf-8").splitlines()]
    return [(reference, phone) for reference, phone in lines]


async def fan_out(night: Night, number: int, kills: dict[float, str]) -> None:
    """`kills`: when which share of the people is reached, which process is killed."""
    supervisor = night.whole.supervisor
    async with _api(night.whole.place) as api:
        if number not in night.people:
            night.people[number] = await register(api, number)
        phones = night.people[number]
        before = len(notes(night))
        alert = await warn(api)

        async def reached() -> int:
            return len({phone for _, phone in notes(night)[before:] if phone in phones})

        with dying(supervisor, KILLED, kills.values()):
            for share, killed in kills.items():
                await until_at_least(reached, round(number * share))
                os.kill(supervisor.pid(killed), signal.SIGKILL)
                await supervisor.ready()
            await until(reached, number, within=PATIENCE_S)
    await asyncio.sleep(3)  # whoever would send again does it now
    taken = await of_this(night, alert, phones)
    assert len(taken) == len({reference for reference, _ in taken}) == len({phone for _, phone in taken}) == number


async def until_at_least(reached: Callable[[], Awaitable[int]], least: int) -> None:
    async def enough() -> bool:
        return await reached() >= least

    await until(enough, expected=True, within=PATIENCE_S)


async def test_four_hundred_people_and_a_kill_of_each(night: Night) -> None:
    await fan_out(night, 400, dict(zip((0.2, 0.4, 0.6), KILLED, strict=True)))


@pytest.mark.full
@pytest.mark.parametrize("killed", KILLED)
async def test_ten_thousand_people_and_two_kills(night: Night, killed: str) -> None:
    await fan_out(night, 10_000, dict.fromkeys((0.2, 0.6), killed))
