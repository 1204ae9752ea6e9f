"""The live stream over HTTP, woken by the real database."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy import text

from runner.testing import Running
from services.crisis.warnings import service
from services.crisis.warnings import stream as stream_room

Cap = Callable[..., bytes]
Post = Callable[..., Awaitable[dict[str, Any]]]
STREAM = "/v1/crisis/alerts/stream"


@dataclass(frozen=True, slots=True)
class Told:
    name: str
    id: str
    data: dict[str, Any]


async def events(answer: httpx.Response) -> AsyncIterator[Told]:
    block: dict[str, str] = {}
    async for line in answer.aiter_lines():
        name, _, value = line.partition(": ")
        if line and name:
            block[name] = value
        elif block:
            yield Told(block["event"], block["id"], json.loads(block["data"]))
            block = {}


@asynccontextmanager
async def listening(client: httpx.AsyncClient, after: str | None = None) -> AsyncIterator[AsyncIterator[Told]]:
    """As a browser listens: it comes back with the last id when a stream ends, until it is refused."""
    async with asyncio.timeout(240), aclosing(_heard(client, after)) as heard:
        yield heard


async def _heard(client: httpx.AsyncClient, last: str | None) -> AsyncGenerator[Told]:
    is_first = True
    while True:
        async with client.stream("GET", STREAM, headers={"Last-Event-ID": last} if last else {}) as answer:
            if not is_first and answer.status_code == httpx.codes.UNAUTHORIZED:
                return
            assert answer.headers["content-type"].startswith("text/event-stream")
            async for told in events(answer):
                last = told.id
                # Where the register runs, its figures arrive at a moment of their own.
                if (is_first or told.name != "ready") and told.data.get("change") != "counted":
                    yield told
            is_first = False


def wing(crisis: Running, *countries: str, **claims: object) -> httpx.AsyncClient:
    return crisis.client("wing", sub=f"wing-{'-'.join(countries)}", countries=list(countries), **claims)


@pytest.fixture(autouse=True)
def _only_the_database_wakes_a_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    """The look at each heartbeat would hide that nobody was woken."""
    monkeypatch.setattr(stream_room, "HEARTBEAT_S", 3600.0)


@pytest.fixture
def feeds(crisis: Running) -> httpx.AsyncClient:
    return crisis.client("service")


class TestFollow:
    async def test_tells_what_is_raised_acknowledged_and_taken_back(
        self, crisis: Running, feeds: httpx.AsyncClient, cap: Cap, post: Post
    ) -> None:
        async with listening(wing(crisis, "LB")) as stream:
            assert (await anext(stream)).name == "ready"
            alert = await post(feeds, cap())
            raised = await anext(stream)
            assert (raised.name, raised.data["change"], raised.data["alert"]["id"]) == ("alert", "raised", alert["id"])
            await wing(crisis, "LB").post(f"/v1/crisis/alerts/{alert['id']}/acknowledgements")
            acknowledged = await anext(stream)
            assert (acknowledged.data["change"], acknowledged.data["alert"]["status"]) == ("acknowledged", "acknowledged")
            named = f"{alert['sender']},{alert['identifier']},{alert['sent'].replace('Z', '+00:00')}"
            await post(feeds, cap(msgType="Cancel", infos="", references=named))
            assert (await anext(stream)).data["alert"]["status"] == "cancelled"

    async def test_tells_a_wing_of_its_countries_only(self, crisis: Running, feeds: httpx.AsyncClient, cap: Cap, post: Post) -> None:
        async with listening(wing(crisis, "LB")) as stream, listening(crisis.client("supervisor")) as everything:
            await anext(stream)
            await anext(everything)
            await post(feeds, cap(country="SA"))
            here = await post(feeds, cap(country="LB"))
            assert (await anext(stream)).data["alert"]["id"] == here["id"]
            assert [(await anext(everything)).data["alert"]["countries"] for _ in range(2)] == [["SA"], ["LB"]]

    async def test_goes_on_where_it_ended(self, crisis: Running, feeds: httpx.AsyncClient, cap: Cap, post: Post) -> None:
        async with listening(wing(crisis, "LB")) as stream:
            last = (await anext(stream)).id
        missed = [(await post(feeds, cap()))["id"] for _ in range(3)]
        async with listening(wing(crisis, "LB"), after=last) as stream:
            await anext(stream)
            told = [await anext(stream) for _ in range(3)]
        assert [one.data["alert"]["id"] for one in told] == missed
        async with listening(wing(crisis, "LB"), after=told[1].id) as stream:
            await anext(stream)
            assert (await anext(stream)).data["alert"]["id"] == missed[2]

    async def test_more_than_one_look_holds_is_told_in_full(self, crisis: Running, feeds: httpx.AsyncClient, cap: Cap, post: Post) -> None:
        async with listening(wing(crisis, "LB")) as stream:
            last = (await anext(stream)).id
        posted = [(await post(feeds, cap()))["id"] for _ in range(103)]
        async with listening(wing(crisis, "LB"), after=last) as stream:
            await anext(stream)
            assert [(await anext(stream)).data["alert"]["id"] for _ in posted] == posted

    @pytest.mark.parametrize("after", ["nonsense", "-1", "9" * 30, "9" * 5_000, "1.5"])
    async def test_a_place_that_never_was_is_now(self, crisis: Running, feeds: httpx.AsyncClient, cap: Cap, post: Post, after: str) -> None:
        await post(feeds, cap())
        async with listening(wing(crisis, "LB"), after=after) as stream:
            await anext(stream)
            alert = await post(feeds, cap())
            assert (await anext(stream)).data["alert"]["id"] == alert["id"]

    async def test_is_no_way_to_read_all_that_ever_was(self, crisis: Running, feeds: httpx.AsyncClient, cap: Cap, post: Post) -> None:
        alert = await post(feeds, cap())
        rows = "insert into alert_change (alert_id, kind) select :alert, 'raised' from generate_series(1, 6000)"
        async with crisis.sessions.begin() as session:
            await session.execute(text(rows), {"alert": alert["id"]})
        before = await self.head(crisis)
        async with listening(wing(crisis, "LB"), after="0") as stream:
            first = int((await anext(stream)).id)
        # A loop may count meanwhile, which is a change too.
        assert before <= first + service.MOST_MISSED <= await self.head(crisis)

    async def test_ends_with_its_token(self, crisis: Running) -> None:
        async with listening(wing(crisis, "LB", exp=int(time.time()) + 2)) as stream:
            assert [one.name async for one in stream] == ["ready"]

    async def test_is_not_deaf_after_the_listening_connection_was_cut(
        self, crisis: Running, feeds: httpx.AsyncClient, cap: Cap, post: Post
    ) -> None:
        async with listening(wing(crisis, "LB")) as stream:
            await anext(stream)
            await self.cut(crisis)
            alert = await post(feeds, cap())
            assert (await anext(stream)).data["alert"]["id"] == alert["id"]

    async def head(self, crisis: Running) -> int:
        async with crisis.sessions() as session:
            return int((await session.execute(text("select max(position) from alert_change"))).scalar_one())

    async def cut(self, crisis: Running) -> None:
        connection = await asyncpg.connect(crisis.settings.required_database_url())
        try:
            cut = await connection.fetch(
                "select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen %' and query like '%alert_change%'"
            )
            assert cut
        finally:
            await connection.close()

    async def test_holds_no_connection_between_two_looks(self, crisis: Running, feeds: httpx.AsyncClient, cap: Cap, post: Post) -> None:
        """More streams than the pool has connections, and the service still answers."""
        async with asyncio.TaskGroup() as group:
            ready = [asyncio.Event() for _ in range(40)]
            client = wing(crisis, "LB")

            async def follow(place: int) -> str:
                async with listening(crisis.client("wing", countries=["LB"])) as stream:
                    await anext(stream)
                    ready[place].set()
                    return str((await anext(stream)).data["alert"]["id"])

            tasks = [group.create_task(follow(place)) for place in range(len(ready))]
            for one in ready:
                await one.wait()
            assert (await client.get("/v1/crisis/alerts")).status_code == 200
            alert = await post(feeds, cap())
        assert {task.result() for task in tasks} == {alert["id"]}
