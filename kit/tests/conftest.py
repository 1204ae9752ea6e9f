"""Two services that exist only here: `kittest` tells, `kitreader` hears; each with a real database and its own NATS user."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from kit.bus import Bus, Declaration
from kit.database import make_engine, make_sessions
from kit.migrations import PLUMBING
from kit.testing.facts import SUBSCRIPTION, Side
from runner.testing import TEST_DECLARATIONS, Engines

TEST_DECLARATIONS.extend([Declaration("kittest", publishes=True), Declaration("kitreader", publishes=False, subscriptions=(SUBSCRIPTION,))])


@asynccontextmanager
async def _side(engines: Engines, name: str) -> AsyncIterator[Side]:
    owner = await asyncpg.connect(engines.database_url(name, owner=True))
    if not await owner.fetchval("select to_regclass('outbox')"):
        for statement in PLUMBING.split(";;"):
            await owner.execute(statement.format(role=name))
        await owner.execute("create table seen (event_id uuid, record uuid, sequence int)")
    await owner.execute("truncate outbox, inbox, dead_letter, idempotency, timer, access_log, seen")
    await owner.close()
    engine = make_engine(engines.database_url(name), pool=4)
    side = Side(name, engines.database_url(name), engines.nats_url(name), make_sessions(engine))
    yield side
    for bus in side.buses:
        await bus.close()
    await engine.dispose()


@pytest.fixture
async def teller(engines: Engines) -> AsyncIterator[Side]:
    async with _side(engines, "kittest") as side:
        yield side


@pytest.fixture
async def reader(engines: Engines) -> AsyncIterator[Side]:
    async with _side(engines, "kitreader") as side:
        telling = await Bus(engines.nats_url("kittest"), "kittest").connect()
        await telling.ensure_stream("kittest")
        await telling.close()
        yield side
