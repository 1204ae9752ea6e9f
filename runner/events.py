"""`probashi events`: what was published, what could not be handled, and another try for it."""

import argparse
import asyncio
from collections.abc import Sequence
from importlib import import_module
from typing import Final
from uuid import UUID

import asyncpg
import orjson

from kit.bus import Subscription
from kit.database import make_engine, make_sessions
from kit.inbox import describe, replay
from runner import postgres, record
from runner.keys import Secrets
from runner.place import SERVICES, Place, place
from runner.refusals import NotRunning, Refusal
from runner.terminal import say

_LAST: Final = "select nats_subject, envelope, created_at, sent_at from outbox order by position desc limit $1"
_DEAD: Final = (
    "select id, consumer, nats_subject, error, deliveries, parked_at from dead_letter where replayed_at is null order by parked_at"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("tail", "dead", "replay"), help="the last ones published; those parked; one of those once more")
    parser.add_argument("id", nargs="?", type=UUID, help="of the parked event to replay, as `dead` shows it")
    parser.add_argument("--service", choices=SERVICES, help="only of this service")
    parser.add_argument("--last", type=int, default=20, metavar="N")


def run(arguments: argparse.Namespace) -> int:
    where = place(arguments.state, arguments.port)
    running = record.running(where)
    if running is None:
        raise NotRunning(f"No suite runs on {where.state}. Start it: make run")
    where = Place(where.state, running.base_port)
    services = SERVICES if arguments.service is None else [arguments.service]
    if arguments.what == "tail":
        asyncio.run(_tail(where, services, arguments.last))
    elif arguments.what == "dead":
        return asyncio.run(_dead(where, services))
    elif arguments.id is None:
        raise Refusal("Say which one: probashi events replay ID (probashi events dead shows them)")
    else:
        asyncio.run(_replay(where, services, arguments.id))
    return 0


async def _tail(where: Place, services: Sequence[str], last: int) -> None:
    found: list[asyncpg.Record] = []
    for service in services:
        found += await _rows(where, service, _LAST, last)
    for row in sorted(found, key=lambda one: one["created_at"])[-last:]:
        envelope = orjson.loads(row["envelope"])
        waits = "" if row["sent_at"] else "   not sent yet"
        say(f"{row['created_at']:%H:%M:%S.%f}  {row['nats_subject']:<44} {envelope['subject']} #{envelope['sequence']}{waits}")


async def _dead(where: Place, services: Sequence[str]) -> int:
    """Exits 1 where there are any, so that a check can call it."""
    found = [row for service in services for row in await _rows(where, service, _DEAD)]
    for row in found:
        line = f"{row['id']}  {row['parked_at']:%Y-%m-%d %H:%M}  {row['consumer']:<24} {row['nats_subject']}"
        say(f"{line}  after {row['deliveries']}: {row['error']}")
    say(f"{len(found)} parked")
    return 1 if found else 0


async def _replay(where: Place, services: Sequence[str], letter: UUID) -> None:
    for service in services:
        for row in await _rows(where, service, _DEAD):
            if row["id"] == letter:
                await _once_more(where, service, row["consumer"], letter)
                say(f"{letter} took effect in {service}")
                return
    raise Refusal(f"No parked event has the id {letter}.")


async def _once_more(where: Place, service: str, consumer: str, letter: UUID) -> None:
    subscriptions: tuple[Subscription, ...] = import_module(f"services.{service}.consumers").SUBSCRIPTIONS
    subscription = next((one for one in subscriptions if one.durable == consumer), None)
    if subscription is None:
        raise Refusal(f"{service} does not listen as {consumer} any more: nothing can take {letter}.")
    engine = make_engine(_url(where, service), pool=1)
    try:
        async with make_sessions(engine).begin() as session:
            await replay(session, subscription, letter)
    except Exception as error:
        raise Refusal(f"{letter} still cannot be handled in {service}: {describe(error)}. It stays parked.") from error
    finally:
        await engine.dispose()


async def _rows(where: Place, service: str, query: str, *values: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(_url(where, service))
    try:
        if not await connection.fetchval("select to_regclass('outbox')"):
            return []  # the portal tells nothing and hears nothing
        return list(await connection.fetch(query, *values))
    finally:
        await connection.close()


def _url(where: Place, service: str) -> str:
    return postgres.database_url(where, Secrets(where), service)
