"""The one way to make a service: problems, health, telemetry, and the loops that live as long as the process."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts import catalogue as _all_events  # noqa: F401  # declares every event type
from contracts.events import event_types
from kit.auth import ROLES, Verifier, access_of, public
from kit.body_limit import BodyLimit
from kit.bus import Bus, Subscription
from kit.crypto import Keyring
from kit.database import make_engine, make_sessions
from kit.errors import install_problem_handlers, place_of
from kit.inbox import Consumer
from kit.migrations import head_revision
from kit.outbox import Relay
from kit.settings import Settings
from kit.timer import TimerHandler, run_timers

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 1_048_576
Resources = Callable[[Settings], AbstractAsyncContextManager[Mapping[str, Any]]]


def create_app(
    settings: Settings,
    *,
    title: str,
    routers: Sequence[APIRouter],
    subscriptions: Sequence[Subscription] = (),
    timers: Mapping[str, TimerHandler] | None = None,
    migrations: Path | None = None,
    resources: Resources | None = None,
    max_body: int = MAX_BODY_BYTES,
) -> FastAPI:
    """A service with a database where `migrations` is given. `resources` are opened with the app; their mapping joins `request.state`.

    Raises `ValueError` for a route that does not say who may call it.
    """
    app = FastAPI(
        title=title,
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_lifespan(settings, tuple(subscriptions), timers or {}, migrations, resources),
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
    app.include_router(_health)
    for router in routers:
        app.include_router(router)
    describe_access(app)
    return app


def _lifespan(
    settings: Settings,
    subscriptions: tuple[Subscription, ...],
    timers: Mapping[str, TimerHandler],
    migrations: Path | None,
    resources: Resources | None,
) -> Callable[[FastAPI], AbstractAsyncContextManager[dict[str, Any]]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        async with AsyncExitStack() as stack:
            state = State(settings, Verifier(settings.jwks_url, settings.issuer, settings.audience))
            values: dict[str, Any] = {"settings": settings, "verifier": state.verifier, "readiness": state}
            if settings.keyring is not None:
                values["keyring"] = Keyring.load(settings.keyring, service=settings.service)
            loops: list[tuple[str, Callable[[], Awaitable[object]]]] = []
            if migrations is not None:
                state.engine = make_engine(settings.required_database_url(), pool=settings.database_pool)
                state.head = head_revision(migrations)
                stack.push_async_callback(state.engine.dispose)
                values["sessions"] = sessions = make_sessions(state.engine)
                loops += [("timers", lambda: run_timers(settings.required_database_url(), sessions, timers))] if timers else []
            if settings.nats_url is not None and migrations is not None:
                state.bus = bus = Bus(settings.nats_url.get_secret_value(), settings.service)
                stack.push_async_callback(bus.close)
                loops.append(("connect", bus.connect))
                if publishes(settings.service):
                    loops.append(("relay", Relay(settings.required_database_url(), bus, settings.service).run))
                loops += [(one.durable, Consumer(bus, sessions, one).run) for one in subscriptions]
            if resources is not None:
                values |= await stack.enter_async_context(resources(settings))
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(keep_running(name, loop), name=name) for name, loop in loops]
                yield values
                for task in tasks:
                    task.cancel()

    return lifespan


def publishes(service: str) -> bool:
    return any(event.owner() == service for event in event_types().values())


async def keep_running(name: str, loop: Callable[[], Awaitable[object]]) -> None:
    """Starts a loop again when the server under it goes away, with a growing pause; a loop that returns is done."""
    pause = 0.2
    while True:
        began = asyncio.get_running_loop().time()
        try:
            await loop()
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - a loop that dies silently would stop a service's events for good
            log.warning("%s: %s at %s; again in %.1f s", name, type(error).__name__, place_of(error), pause)
        else:
            return
        if asyncio.get_running_loop().time() - began > 10:  # noqa: PLR2004 - seconds: it had been running well
            pause = 0.2
        await asyncio.sleep(pause)
        pause = min(pause * 2, 5.0)


class State:
    """What the process holds, and hence what it can say of its readiness."""

    def __init__(self, settings: Settings, verifier: Verifier) -> None:
        self.settings = settings
        self.verifier = verifier
        self.engine: AsyncEngine | None = None
        self.head: str | None = None
        self.bus: Bus | None = None

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
                revision = await connection.scalar(text("select version_num from alembic_version"))
        except Exception as error:  # noqa: BLE001 - whatever it is, the database does not answer
            return f"not reached ({type(error).__name__})"
        return "ok" if revision == self.head else f"schema {revision}, this code needs {self.head}: run the migrations"


_health = APIRouter(dependencies=[public()], include_in_schema=False)


@_health.get("/livez")
async def livez() -> Response:
    return Response(status_code=204)


@_health.get("/readyz")
async def readyz(request: Request) -> Response:
    readiness: State = request.state.readiness
    checks = await readiness.checks()
    return JSONResponse({"checks": checks}, 200 if set(checks.values()) <= {"ok"} else 503)


def describe_access(app: FastAPI) -> None:
    """Writes who may call each operation into its OpenAPI (`security`, `x-roles`); refuses a route that does not say."""
    for route in app.routes:
        if not isinstance(route, APIRoute):
            continue
        try:
            roles = access_of(route.dependant)
        except ValueError as error:
            raise ValueError(f"{sorted(route.methods)} {route.path}: {error}") from error
        extra: dict[str, Any] = {"x-roles": sorted(roles, key=[*ROLES].index), "security": [{"oidc": []}] if roles else []}
        route.openapi_extra = {**(route.openapi_extra or {}), **extra}
