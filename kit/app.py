"""The one way to make a service: problems, health, telemetry, and the loops that live as long as the process."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts import catalogue as _all_events  # noqa: F401  # declares every event type
from contracts.events import event_types
from kit.auth import ROLES, Verifier, access_of, public
from kit.body_limit import BodyLimit
from kit.bus import Bus, Subscription
from kit.crypto import Keyring
from kit.database import Sessions, make_engine, make_sessions
from kit.errors import UnexpectedErrors, install_problem_handlers, place_of
from kit.files import Folder
from kit.housekeeping import keep_house
from kit.inbox import Consumer
from kit.migrations import head_revision
from kit.outbox import Relay
from kit.settings import Settings
from kit.timer import TimerHandler, run_timers

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 1_048_576
Loop = Callable[[], Awaitable[object]]
StateLoop = Callable[[Mapping[str, Any]], Awaitable[object]]
Resources = Callable[[Settings], AbstractAsyncContextManager[Mapping[str, Any]]]


def create_app(  # noqa: PLR0913 - what a process is made of, named
    settings: Settings,
    *,
    title: str,
    routers: Sequence[APIRouter],
    subscriptions: Sequence[Subscription] = (),
    timers: Mapping[str, TimerHandler] | None = None,
    migrations: Path | None = None,
    resources: Resources | None = None,
    loops: Mapping[str, StateLoop] | None = None,
    max_body: int = MAX_BODY_BYTES,
) -> FastAPI:
    """A service with a database where `migrations` is given. `resources` are opened with the app; their mapping joins `request.state`.

    `loops` are given what `request.state` holds and run as long as the process, once the schema is there; each is started again.

    Raises `ValueError` for a route that does not say who may call it.
    """
    app = FastAPI(
        title=title,
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,  # its redirects name the scheme of the inner hop: a token would be sent once more, in clear
        lifespan=_lifespan(settings, tuple(subscriptions), timers or {}, migrations, resources, loops or {}),
        telemetry={
            "operation_spans": False,
            "metrics": False,
            "logs": False,
            "tracing": settings.otlp_endpoint is not None,
            "auto_configure": False,
            "exclude": lambda scope: scope.get("path") in {"/livez", "/readyz"},
        },
    )
    app.add_middleware(BodyLimit, most=max_body)
    install_problem_handlers(app)
    app.add_middleware(UnexpectedErrors)
    for router in (_health, *routers):
        describe_access(router)
        # Not `include_router`: a router that is included looks through all of its own for each request, 1.2 ms where there are thirty.
        app.router.routes.extend(router.routes)
    return app


def _lifespan(
    settings: Settings,
    subscriptions: tuple[Subscription, ...],
    timers: Mapping[str, TimerHandler],
    migrations: Path | None,
    resources: Resources | None,
    more: Mapping[str, StateLoop],
) -> Callable[[FastAPI], AbstractAsyncContextManager[dict[str, Any]]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        async with AsyncExitStack() as stack:
            process = Process(settings)
            stack.push_async_callback(process.close)
            loops: list[tuple[str, Loop]] = []
            if migrations is not None:
                sessions = process.open_database(migrations)
                loops.append(("housekeeping", lambda: keep_house(settings.required_database_url())))
                loops += process.timers(sessions, timers)
                loops += process.events(sessions, subscriptions)
            values = process.state
            if resources is not None:
                values |= await stack.enter_async_context(resources(settings))
            loops += [(name, partial(loop, values)) for name, loop in more.items()]
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(keep_running(name, loop), name=name) for name, loop in process.once_migrated(loops)]
                try:
                    yield values
                finally:
                    for task in tasks:
                        task.cancel()

    return lifespan


def publishes(service: str) -> bool:
    return any(event.owner() == service for event in event_types().values())


async def keep_running(name: str, loop: Loop) -> None:
    """Starts a loop again when the server under it goes away, with a growing pause; a loop that returns is done.

    Each run is a task of its own: a `TaskGroup` in it leaves its task marked as cancelled when one of its children fails, and that
    would be read as being told to stop.
    """
    pause = 0.2
    while True:
        began = asyncio.get_running_loop().time()
        try:
            await asyncio.ensure_future(loop())
        except Exception as error:  # noqa: BLE001 - a loop that dies silently would stop a service's events for good
            if (task := asyncio.current_task()) is not None and task.cancelling():
                return  # told to stop, and what it closed on its way failed
            log.warning("%s: %s at %s; again in %.1f s", name, type(error).__name__, place_of(error), pause)
        else:
            return
        if asyncio.get_running_loop().time() - began > 10:  # noqa: PLR2004 - seconds: it had been running well
            pause = 0.2
        await asyncio.sleep(pause)
        pause = min(pause * 2, 5.0)


class Process:
    """What the process holds, and hence what it can say of its readiness."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.verifier = Verifier(settings.jwks_url, settings.issuer, settings.audience)
        self.engine: AsyncEngine | None = None
        self.head: str | None = None
        self.bus: Bus | None = None
        self.state: dict[str, Any] = {"settings": settings, "verifier": self.verifier, "process": self}
        if settings.keyring is not None:
            self.state["keyring"] = keyring = Keyring.load(settings.keyring, service=settings.service)
            if settings.files is not None:
                self.state["files"] = Folder(settings.files, keyring)

    def open_database(self, migrations: Path) -> Sessions:
        self.engine = make_engine(self.settings.required_database_url(), pool=self.settings.database_pool)
        self.head = head_revision(migrations)
        self.state["sessions"] = sessions = make_sessions(self.engine)
        return sessions

    def timers(self, sessions: Sessions, handlers: Mapping[str, TimerHandler]) -> list[tuple[str, Loop]]:
        url = self.settings.required_database_url()
        return [("timers", lambda: run_timers(url, sessions, handlers))] if handlers else []

    def events(self, sessions: Sessions, subscriptions: Sequence[Subscription]) -> list[tuple[str, Loop]]:
        """Nothing where the process is given no NATS: then its events wait in the outbox for a replica that has it."""
        if self.settings.nats_url is None:
            return []
        self.bus = bus = Bus(self.settings.nats_url.get_secret_value(), self.settings.service)
        loops: list[tuple[str, Loop]] = [("connection", bus.stay_connected)]
        if publishes(self.settings.service):
            loops.append(("relay", Relay(self.settings.required_database_url(), bus, self.settings.service).run))
        return loops + [(one.durable, Consumer(bus, sessions, one).run) for one in subscriptions]

    def once_migrated(self, loops: Sequence[tuple[str, Loop]]) -> list[tuple[str, Loop]]:
        """Loops that wait for the schema of this code: on an older one every event would fail, and be parked for no fault of its own."""

        async def wait_and_run(loop: Loop) -> None:
            while self.engine is not None and await self._database(self.engine) != "ok":  # noqa: ASYNC110 - nobody tells of a migration
                await asyncio.sleep(1)
            await loop()

        return [(name, partial(wait_and_run, loop)) for name, loop in loops]

    async def close(self) -> None:
        if self.bus is not None:
            await self.bus.close()
        if self.engine is not None:
            await self.engine.dispose()

    async def checks(self) -> dict[str, str]:
        """`ok` or a word on what is missing, per thing that the service needs. Never raises."""
        checks = {"keys": "ok" if await self.verifier.ready() else "identity provider not reached"}
        if self.engine is not None:
            checks["database"] = await self._database(self.engine)
        if self.bus is not None:
            checks["nats"] = "ok" if self.bus.connected else "not connected"
        return checks

    async def _database(self, engine: AsyncEngine) -> str:
        try:
            async with asyncio.timeout(2), engine.connect() as connection:
                revision = str(await connection.scalar(text("select version_num from alembic_version")))
        except Exception as error:  # noqa: BLE001 - whatever it is, the database does not answer
            return f"not reached ({type(error).__name__})"
        # A newer one is the next release's, whose migrations leave this one room until its replicas are replaced.
        return "ok" if revision >= str(self.head) else f"schema {revision}, this code needs {self.head}: run the migrations"


_health = APIRouter(dependencies=[public()], include_in_schema=False)


@_health.get("/livez")
async def livez() -> Response:
    return Response(status_code=204)


@_health.get("/readyz")
async def readyz(request: Request) -> Response:
    process: Process = request.state.process
    checks = await process.checks()
    return JSONResponse({"checks": checks}, 200 if set(checks.values()) <= {"ok"} else 503)


def describe_access(router: APIRouter) -> None:
    """Writes who may call each operation into its OpenAPI (`security`, `x-roles`); raises `ValueError` for a route that does not say."""
    for found in iter_route_contexts(router.routes):
        route = found.original_route
        if not isinstance(route, APIRoute):
            raise TypeError(f"{found.path}: only API routes say who may call them")
        try:
            roles = access_of(route.dependant)
        except ValueError as error:
            raise ValueError(f"{sorted(route.methods or ())} {route.path}: {error}") from error
        extra: dict[str, Any] = {"x-roles": sorted(roles, key=[*ROLES].index), "security": [{"oidc": []}] if roles else []}
        route.openapi_extra = {**(route.openapi_extra or {}), **extra}
