"""`probashi figures`: the monitor's figures anew from its facts, and its facts from the streams, while events come.

A difference is a defect, told by the exit code; a fact that was missing is not: it is there then.
"""

import argparse
import asyncio

from kit.bus import Bus
from kit.database import Sessions, make_engine, make_sessions
from kit.reread import reread
from runner import nats, postgres, record
from runner.keys import Secrets
from runner.place import Place, place
from runner.refusals import NotRunning
from runner.terminal import say
from services.monitor.consumers import SUBSCRIPTIONS
from services.monitor.evidence.repository import count_of
from services.monitor.evidence.rules import Rebuilt
from services.monitor.evidence.service import count_kept, rebuild


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("rebuild",), help="count all facts again and compare with what was kept")
    parser.add_argument("--from-streams", action="store_true", help="take in first what the streams hold and the facts lack")


def run(arguments: argparse.Namespace) -> int:
    where = place(arguments.state, arguments.port)
    running = record.running(where)
    if running is None:
        raise NotRunning(f"No suite runs on {where.state}. Start it: make run")
    where = Place(where.state, running.base_port)
    secrets = Secrets(where)
    database_url = postgres.database_url(where, secrets, "monitor")
    if arguments.from_streams:
        read, missing = asyncio.run(taken_in(database_url, nats.url(where, secrets, "monitor")))
        say(f"{read} events read from the streams, {missing} of them new")
    done = asyncio.run(rebuilt(database_url))
    if done.same:
        say(f"{done.after.rows} figures built anew: no difference")
        return 0
    say(f"{done.after.rows} figures built anew; the {done.before.rows} that stood before were others. The new ones stand.")
    return 1


async def taken_in(database_url: str, nats_url: str) -> tuple[int, int]:
    """How many events the streams hold, and how many of them the facts lacked. Also of a table that was lost."""
    engine, bus, read = make_engine(database_url, pool=1, statement_s=None), await Bus(nats_url, "monitor").connect(), 0
    sessions = make_sessions(engine)
    try:
        before = await _facts(sessions)
        for subscription in SUBSCRIPTIONS:
            async for events in reread(bus, subscription):
                async with sessions.begin() as session:
                    await count_kept(session, events)
                read += len(events)
        return read, await _facts(sessions) - before
    finally:
        await bus.close()
        await engine.dispose()


async def _facts(sessions: Sessions) -> int:
    async with sessions() as session:
        return await count_of(session)


async def rebuilt(database_url: str) -> Rebuilt:
    engine = make_engine(database_url, pool=1, statement_s=None)
    try:
        async with make_sessions(engine).begin() as session:
            return await rebuild(session)
    finally:
        await engine.dispose()
