"""`push_per_s`: notifications of browsers beside texts to the same people, in one warning over one suite.

Everybody in one country has a browser, of a push service that is a process of its own and opens what comes. A push service on the Internet
is asked over TLS; connections to it are kept, so that a handshake is no part of a message there either.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psutil

from kit.crypto import Keyring
from kit.ids import new_id
from kit.testing.push_service import Browser
from kit.web_push import Subscription
from runner.bench.crisis_warning import Night, until
from runner.bench.figures import Figure, processor_times
from runner.keys import keyring
from services.registry.push.service import SEALED, index_of

COUNTRY: Final = "BH"
PEOPLE: Final = "select id from national where country = $1"
COLUMNS: Final = ("id", "person_id", "endpoint_index", "subscription", "added_at")
HANDED: Final = """
    select channel, count(*) as people, count(handed_at) as handed, min(handed_at) as first, max(handed_at) as last
    from recipient where alert_id = $1 and purpose = 'warn' and channel in ('push', 'sms') group by channel
"""
PLANNED: Final = "select count(*) = 0 from outreach_job where alert_id = $1 and done_at is null"


@dataclass(frozen=True, slots=True)
class PushBench:
    port: int
    came: Path


async def pushed(night: Night, service: PushBench) -> list[Figure]:
    people = await _subscribe(night, service.port)
    warned = await night.bring(COUNTRY, "Extreme")
    with _used(night, "crisis") as used:
        released = await night.release(warned)

        async def is_through() -> bool:
            if not await night.crisis.fetchval(PLANNED, warned.alert):
                return False
            found = await night.crisis.fetch(HANDED, warned.alert)
            return len(found) == len(("push", "sms")) and all(row["people"] == row["handed"] for row in found)

        await until(is_through)
    found = {row["channel"]: row for row in await night.crisis.fetch(HANDED, warned.alert)}
    came = (await asyncio.to_thread(service.came.read_text, "utf-8")).splitlines()
    figures = []
    for channel, row in sorted(found.items()):
        seconds = (row["last"] - released).total_seconds()
        detail = {"people": row["people"], "first_s": round((row["first"] - released).total_seconds(), 2), "all_s": round(seconds, 1)}
        figures.append(Figure(f"beside_{channel}_per_s", row["handed"] / seconds, "messages/s", detail))
    both = {"browsers": people, "came": len(came), "copies": len(came) - len(set(came))}
    figures[0] = Figure(figures[0].name, figures[0].value, figures[0].unit, {**figures[0].detail, **both, "crisis_s": round(used[0], 1)})
    return figures


async def _subscribe(night: Night, port: int) -> int:
    """As the register keeps what a browser gives it."""
    keys = Keyring.load(keyring(night.running.place, "registry"), service="registry")
    persons = [row["id"] for row in await night.registry.fetch(PEOPLE, COUNTRY)]
    now = datetime.now(UTC)
    rows = []
    for one in persons:
        said = Subscription.model_validate(Browser.named(port, one.hex).subscription)
        rows.append((new_id(), one, index_of(keys, said.endpoint), keys.seal(said.model_dump_json(), SEALED), now))
    async with night.registry.acquire() as connection:
        await connection.copy_records_to_table("national_push", records=rows, columns=COLUMNS)
    return len(rows)


@contextmanager
def _used(night: Night, name: str) -> Iterator[list[float]]:
    """Seconds of processor that a service used meanwhile."""
    pid, used = night.running.supervisor.pid(name), [0.0]
    before = processor_times(psutil.Process(pid))[pid]
    yield used
    used[0] = processor_times(psutil.Process(pid))[pid] - before
