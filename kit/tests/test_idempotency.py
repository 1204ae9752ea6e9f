"""One effect for one key, whatever comes at once, again, or after something failed."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any
from uuid import uuid4

import httpx
import pytest
from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy import text

from kit.auth import ROLES, Caller, allow
from kit.database import SessionDep
from kit.errors import ConflictError
from kit.idempotency import OnceDep
from kit.ids import new_id
from kit.testing.facts import Side
from kit.testing.tokens import TokenIssuer

Serve = Callable[[APIRouter], AbstractAsyncContextManager[httpx.AsyncClient]]
router = APIRouter()


class Wish(BaseModel):
    name: str
    slowly: bool = False
    forbidden: bool = False


class Made(BaseModel):
    id: str
    name: str


@router.post("/wishes", status_code=201)
@router.post("/others", status_code=201)
async def make(wish: Wish, caller: Annotated[Caller, allow(*ROLES)], session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> Made:
        made = Made(id=str(new_id()), name=wish.name)
        await session.execute(text("insert into seen (event_id) values (cast(:id as uuid))"), {"id": made.id})
        if wish.slowly:
            await session.execute(text("select pg_sleep(0.5)"))
        if wish.forbidden:
            raise ConflictError
        return made

    return await once(caller.subject, effect, location=lambda made: f"/wishes/{made.id}")


@pytest.fixture
async def client(serve: Serve, tokens: TokenIssuer) -> AsyncIterator[httpx.AsyncClient]:
    async with serve(router) as http:
        http.headers["Authorization"] = f"Bearer {tokens.token('agent', sub='first')}"
        yield http


async def made(side: Side) -> int:
    return await side.count("select count(*) from seen")


def key(value: str | None = None) -> dict[str, str]:
    return {"Idempotency-Key": value or str(uuid4())}


class TestOnce:
    async def test_without_a_key_each_is_an_effect(self, client: httpx.AsyncClient, teller: Side) -> None:
        for _ in range(2):
            assert (await client.post("/wishes", json={"name": "x"})).status_code == 201
        assert await made(teller) == 2

    async def test_the_answer_is_the_same_to_the_byte(self, client: httpx.AsyncClient, teller: Side) -> None:
        headers = key()
        first = await client.post("/wishes", json={"name": "রহিমা"}, headers=headers)
        again = await client.post("/wishes", json={"name": "রহিমা"}, headers=headers)
        assert (again.status_code, again.content, again.headers["location"]) == (201, first.content, first.headers["location"])
        assert ("idempotency-replayed" in first.headers, again.headers["idempotency-replayed"]) == (False, "true")
        assert await made(teller) == 1

    async def test_what_is_kept_tells_nothing(self, client: httpx.AsyncClient, teller: Side) -> None:
        await client.post("/wishes", json={"name": "রহিমা"}, headers=key())
        async with teller.sessions() as session:
            row = (await session.execute(text("select body, request_hash from idempotency"))).one()
        assert "রহিমা".encode() not in row.body
        plain = hashlib.sha256(b"POST /wishes?\n" + '{"name":"রহিমা"}'.encode()).digest()
        assert row.request_hash != plain

    async def test_what_was_kept_before_answers_were_sealed_is_still_given(self, client: httpx.AsyncClient, teller: Side) -> None:
        headers, body = key(), b'{"name":"x"}'
        plain = hashlib.sha256(b"POST /wishes?\n" + body).digest()
        async with teller.sessions.begin() as session:
            await session.execute(
                text("insert into idempotency values ('first', :key, :hash, '/wishes/1', :body, now())"),
                {"key": headers["Idempotency-Key"], "hash": plain, "body": b'{"id":"1","name":"x"}'},
            )
        answer = await client.post("/wishes", content=body, headers={**headers, "Content-Type": "application/json"})
        assert (answer.status_code, answer.json()) == (201, {"id": "1", "name": "x"})

    @pytest.mark.parametrize(
        ("path", "body"), [("/wishes", {"name": "y"}), ("/others", {"name": "x"}), ("/wishes?country=AU", {"name": "x"})]
    )
    async def test_the_same_key_for_another_request(self, client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> None:
        headers = key()
        await client.post("/wishes", json={"name": "x"}, headers=headers)
        answer = await client.post(path, json=body, headers={**headers, "Accept-Language": "bn"})
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:probashi:problem:idempotency-key-reused")
        assert "ব্যবহৃত হয়েছে" in answer.json()["title"]

    async def test_at_once(self, client: httpx.AsyncClient, teller: Side) -> None:
        headers = key()
        answers = await asyncio.gather(*(client.post("/wishes", json={"name": "x", "slowly": True}, headers=headers) for _ in range(8)))
        assert sorted(one.status_code for one in answers) == [201] + [409] * 7
        assert {one.json()["type"] for one in answers if one.status_code == 409} == {"urn:probashi:problem:idempotency-still-running"}
        assert await made(teller) == 1

    async def test_many_pairs_at_once_never_make_two_and_never_fail(self, client: httpx.AsyncClient, teller: Side) -> None:
        pairs = [key() for _ in range(60)]
        answers = await asyncio.gather(*(client.post("/wishes", json={"name": "x"}, headers=one) for one in pairs * 2))
        assert {one.status_code for one in answers} <= {201, 409}
        assert await made(teller) == 60

    async def test_a_refusal_is_not_kept(self, client: httpx.AsyncClient, teller: Side) -> None:
        headers = key()
        for _ in range(2):
            refused = await client.post("/wishes", json={"name": "x", "forbidden": True}, headers=headers)
            assert (refused.status_code, refused.json()["type"]) == (409, "urn:probashi:problem:conflict")
        assert await made(teller) == 0
        assert await teller.count("select count(*) from idempotency") == 0

    async def test_another_caller_has_keys_of_its_own(self, client: httpx.AsyncClient, teller: Side, tokens: TokenIssuer) -> None:
        headers = key("the-same-key")
        await client.post("/wishes", json={"name": "x"}, headers=headers)
        other = {**headers, "Authorization": f"Bearer {tokens.token('agent', sub='second')}"}
        answer = await client.post("/wishes", json={"name": "y"}, headers=other)
        assert (answer.status_code, answer.json()["name"]) == (201, "y")
        assert await made(teller) == 2

    @pytest.mark.parametrize("value", ["short", "x" * 129, "with a space", "কী-কী-কী-কী"])
    async def test_a_key_that_is_none(self, client: httpx.AsyncClient, value: str) -> None:
        answer = await client.post("/wishes", json={"name": "x"}, headers=[(b"Idempotency-Key", value.encode())])
        assert answer.status_code == 422
        assert "dempotency" in answer.json()["errors"][0]["pointer"]
