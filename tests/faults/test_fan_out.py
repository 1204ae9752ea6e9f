"""Killing any process with -9 while a warning goes out to many: nobody is lost, and nobody gets it under two references.

Every third has a browser too. A push service cannot be asked what became of a message: where nobody noted it, it is said again with the
same reference under the same topic and tag, so that what comes takes the place of what came (decision 0026). Copies are counted here.
"""

import asyncio
import os
import signal
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import asyncpg
import pytest

from kit.testing import carrier, push_service
from kit.testing.push_service import Browser
from kit.testing.waiting import until
from runner import suite
from runner.api import Api
from runner.demo import _api
from runner.place import free_base_port, temporary_place
from runner.suite import Suite
from tests.faults.conftest import dying

AT_ONCE = 24
HAS_A_BROWSER = 3
KILLED = ("crisis", "postgres", "registry")
# Bounds against hanging: on a machine that others use too, ten thousand people take minutes.
PATIENCE_S = 900
WARNING = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{identifier}</identifier><sender>wing@riyadh.test</sender>
<sent>{sent}</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
<info><language>en</language><category>Safety</category><event>Air strikes</event><urgency>Immediate</urgency>
<severity>Extreme</severity><certainty>Observed</certainty><headline>Stay inside</headline>
<area><areaDesc>Saudi Arabia</areaDesc><geocode><valueName>ISO3166-1</valueName><value>SA</value></geocode></area></info></alert>"""


class Pushed(NamedTuple):
    """What came for one browser, as the push service wrote it down."""

    browser: str
    topic: str
    tag: str
    reference: str


LEDGER = """
select r.id, r.channel, r.state,
       (select count(*) from send_attempt a
        where a.recipient_id = r.id and not a.is_ask and (a.outcome is null or a.outcome = 'unclear')) as unknown
from recipient r where r.alert_id = $1 and r.purpose = 'warn'
"""


@dataclass(frozen=True, slots=True)
class People:
    phones: frozenset[str]
    browsers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Night:
    """`accepted`, `pushed`: the companies' own notes. `people`: by how many were registered, once for all kills."""

    whole: Suite
    accepted: Path
    pushed: Path
    push_port: int
    people: dict[int, People] = field(default_factory=dict)

    def texts(self) -> list[tuple[str, str]]:
        """(reference, telephone)."""
        return [(reference, phone) for reference, phone in (line.split(" ", 1) for line in self.accepted.read_text("utf-8").splitlines())]

    def pushes(self) -> list[Pushed]:
        return [Pushed(*line.split(" ")) for line in self.pushed.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
async def night(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Night]:
    folder, ports = tmp_path_factory.mktemp("companies"), free_base_port()
    async with (
        carrier.in_a_process_of_its_own(folder, ports + 1) as (texts, accepted),
        push_service.in_a_process_of_its_own(folder, ports + 2) as pushed,
    ):
        settings = {**texts, "PROBASHI_REQUESTS_PER_SECOND": "100000", "PROBASHI_REQUEST_BURST": "100000"}
        with temporary_place() as place:
            async with suite.running(place, only=("crisis", "registry"), settings=settings) as running:
                yield Night(running, accepted, pushed, ports + 2)


async def register(night: Night, api: Api, number: int) -> People:
    """So many people in Saudi Arabia, each with a telephone of their own there, every third with a browser."""
    phones = [f"+9665{number * 1_000 + one:08d}" for one in range(number)]
    with_browser = phones[::HAS_A_BROWSER]
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
            receipt = await api.post("/v1/nationals", "wing-riyadh", body, key=str(uuid4()))
            if phone in browsers:
                entry = {"reference": receipt["reference"], "secret": receipt["key"]["secret"]}
                subscription = Browser.named(night.push_port, browsers[phone]).subscription
                await api.call("POST", "/v1/nationals/own/changes", None, json={**entry, "push": subscription})

    browsers = {phone: f"browser{phone[1:]}" for phone in with_browser}
    await asyncio.gather(*(one(phone) for phone in phones))
    return People(frozenset(phones), frozenset(browsers.values()))


async def warn(api: Api) -> str:
    """One officer brings it in, another releases it; its id."""
    message = WARNING.format(identifier=uuid4(), sent=datetime.now(UTC).isoformat(timespec="seconds")).encode()
    alert = await api.post_cap(message, "wing-riyadh", key=str(uuid4()), country="SA")
    headers = {"Idempotency-Key": str(uuid4()), "If-Match": "*"}
    await api.call("POST", f"/v1/crisis/alerts/{alert['id']}/decision/release", "supervisor", headers=headers)
    return str(alert["id"])


async def ledger(night: Night, alert: str) -> dict[str, tuple[str, str, int]]:
    """By reference: way, state, and how many tries ended without anybody noting how."""
    connection = await asyncpg.connect(night.whole.database_url("crisis", owner=True), timeout=PATIENCE_S)
    try:
        rows = await connection.fetch(LEDGER, alert)
    finally:
        await connection.close()
    return {str(row["id"]): (row["channel"], row["state"], row["unknown"]) for row in rows}


async def fan_out(night: Night, number: int, kills: dict[float, str]) -> None:
    """`kills`: when which share of the people is reached, which process is killed."""
    supervisor = night.whole.supervisor
    async with _api(night.whole.place) as api:
        if number not in night.people:
            night.people[number] = await register(night, api, number)
        people = night.people[number]
        texts, pushes = len(night.texts()), len(night.pushes())
        alert = await warn(api)

        async def reached() -> int:
            return len({phone for _, phone in night.texts()[texts:] if phone in people.phones})

        async def shown() -> int:
            return len({one.browser for one in night.pushes()[pushes:] if one.browser in people.browsers})

        with dying(supervisor, KILLED, kills.values()):
            for share, killed in kills.items():
                await until_at_least(reached, round(number * share))
                os.kill(supervisor.pid(killed), signal.SIGKILL)
                await supervisor.ready()
            await until(reached, number, within=PATIENCE_S)
            await until(shown, len(people.browsers), within=PATIENCE_S)

    async def under_way() -> int:
        return sum(state in {"queued", "sent"} and way in {"sms", "push"} for way, state, _ in (await ledger(night, alert)).values())

    await until(under_way, 0, within=PATIENCE_S)
    await asyncio.sleep(3)  # whoever would send again does it now
    known = await ledger(night, alert)
    taken = [(reference, phone) for reference, phone in night.texts() if reference in known and phone in people.phones]
    assert len(taken) == len({reference for reference, _ in taken}) == len({phone for _, phone in taken}) == number
    judge_pushes([one for one in night.pushes()[pushes:] if one.reference in known], known, people)


def judge_pushes(came: list[Pushed], known: dict[str, tuple[str, str, int]], people: People) -> None:
    """One reference, one topic, one tag for each browser, however often it came; and oftener only where nobody knew.

    Who was registered for another test is warned too.
    """
    by_browser = defaultdict(list)
    for one in came:
        by_browser[one.browser].append(one)
    assert by_browser.keys() >= people.browsers
    assert all(len(set(copies)) == 1 and copies[0].topic == copies[0].tag for copies in by_browser.values())
    references = {copies[0].reference for copies in by_browser.values()}
    accepted = {reference for reference, (way, state, _) in known.items() if way == "push" and state == "accepted"}
    assert references == accepted
    assert len(accepted) == len(by_browser)
    too_often = {one: len(copies) for one, copies in by_browser.items() if len(copies) > 1 + known[copies[0].reference][2]}
    assert not too_often
    print(f"{len(by_browser)} browsers, {len(came) - len(by_browser)} copies that took the place of the first")  # noqa: T201 - a figure


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
