"""The real PostgreSQL and NATS for tests, started as the runner starts them, on ports of their own; and services over them."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any, Final

import asyncpg
import httpx
import pytest
import uvicorn
from sqlalchemy import Row, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.types import ASGIApp

from kit import migrations
from kit.bus import Declaration
from kit.database import Sessions, make_engine, make_sessions
from kit.settings import Settings
from kit.testing.carrier import Carrier
from kit.testing.certificates import Files
from kit.testing.collector import Collector
from kit.testing.tokens import SECRET, TokenIssuer
from runner import nats, postgres, suite, topology
from runner.demo import load
from runner.keys import Secrets, keyring
from runner.place import SERVICES, Place, temporary_place
from runner.processes import Supervisor
from runner.suite import Suite
from runner.terminal import quiet
from services.crisis.handover.service import STAYS_SILENT

DEADLOCK: Final = "40P01"
# Services that only tests have: the kit proves itself with them.
TEST_DECLARATIONS: list[Declaration] = []
# What a service's tests hand to its `create_app` besides the settings: a company that carries texts, played by the tests.
APP_OPTIONS: dict[str, dict[str, Any]] = {}
# Thousands of clients are made, and each would read the certificates of the machine anew (24 ms).
CERTIFICATES: Final = ssl.create_default_context()
# Not a measure of a service: a busy machine's disk may keep one commit for longer than ten seconds.
PATIENCE_S: Final = 60

# Between the suite and the company that carries texts.
SMS_SECRET: Final = "between-us-and-the-company"

NO_SILENCE: Final = f"""
do $$ begin
create or replace function not_scheduled() returns trigger language plpgsql as 'begin return null; end';
create or replace trigger no_silence before insert on timer
for each row when (new.kind = '{STAYS_SILENT}') execute function not_scheduled();
end $$
"""
# To make the files of a table and its indexes anew takes a millisecond and more; most tests write to few tables.
_NOT_EMPTY: Final = text(
    """
    select quote_ident(relname) from pg_class
    where relnamespace = 'public'::regnamespace and relname !~ '^(alembic_version$|outbox_)' and case relkind
        when 'r' then pg_relation_size(oid) > 0
        when 'p' then (select sum(pg_relation_size(relid)) from pg_partition_tree(oid)) > 0
    end
    """
)
_FACTS: Final = text(
    """
    insert into fact (event_id, event_type, record, happened_at, received_at, district, country, sex, age_band)
    select gen_random_uuid(), :kind, gen_random_uuid(), :happened, :received, :district, :country, :sex, :age_band
    from generate_series(1, :number)
    """
)


@dataclass(slots=True)
class Engines:
    """PostgreSQL and NATS of one test run; each test may kill one and wait for it with `supervisor.ready()`."""

    place: Place
    secrets: Secrets
    supervisor: Supervisor

    def database_url(self, service: str, *, owner: bool = False) -> str:
        return postgres.database_url(self.place, self.secrets, service, owner=owner)

    def superuser_url(self, database: str) -> str:
        return _superuser_url(self.place, self.secrets, database)

    def nats_url(self, service: str) -> str:
        return nats.url(self.place, self.secrets, service)


def _superuser_url(place: Place, secrets: Secrets, database: str) -> str:
    return postgres._url(place, postgres._SUPERUSER, secrets.get("postgres", postgres._SUPERUSER), database)  # noqa: SLF001  # no service has it


@asynccontextmanager
async def engines_running(more: tuple[Declaration, ...] = ()) -> AsyncIterator[Engines]:
    with temporary_place() as place:
        secrets = Secrets(place)
        supervisor = Supervisor(place, quiet)
        try:
            specs = [postgres.process(place, secrets, quiet), nats.process(place, topology.nats_configuration(place, secrets, more))]
            await supervisor.start(specs)
            await postgres.prepare(place, secrets, [*SERVICES, *(one.service for one in more)])
            await leave_the_disk_alone(place, secrets)
            yield Engines(place, secrets, supervisor)
        finally:
            await supervisor.stop()


@dataclass(slots=True)
class Running:
    """One service under test: the real app on a real port, with its own database."""

    name: str
    url: str
    engine: AsyncEngine
    sessions: Sessions
    settings: Settings
    tokens: TokenIssuer
    _clients: list[httpx.AsyncClient] = field(default_factory=list)
    _server_born: str = ""

    def client(self, *roles: str, **claims: Any) -> httpx.AsyncClient:
        """A client that carries a token with these roles and claims; without roles it carries none."""
        headers = {"Authorization": f"Bearer {self.tokens.token(*roles, **claims)}"} if roles else {}
        client = httpx.AsyncClient(base_url=self.url, headers=headers, timeout=PATIENCE_S, verify=CERTIFICATES)
        self._clients.append(client)
        return client

    async def count(self, table: str) -> int:
        return len(await self.rows(table))

    async def raw(self, table: str) -> bytes:
        """Every value as its bytes: PostgreSQL would print a plain name that lies in a bytea as hex."""
        values = [value for row in await self.rows(table) for value in row]
        return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in values)

    async def rows(self, table: str) -> Sequence[Row[Any]]:
        async with self.sessions() as session:
            return (await session.execute(text(f"select * from {table}"))).all()  # noqa: S608 - a test names a table of ours

    async def _renew(self) -> None:
        await self.engine.dispose()
        async with httpx.AsyncClient(base_url=self.url, timeout=PATIENCE_S, verify=CERTIFICATES) as http:
            await http.get("/readyz")  # its first failure throws the pool of the service away

    async def close_clients(self) -> None:
        for client in self._clients:
            await client.aclose()
        self._clients.clear()

    async def empty(self) -> None:
        """Every table but Alembic's. Where another test killed the server meanwhile, pools of dead connections are renewed first."""
        for _ in range(4):
            try:
                await self._empty()
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", "") != DEADLOCK:
                    raise
                # A loop of the service held one table and waited for another: it goes on, and so do we.
            else:
                return
        await self._empty()

    async def _empty(self) -> None:
        async with make_owner_engine(self) as owner, owner.begin() as connection:
            born = str(await connection.scalar(text("select pg_postmaster_start_time()")))
            if born != self._server_born:
                self._server_born = born
                await self._renew()
            tables = ", ".join((await connection.execute(_NOT_EMPTY)).scalars())
            if not tables:
                return
            await connection.execute(text(f"truncate {tables} cascade"))


@asynccontextmanager
async def make_owner_engine(running: Running) -> AsyncIterator[AsyncEngine]:
    assert running.settings.owner_database_url is not None
    engine = make_engine(running.settings.owner_database_url.get_secret_value(), pool=1)
    try:
        yield engine
    finally:
        await engine.dispose()


async def leave_the_disk_alone(place: Place, secrets: Secrets) -> None:
    """No commit waits for the disk: a process that is killed loses nothing by it, and tests do not cut the power."""
    connection = await asyncpg.connect(_superuser_url(place, secrets, "postgres"))
    try:
        for setting in ("fsync", "full_page_writes"):
            await connection.execute(f"alter system set {setting} = off")
        await connection.execute("select pg_reload_conf()")
    finally:
        await connection.close()


async def keep_duties_at_home(suite: Suite) -> None:
    """A suite that many tests share lives longer than a mission may be silent: a warning that one of them left would move a duty."""
    engine = make_engine(suite.database_url("crisis", owner=True), pool=1)
    async with engine.begin() as connection:
        await connection.execute(text(NO_SILENCE))
    await engine.dispose()


async def keep_facts(suite: Suite, kind: str, number: int, happened: datetime, received: datetime, **group: str) -> None:
    """As if the monitor had heard so many facts in the past: what a service tells today counts for no half-year that is over.

    `group`: district, country, sex, age_band.
    """
    given = {"district": "", "country": "", "sex": "unknown", "age_band": "unknown"} | group
    engine = make_engine(suite.database_url("monitor"), pool=1)
    async with engine.begin() as connection:
        await connection.execute(_FACTS, {"kind": kind, "number": number, "happened": happened, "received": received, **given})
    await engine.dispose()


@asynccontextmanager
async def service_running(name: str, engines: Engines, tokens: TokenIssuer, **overrides: object) -> AsyncIterator[Running]:
    """`services.<name>.main` migrated from empty, served over HTTP until the block ends."""
    settings = Settings.model_validate(
        {
            "environment": "test",
            "service": name,
            "port": engines.place.port(name),
            "public_url": engines.place.public_url,
            "issuer": tokens.issuer,
            "jwks_url": tokens.jwks_url,
            "identity_url": tokens.url,
            "client_id": f"svc-{name}",
            "client_secret": SECRET,
            "database_url": engines.database_url(name),
            "owner_database_url": engines.database_url(name, owner=True),
            "nats_url": engines.nats_url(name),
            "keyring": keyring(engines.place, name),
            "files": engines.place.files(name),
            "service_urls": {one: engines.place.url(one) for one in SERVICES},
            **overrides,
        }
    )
    if migrations.folder_of(name).exists():
        await migrations.upgrade(name, engines.database_url(name, owner=True))
    app = import_module(f"services.{name}.main").create_app(settings, **APP_OPTIONS.get(name, {}))
    async with AsyncExitStack() as stack:
        engine = make_engine(engines.database_url(name), pool=4)
        stack.push_async_callback(engine.dispose)
        await stack.enter_async_context(served(app, settings.port))
        running = Running(name, engines.place.url(name), engine, make_sessions(engine), settings, tokens)
        stack.push_async_callback(running.close_clients)
        yield running


@asynccontextmanager
async def served(app: ASGIApp, port: int, shown: Files | None = None) -> AsyncIterator[uvicorn.Server]:
    """Any ASGI app under uvicorn on the loop of the test; by https where it has a certificate to show."""
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False, timeout_graceful_shutdown=2)
    if shown is not None:
        config.ssl_certfile, config.ssl_keyfile = str(shown.certificate), str(shown.key)
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(server._serve())  # noqa: SLF001  # serve() would take the signals of pytest
        while not server.started and not task.done():
            await asyncio.sleep(0.01)
        try:
            yield server
        finally:
            server.should_exit = True


@pytest.fixture(scope="session")
async def engines() -> AsyncIterator[Engines]:
    async with engines_running(tuple(TEST_DECLARATIONS)) as running:
        yield running


Start = Callable[[str], Awaitable[Running]]


@asynccontextmanager
async def services_starting(engines: Engines, tokens: TokenIssuer) -> AsyncIterator[Start]:
    """A function that starts a service by name when the first test asks for it, kept until the block ends."""
    running: dict[str, Running] = {}
    async with AsyncExitStack() as stack:

        async def start(name: str) -> Running:
            if name not in running:
                running[name] = await stack.enter_async_context(service_running(name, engines, tokens))
            return running[name]

        yield start


@pytest.fixture(scope="session")
async def start_service(engines: Engines, tokens: TokenIssuer) -> AsyncIterator[Start]:
    async with services_starting(engines, tokens) as start:
        yield start


def own_engines() -> tuple[Callable[..., AsyncIterator[Engines]], Callable[..., AsyncIterator[Start]]]:
    """The fixtures `engines` and `start_service` for one file of tests alone: it plays a service that may run on the shared engines."""

    @pytest.fixture(name="engines", scope="module")
    async def engines_of_the_file() -> AsyncIterator[Engines]:
        async with engines_running() as running:
            yield running

    @pytest.fixture(name="start_service", scope="module")
    async def start_on_them(engines: Engines, tokens: TokenIssuer) -> AsyncIterator[Start]:
        async with services_starting(engines, tokens) as start:
            yield start

    return engines_of_the_file, start_on_them


def service_fixture(name: str) -> Callable[..., AsyncIterator[Running]]:
    """The fixture of this name, for a service's `conftest.py`: the service with empty tables for each test."""

    @pytest.fixture(name=name)
    async def emptied(start_service: Start) -> AsyncIterator[Running]:
        running = await start_service(name)
        await running.empty()
        yield running
        await running.close_clients()

    return emptied


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    with Collector() as running:
        yield running


@pytest.fixture(scope="session")
async def company() -> AsyncIterator[Carrier]:
    """The company that carries texts: it takes all of them, and remembers."""
    async with Carrier().listening() as running:
        yield running


@pytest.fixture(scope="session")
async def whole(collector: Collector, company: Carrier) -> AsyncIterator[Suite]:
    """One whole suite for all tests that need more than one service: started once, on ports of its own, every request traced."""
    settings = {
        "PROBASHI_SMS_URL": company.url,
        "PROBASHI_SMS_SECRET": SMS_SECRET,
        "PROBASHI_SMS_PARTS_PER_SECOND": "0",
        "PROBASHI_OTLP_ENDPOINT": collector.url,
        "PROBASHI_TRACE_RATIO": "1.0",
        "PROBASHI_REQUESTS_PER_SECOND": "100000",
        "PROBASHI_REQUEST_BURST": "100000",
    }
    with temporary_place() as place:
        async with suite.running(place, load=load, settings=settings) as running:
            await keep_duties_at_home(running)
            await leave_the_disk_alone(place, running.secrets)
            yield running
