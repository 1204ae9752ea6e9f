"""Which refusal a caller gets for what goes wrong, over real HTTP; the database goes wrong in the ways of a real one."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any

import asyncpg
import httpx
import pytest
from fastapi import APIRouter, Header, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text

from contracts.text import Text
from kit.auth import public
from kit.database import SessionDep
from kit.errors import InvalidError, is_connection_loss, language_of
from runner.testing import Engines

Serve = Callable[[APIRouter], AbstractAsyncContextManager[httpx.AsyncClient]]
router = APIRouter(dependencies=[public()])


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid")
    number: Annotated[int, Field(ge=1)]


@router.post("/things")
async def make(thing: Thing) -> Thing:
    return thing


@router.get("/things")
async def look(most: Annotated[int, Query(le=9)] = 1, x_office: Annotated[str | None, Header(max_length=4)] = None) -> list[str]:
    return [x_office or ""] * most


@router.get("/refused")
async def refused() -> None:
    raise InvalidError(errors=[{"pointer": "/category", "detail": Text("Choose one.", "একটি বেছে নিন।")}])


@router.post("/sql")
async def sql(session: SessionDep, statement: str, then: str = "select 1") -> None:
    await session.execute(text(statement))
    await session.execute(text(then))


@pytest.fixture
async def client(serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    async with serve(router) as http:
        yield http


@pytest.fixture
async def superuser(engines: Engines) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(engines.superuser_url("kittest"))
    yield connection
    await connection.close()


def slug(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).removeprefix("urn:probashi:problem:")


class TestLanguage:
    @pytest.mark.parametrize(
        ("header", "language"),
        [("bn; q=0.9, en; q=0.8", "bn"), ("en ; q=0.1 , bn", "bn"), ("bn;q=0", "en"), ("en, bn;q=0", "en"), ("en;q=0, bn;q=0.1", "bn")],
    )
    def test_of_headers_as_the_standard_lets_them_be(self, header: str, language: str) -> None:
        assert language_of(header) == language

    async def test_every_word_of_a_refusal_is_in_the_readers_language(self, client: httpx.AsyncClient) -> None:
        for language, detail in (("bn", "একটি বেছে নিন।"), ("en", "Choose one.")):
            answer = await client.get("/refused", headers={"Accept-Language": language})
            assert answer.json()["errors"] == [{"pointer": "/category", "detail": detail}]


class TestRequest:
    @pytest.mark.parametrize(
        ("method", "path", "options", "status", "kind"),
        [
            ("POST", "/things", {"content": b'{"number": 1}', "headers": {"Content-Type": "text/plain"}}, 415, "unsupported-media-type"),
            ("POST", "/things", {"content": b'{"number": 1}'}, 415, "unsupported-media-type"),
            ("POST", "/things", {"data": {"number": 1}}, 415, "unsupported-media-type"),
            ("POST", "/things", {"json": {"number": 0}}, 422, "invalid"),
            ("POST", "/things", {}, 422, "invalid"),
            ("GET", "/things?most=10", {}, 422, "invalid"),
            ("GET", "/things", {"headers": {"X-Office": "too long"}}, 422, "invalid"),
            ("OPTIONS", "/things", {}, 405, "method-not-allowed"),
            ("DELETE", "/things", {}, 405, "method-not-allowed"),
        ],
    )
    async def test_is_refused_in_bangla(
        self, client: httpx.AsyncClient, method: str, path: str, options: dict[str, Any], status: int, kind: str
    ) -> None:
        options = {**options, "headers": {**options.get("headers", {}), "Accept-Language": "bn"}}
        answer = await client.request(method, path, **options)
        assert (answer.status_code, slug(answer)) == (status, kind)
        assert answer.headers["content-language"] == "bn"
        assert any("\u0980" <= letter <= "\u09ff" for letter in answer.json()["title"])

    async def test_a_head_has_no_body_and_names_what_is_allowed(self, client: httpx.AsyncClient) -> None:
        answer = await client.head("/refused")
        assert (answer.status_code, answer.content, answer.headers["allow"]) == (405, b"", "GET")

    async def test_many_faults_are_not_answered_with_ten_times_their_size(self, client: httpx.AsyncClient) -> None:
        answer = await client.post("/things", json={f"k{number}": 1 for number in range(50_000)})
        assert answer.status_code == 422
        assert len(answer.content) < 20_000


class TestDatabase:
    """Whatever passes by itself is a 503 that says when to try again; what is our fault stays a 500."""

    @pytest.mark.parametrize(
        ("statement", "then"),
        [
            ("select pg_terminate_backend(pg_backend_pid())", "select 1"),
            ("set local statement_timeout = '50ms'", "select pg_sleep(5)"),
            ("set local lock_timeout = '50ms'", "select * from held for update"),
            ("select pg_sleep(11)", "select 1"),
            ("set transaction isolation level serializable", "do $$begin raise exception sqlstate '40001'; end$$"),
            ("select 1", "do $$begin raise exception sqlstate '40P01'; end$$"),
            ("select 1", "do $$begin raise exception sqlstate '53100'; end$$"),
        ],
    )
    async def test_passes(self, client: httpx.AsyncClient, engines: Engines, statement: str, then: str) -> None:
        owner = await asyncpg.connect(engines.database_url("kittest", owner=True))
        await owner.execute("create table if not exists held (i int); truncate held; insert into held values (1)")
        async with owner.transaction():
            await owner.execute("select * from held for update")
            answer = await client.post("/sql", params={"statement": statement, "then": then})
        await owner.close()
        assert (answer.status_code, slug(answer)) == (503, "unavailable")
        assert answer.headers["retry-after"] == "1"
        assert (await client.post("/sql", params={"statement": "select 1"})).status_code == 200

    @pytest.mark.parametrize("statement", ["select 1/0", "select nothing", "select 'x'::int"])
    async def test_our_fault(self, client: httpx.AsyncClient, statement: str) -> None:
        answer = await client.post("/sql", params={"statement": statement})
        assert (answer.status_code, slug(answer)) == (500, "internal")

    async def test_a_password_that_was_changed(self, client: httpx.AsyncClient, superuser: asyncpg.Connection) -> None:
        hashed = await superuser.fetchval("select rolpassword from pg_authid where rolname = 'kittest'")
        await superuser.execute("alter role kittest password 'another'")
        try:
            await superuser.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'kittest'")
            await asyncio.sleep(0.1)
            answers = [await client.post("/sql", params={"statement": "select 1"}) for _ in range(3)]
        finally:
            await superuser.execute(f"alter role kittest password '{hashed}'")
        assert {one.status_code for one in answers} == {503}

    async def test_a_server_that_is_killed_and_comes_back(self, client: httpx.AsyncClient, engines: Engines) -> None:
        os.kill(engines.supervisor.pid("postgres"), signal.SIGKILL)
        seen = set()
        for _ in range(600):
            answer = await client.post("/sql", params={"statement": "select 1"})
            seen.add(answer.status_code)
            if answer.status_code == 200 and len(seen) > 1:
                break
            await asyncio.sleep(0.1)
        await engines.supervisor.ready()
        assert seen == {200, 503}


def test_a_file_that_is_missing_is_no_lost_connection() -> None:
    assert is_connection_loss(ConnectionResetError())
    assert is_connection_loss(TimeoutError())
    assert is_connection_loss(OSError("Multiple exceptions: [Errno 111] Connect call failed"))
    assert not is_connection_loss(FileNotFoundError())
    assert not is_connection_loss(PermissionError())
