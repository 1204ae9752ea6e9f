from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, DateTime, MetaData, Table, Uuid, select
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.text import Text
from kit.database import make_engine
from kit.errors import install_problem_handlers
from kit.ids import new_id
from kit.paging import Page, PagingDep, Position, decode, encode
from runner import postgres
from runner.testing import Engines

note = Table("note", MetaData(), Column("at", DateTime(timezone=True)), Column("id", Uuid, primary_key=True))
TIMES = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.timezones())  # noqa: DTZ001 - bounds are naive


class TestCursor:
    @given(TIMES, st.uuids())
    def test_comes_back_as_it_was(self, at: datetime, identity: UUID) -> None:
        assert decode(encode(Position(at, identity))) == Position(at.astimezone(UTC), identity)

    @given(st.text() | st.text("ABCDEFabcdef0123456789-_", min_size=32, max_size=32))
    def test_any_text_is_a_cursor_or_refused(self, cursor: str) -> None:
        try:
            position = decode(cursor)
        except ValueError as refusal:
            words = refusal.args[0]
        else:
            words = Text("", "")
            assert encode(position) == cursor
        assert isinstance(words, Text)


@pytest.fixture(scope="module")
async def engine(engines: Engines) -> AsyncIterator[AsyncEngine]:
    await postgres.prepare(engines.place, engines.secrets, ["kit"])
    engine = make_engine(engines.database_url("kit", owner=True), pool=2)
    async with engine.begin() as connection:
        await connection.run_sync(note.metadata.create_all)
        # Rows of one instant: the id decides, and none may be shown twice or never.
        now = datetime.now(UTC)
        await connection.execute(note.insert(), [{"at": now + timedelta(seconds=i // 4), "id": new_id()} for i in range(23)])
    yield engine
    async with engine.begin() as connection:
        await connection.run_sync(note.metadata.drop_all)
    await engine.dispose()


@pytest.fixture
async def client(engine: AsyncEngine) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    install_problem_handlers(app)

    @app.get("/v1/notes")
    async def notes(paging: PagingDep, *, newest: bool = True) -> Page[UUID]:
        async with engine.connect() as connection:
            rows = (await connection.execute(paging.of(select(note.c.at, note.c.id), note.c.at, note.c.id, newest_first=newest))).all()
        return paging.page(rows, lambda row: Position(row.at, row.id), lambda row: row.id)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


async def walk(client: httpx.AsyncClient, address: str | None) -> list[list[str]]:
    pages = []
    while address is not None:
        answer = (await client.get(address)).json()
        pages.append(answer["items"])
        address = answer["next"]
    return pages


class TestPage:
    @pytest.mark.parametrize(("limit", "sizes"), [(5, [5, 5, 5, 5, 3]), (23, [23]), (22, [22, 1]), (200, [23])])
    async def test_every_row_is_shown_once_and_the_last_page_says_so(self, client: httpx.AsyncClient, limit: int, sizes: list[int]) -> None:
        newest = await walk(client, f"/v1/notes?limit={limit}")
        oldest = await walk(client, f"/v1/notes?limit={limit}&newest=false")
        assert [len(page) for page in newest] == sizes
        shown = [item for page in newest for item in page]
        assert len(set(shown)) == 23
        assert [item for page in oldest for item in page] == shown[::-1]

    async def test_a_row_that_comes_in_between_moves_nothing(self, client: httpx.AsyncClient, engine: AsyncEngine) -> None:
        first = (await client.get("/v1/notes?limit=10")).json()
        intruder = new_id()
        async with engine.begin() as connection:
            await connection.execute(note.insert(), {"at": datetime.now(UTC) + timedelta(days=1), "id": intruder})
        rest = [item for page in await walk(client, first["next"]) for item in page]
        async with engine.begin() as connection:
            await connection.execute(note.delete().where(note.c.id == intruder))
        assert len({*first["items"], *rest}) == 23

    async def test_next_keeps_what_was_asked(self, client: httpx.AsyncClient) -> None:
        address = (await client.get("/v1/notes?limit=2&newest=false&colour=a%20b")).json()["next"]
        assert address.startswith("/v1/notes?limit=2&newest=false&colour=a")

    @pytest.mark.parametrize(
        "query", ["limit=0", "limit=201", "limit=x", "cursor=", "cursor=abc", "cursor=%00", "cursor=" + "A" * 65, "cursor=" + "f" * 32]
    )
    async def test_a_wrong_question_is_a_problem(self, client: httpx.AsyncClient, query: str) -> None:
        answer = await client.get("/v1/notes?" + query)
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")

    async def test_says_in_bangla_what_is_wrong_with_a_cursor(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/v1/notes?cursor=abc", headers={"Accept-Language": "bn"})
        assert answer.json()["errors"] == [{"pointer": "?cursor", "detail": "এই কার্সরটি আমাদের নয়: আগের পাতার `next` ঠিকানাটি ব্যবহার করুন।"}]
