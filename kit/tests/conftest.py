"""Two services that exist only here: `kittest` tells, `kitreader` hears; each with a real database and its own NATS user."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import asyncpg
import httpx
import pytest
from fastapi import APIRouter

from kit.app import create_app
from kit.bus import Bus, Declaration
from kit.database import make_engine, make_sessions
from kit.migrations import PLUMBING, folder_of
from kit.settings import Settings
from kit.testing.facts import SUBSCRIPTION, Side
from kit.testing.tokens import TokenIssuer
from runner.keys import keyring
from runner.place import free_base_port
from runner.testing import TEST_DECLARATIONS, Engines, served

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


Serve = Callable[[APIRouter], AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def serve(teller: Side, tokens: TokenIssuer, engines: Engines) -> Serve:
    """These routes as a service over the database of `teller`, and a client of it."""

    @asynccontextmanager
    async def serving(router: APIRouter) -> AsyncIterator[httpx.AsyncClient]:
        port = free_base_port()
        given = {"service": teller.name, "port": port, "public_url": f"http://127.0.0.1:{port}", "database_url": teller.url}
        given["keyring"] = str(keyring(engines.place, teller.name))
        settings = Settings.model_validate({**given, "environment": "test", "issuer": tokens.issuer, "jwks_url": tokens.jwks_url})
        # Whose migrations does not matter: this database is not made by any.
        app = create_app(settings, title="kit under test", routers=[router], migrations=folder_of("complaints"))
        async with served(app, port), httpx.AsyncClient(base_url=settings.public_url, timeout=240) as client:
            yield client

    return serving
