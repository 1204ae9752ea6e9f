"""What every service gets from `create_app`, over real HTTP and a real database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any

import asyncpg
import httpx
import pytest
from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy import text
from starlette.applications import Starlette

from kit.app import Process, create_app, keep_running, publishes
from kit.auth import Caller, allow, public
from kit.database import SessionDep
from kit.errors import language_of
from kit.migrations import folder_of, head_revision
from kit.settings import Settings
from kit.testing.facts import Side
from kit.testing.tokens import TokenIssuer
from runner.testing import Engines

Serve = Callable[[APIRouter], AbstractAsyncContextManager[httpx.AsyncClient]]
router = APIRouter()


class Body(BaseModel):
    number: Annotated[int, Field(ge=1, le=9)]


@router.post("/deferred", dependencies=[public()])
async def deferred(session: SessionDep) -> dict[str, str]:
    """Its commit fails: a constraint that is checked only then."""
    await session.execute(text("insert into deferred_child (parent) values (77)"))
    return {"said": "created"}


@router.post("/body", dependencies=[public()])
async def body(given: Body) -> Body:
    return given


@router.get("/boom", dependencies=[public()])
async def boom() -> None:
    raise RuntimeError("the caller's telephone number is 01712345678")


@router.get("/list", dependencies=[public(kept_s=300)])
async def a_list() -> list[str]:
    return []


@router.get("/state", dependencies=[public(kept_s=0)])
async def state() -> list[str]:
    return []


@router.get("/mine")
async def mine(caller: Annotated[Caller, allow("agent")]) -> dict[str, str]:
    return {"subject": caller.subject}


@pytest.fixture
async def client(engines: Engines, serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    owner = await asyncpg.connect(engines.database_url("kittest", owner=True))
    await owner.execute("create table if not exists deferred_parent (id int primary key)")
    await owner.execute(
        "create table if not exists deferred_child (parent int references deferred_parent (id) deferrable initially deferred)"
    )
    await owner.close()
    async with serve(router) as http:
        yield http


class TestCommitBeforeAnswer:
    async def test_a_commit_that_fails_is_no_success(self, client: httpx.AsyncClient) -> None:
        answer = await client.post("/deferred")
        assert answer.status_code == 500
        assert answer.json()["type"] == "urn:probashi:problem:internal"


class TestProblems:
    @pytest.mark.parametrize(
        ("method", "path", "content", "status", "slug"),
        [
            ("POST", "/body", b"{", 400, "malformed-body"),
            ("POST", "/body", b"\xff", 400, "malformed-body"),
            ("POST", "/body", b"[" * 200_000, 400, "malformed-body"),
            ("POST", "/body", b'{"number": 10}', 422, "invalid"),
            ("POST", "/body", b"x" * 2_000_000, 413, "too-large"),
            ("GET", "/nowhere", b"", 404, "not-found"),
            ("PUT", "/body", b"", 405, "method-not-allowed"),
            ("GET", "/boom", b"", 500, "internal"),
            ("GET", "/mine", b"", 401, "unauthenticated"),
        ],
    )
    async def test_one_shape(self, client: httpx.AsyncClient, method: str, path: str, content: bytes, status: int, slug: str) -> None:
        headers = {"Content-Type": "application/json", "Accept-Language": "bn"}
        answer = await client.request(method, path, content=content, headers=headers)
        problem: dict[str, Any] = answer.json()
        assert (answer.status_code, problem["status"], problem["type"]) == (status, status, f"urn:probashi:problem:{slug}")
        assert answer.headers["content-type"] == "application/problem+json"
        assert any("\u0980" <= letter <= "\u09ff" for letter in problem["title"])

    async def test_our_insides_stay_inside(self, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
        answer = await client.get("/boom")
        assert "01712345678" not in answer.text + caplog.text
        assert "test_app.py" in caplog.text, "the log says where"
        assert "Traceback" not in answer.text

    async def test_the_wrong_role(self, client: httpx.AsyncClient, tokens: TokenIssuer) -> None:
        answer = await client.get("/mine", headers={"Authorization": f"Bearer {tokens.token('demo')}"})
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:probashi:problem:forbidden")


class TestKeeping:
    @pytest.mark.parametrize(("path", "said"), [("/list", "public, max-age=300"), ("/state", "public, no-cache"), ("/nowhere", "no-store")])
    async def test_what_is_the_same_for_everybody_may_be_kept(self, client: httpx.AsyncClient, path: str, said: str) -> None:
        assert (await client.get(path)).headers["cache-control"] == said


class TestAccess:
    def test_a_route_that_says_nothing_is_refused_at_start(self, tokens: TokenIssuer) -> None:
        forgotten = APIRouter()

        @forgotten.get("/forgotten")
        async def open_by_omission() -> None:
            """Says neither role nor public."""

        settings = Settings.model_validate({"service": "x", "port": 1, "public_url": "http://x", "jwks_url": tokens.jwks_url})
        with pytest.raises(ValueError, match="/forgotten"):
            create_app(settings, title="x", routers=[forgotten])


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("bn-BD,bn;q=0.9,en;q=0.8", "bn"),
        ("en; q=0.2, bn; q=0.9", "bn"),
        ("en-GB,en;q=0.9,bn;q=0.8", "en"),
        ("fr,bn;q=0.1", "bn"),
        ("en;q=x,bn", "bn"),
        ("ar", "en"),
    ],
)
def test_language_of(header: str, language: str) -> None:
    assert language_of(header) == language


def test_publishes() -> None:
    assert publishes("complaints")
    assert not publishes("portal")


class TestOtherRoutes:
    @pytest.mark.parametrize("kind", ["mount", "websocket", "plain"])
    def test_what_is_no_api_route_is_refused_at_start(self, tokens: TokenIssuer, kind: str) -> None:
        """It would stand outside the check of who may call it."""
        other = APIRouter()
        if kind == "mount":
            other.mount("/files", Starlette())
        elif kind == "websocket":
            other.add_api_websocket_route("/talk", boom)
        else:
            other.add_route("/plain", lambda _: JSONResponse({}))
        settings = Settings.model_validate({"service": "x", "port": 1, "public_url": "http://x", "jwks_url": tokens.jwks_url})
        with pytest.raises(TypeError, match="only API routes"):
            create_app(settings, title="x", routers=[other])


HEAD = str(head_revision(folder_of("complaints")))


class TestSchema:
    """Of which `alembic_version` tells."""

    @pytest.fixture
    async def version(self, engines: Engines, teller: Side) -> AsyncIterator[Callable[[str], Awaitable[str]]]:
        owner = await asyncpg.connect(engines.database_url(teller.name, owner=True))
        await owner.execute("create table alembic_version (version_num text)")

        async def write(version: str) -> str:
            return str(await owner.execute(f"truncate alembic_version; insert into alembic_version values ('{version}')"))

        yield write
        await owner.execute("drop table alembic_version")
        await owner.close()

    @pytest.mark.parametrize(("found", "ready"), [("0000", False), (HEAD, True), ("9999", True)])
    async def test_an_older_one_is_not_ready_and_the_next_releases_is(
        self, client: httpx.AsyncClient, version: Callable[[str], Awaitable[str]], found: str, ready: object
    ) -> None:
        await version(found)
        answer = await client.get("/readyz")
        assert (answer.json()["checks"]["database"] == "ok") is ready

    async def test_loops_wait_for_it(self, teller: Side, tokens: TokenIssuer, version: Callable[[str], Awaitable[str]]) -> None:
        given = {"service": teller.name, "port": 1, "public_url": "http://x", "jwks_url": tokens.jwks_url, "database_url": teller.url}
        process = Process(Settings.model_validate(given))
        process.open_database(folder_of("complaints"))
        began = asyncio.Event()

        async def loop() -> None:
            began.set()

        await version("0000")
        [(_, waiting)] = process.once_migrated([("loop", loop)])
        task = asyncio.create_task(keep_running("loop", waiting))
        await asyncio.sleep(1.5)
        assert not began.is_set()
        await version(HEAD)
        await asyncio.wait_for(task, 60)
        assert began.is_set()
        await process.close()


async def test_a_loop_of_several_tasks_is_started_again() -> None:
    """A group that loses one of its tasks leaves the task that waits for it marked as cancelled."""
    runs, again = 0, asyncio.Event()

    async def fails() -> None:
        await asyncio.sleep(0)
        raise ConnectionError("the server went away")

    async def loop() -> None:
        nonlocal runs
        runs += 1
        if runs > 1:
            again.set()
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.Event().wait())
            group.create_task(fails())

    task = asyncio.create_task(keep_running("loop", loop))
    try:
        await asyncio.wait_for(again.wait(), 60)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
