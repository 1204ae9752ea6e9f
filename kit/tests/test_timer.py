import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from kit import timer as room
from kit.ids import new_id
from kit.testing.facts import Side
from kit.timer import DueTimer, TimerHandler, cancel, run_timers, schedule, timer
from runner.testing import Engines

PAST = timedelta(seconds=-1)


async def plan(side: Side, kind: str, after: timedelta = PAST, payload: Mapping[str, Any] | None = None) -> UUID:
    record = new_id()
    async with side.sessions.begin() as session:
        await schedule(session, datetime.now(UTC) + after, kind, record, payload)
    return record


async def column(side: Side, name: str, record: UUID) -> Any:
    async with side.sessions.begin() as session:
        return await session.scalar(select(timer.c[name]).where(timer.c.record == record))


async def count_of_effects(side: Side, record: UUID) -> int:
    async with side.sessions.begin() as session:
        return await session.scalar(text("select count(*) from seen where record = :record"), {"record": record}) or 0


@pytest.fixture
async def owner(engines: Engines, teller: Side) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(engines.database_url(teller.name, owner=True))
    yield connection
    await connection.close()


async def effect(session: AsyncSession, due: DueTimer) -> None:
    await session.execute(text("insert into seen values (:id, :record, 1)"), {"id": due.id, "record": due.record})


@asynccontextmanager
async def running(side: Side, handlers: Mapping[str, TimerHandler], replicas: int = 1) -> AsyncIterator[list[asyncio.Task[None]]]:
    tasks = [asyncio.create_task(run_timers(side.url, side.sessions, handlers)) for _ in range(replicas)]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await task


async def until(condition: Callable[[], Any]) -> None:
    """Polls for ever: the suite's own time limit ends a condition that never holds."""
    while not await condition():
        await asyncio.sleep(0.01)


async def is_done(side: Side, record: UUID) -> bool:
    return await column(side, "done_at", record) is not None


class TestSchedule:
    async def test_the_same_deadline_twice_is_one(self, teller: Side) -> None:
        due, record = datetime.now(UTC) + timedelta(days=30), new_id()
        for _ in range(2):
            async with teller.sessions.begin() as session:
                await schedule(session, due, "escalate", record)
        async with teller.sessions.begin() as session:
            assert await session.scalar(select(func.count()).select_from(timer)) == 1

    async def test_a_deadline_that_fired_does_not_fire_again(self, teller: Side) -> None:
        due, record = datetime.now(UTC), new_id()
        async with running(teller, {"escalate": effect}):
            for _ in range(2):
                async with teller.sessions.begin() as session:
                    await schedule(session, due, "escalate", record)
                await until(lambda: is_done(teller, record))
            marker = await plan(teller, "escalate")
            await until(lambda: is_done(teller, marker))
        assert await count_of_effects(teller, record) == 1

    async def test_goes_with_its_transaction(self, teller: Side) -> None:
        record = new_id()
        with pytest.raises(ZeroDivisionError):
            async with teller.sessions.begin() as session:
                await schedule(session, datetime.now(UTC), "escalate", record)
                raise ZeroDivisionError
        assert await column(teller, "id", record) is None


class TestCancel:
    async def test_takes_back_what_has_not_fired(self, teller: Side) -> None:
        one, other = await plan(teller, "escalate"), await plan(teller, "escalate")
        async with teller.sessions.begin() as session:
            await cancel(session, "escalate", one)
        async with running(teller, {"escalate": effect}):
            await until(lambda: is_done(teller, other))
        assert await count_of_effects(teller, one) == 0

    async def test_leaves_what_fired(self, teller: Side) -> None:
        record = await plan(teller, "escalate")
        async with running(teller, {"escalate": effect}):
            await until(lambda: is_done(teller, record))
        async with teller.sessions.begin() as session:
            await cancel(session, "escalate", record)
        assert await is_done(teller, record)


class TestRun:
    async def test_hands_over_what_was_scheduled(self, teller: Side) -> None:
        got: list[DueTimer] = []

        async def keep(_: AsyncSession, due: DueTimer) -> None:
            got.append(due)

        record = await plan(teller, "remind", payload={"step": 2})
        async with running(teller, {"remind": keep}):
            await until(lambda: is_done(teller, record))
        assert [(one.kind, one.record, one.payload, one.attempts) for one in got] == [("remind", record, {"step": 2}, 0)]

    async def test_fires_when_the_time_comes_and_not_before(self, teller: Side) -> None:
        late: list[float] = []

        async def keep(_: AsyncSession, due: DueTimer) -> None:
            late.append((datetime.now(UTC) - due.due).total_seconds())

        async with running(teller, {"remind": keep}):
            record = await plan(teller, "remind", timedelta(seconds=0.4))
            await until(lambda: is_done(teller, record))
        assert len(late) == 1
        assert late[0] >= 0

    async def test_a_new_timer_wakes_a_runner_that_sleeps(self, teller: Side, monkeypatch: pytest.MonkeyPatch) -> None:
        async with running(teller, {"remind": effect}):
            first = await plan(teller, "remind")
            await until(lambda: is_done(teller, first))
            # Asleep until further notice: without NOTIFY this test would never end.
            monkeypatch.setattr(room, "IDLE_S", 100_000.0)
            again = await plan(teller, "remind")
            await until(lambda: is_done(teller, again))
            last = await plan(teller, "remind")
            await until(lambda: is_done(teller, last))

    async def test_one_far_away_does_not_wake_anybody(self, teller: Side) -> None:
        heard: list[object] = []
        connection = await asyncpg.connect(teller.url)
        await connection.add_listener(room.CHANNEL, lambda *_: heard.append(_))
        await plan(teller, "remind", timedelta(days=1))
        await connection.execute("select 1")
        assert heard == []
        await plan(teller, "remind", timedelta(seconds=5))
        await until(lambda: asyncio.sleep(0, heard))
        await connection.close()

    async def test_many_replicas_fire_each_once(self, teller: Side) -> None:
        records = [await plan(teller, "remind") for _ in range(40)]
        async with running(teller, {"remind": effect}, replicas=3):
            for record in records:
                await until(lambda record=record: is_done(teller, record))  # type: ignore[misc]
        assert [await count_of_effects(teller, record) for record in records] == [1] * 40

    async def test_leaves_kinds_of_others_alone(self, teller: Side) -> None:
        strange, ours = await plan(teller, "strange"), await plan(teller, "remind")
        async with running(teller, {"remind": effect}):
            await until(lambda: is_done(teller, ours))
        assert not await is_done(teller, strange)

    async def test_a_handler_may_set_the_next_deadline(self, teller: Side) -> None:
        async def climb(session: AsyncSession, due: DueTimer) -> None:
            await effect(session, due)
            if due.payload["step"] < 3:
                await schedule(session, due.due + timedelta(milliseconds=1), "climb", due.record, {"step": due.payload["step"] + 1})

        record = await plan(teller, "climb", payload={"step": 1})

        async def at_the_top() -> bool:
            return await count_of_effects(teller, record) == 3

        async with running(teller, {"climb": climb}):
            await until(at_the_top)


class TestFailure:
    async def test_leaves_no_effect_and_is_tried_again(self, teller: Side) -> None:
        tried: list[int] = []

        async def fail_once(session: AsyncSession, due: DueTimer) -> None:
            await effect(session, due)
            tried.append(due.attempts)
            if due.attempts == 0:
                raise ZeroDivisionError("secret words")

        record = await plan(teller, "remind")
        async with running(teller, {"remind": fail_once}):
            await until(lambda: column(teller, "attempts", record))
            assert await count_of_effects(teller, record) == 0
            assert await column(teller, "error", record) == "ZeroDivisionError"
            await until(lambda: is_done(teller, record))
        assert tried == [0, 1]
        assert await count_of_effects(teller, record) == 1
        assert await column(teller, "error", record) is None

    async def test_does_not_keep_the_others_waiting(self, teller: Side, caplog: pytest.LogCaptureFixture) -> None:
        async def fail(_session: AsyncSession, _due: DueTimer) -> None:
            raise ZeroDivisionError("secret words")

        bad, good = await plan(teller, "bad", 10 * PAST), await plan(teller, "remind")
        async with running(teller, {"bad": fail, "remind": effect}):
            await until(lambda: is_done(teller, good))
            await until(lambda: column(teller, "attempts", bad))
        assert not await is_done(teller, bad)
        assert "ZeroDivisionError" in caplog.text
        assert "secret" not in caplog.text

    async def test_of_the_commit_itself_is_put_off_too(self, teller: Side, owner: asyncpg.Connection) -> None:
        await owner.execute("create table once (id int unique deferrable initially deferred); insert into once values (1)")
        await owner.execute('grant select, insert on once to "kittest"')

        async def clash(session: AsyncSession, _: DueTimer) -> None:
            await session.execute(text("insert into once values (1)"))

        record = await plan(teller, "clash")
        async with running(teller, {"clash": clash}):
            await until(lambda: column(teller, "attempts", record))
        await owner.execute("drop table once")
        assert not await is_done(teller, record)

    async def test_pauses_grow_to_an_hour(self, teller: Side) -> None:
        async def fail(_session: AsyncSession, _due: DueTimer) -> None:
            raise ZeroDivisionError

        record = await plan(teller, "remind")
        async with teller.sessions.begin() as session:
            await session.execute(update(timer).values(attempts=40))

        async def failed() -> bool:
            return bool(await column(teller, "attempts", record) == 41)

        async with running(teller, {"remind": fail}):
            await until(failed)
        pause = await column(teller, "next_try", record) - datetime.now(UTC)
        assert timedelta(minutes=59) < pause <= timedelta(hours=1)

    async def test_a_slow_or_dead_replica_holds_up_only_what_it_holds(self, teller: Side) -> None:
        begun = asyncio.Event()

        async def hang(session: AsyncSession, due: DueTimer) -> None:
            await effect(session, due)
            begun.set()
            await asyncio.Event().wait()

        held = await plan(teller, "remind", 10 * PAST)
        async with running(teller, {"remind": hang}) as (dying,):
            await begun.wait()
            async with running(teller, {"remind": effect}):
                other = await plan(teller, "remind")
                await until(lambda: is_done(teller, other))
                assert not await is_done(teller, held)
                dying.cancel()
                await until(lambda: is_done(teller, held))
        assert await count_of_effects(teller, held) == 1

    async def test_without_its_listening_connection_it_says_so(self, teller: Side, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(room, "IDLE_S", 100_000.0)
        listening = "from pg_stat_activity where query ilike 'listen%timer%' and state = 'idle'"
        connection = await asyncpg.connect(teller.url)
        try:
            async with running(teller, {"remind": effect}) as (task,):
                await until(lambda: connection.fetchval(f"select count(*) {listening}"))
                await connection.execute(f"select pg_terminate_backend(pid) {listening}")
                with pytest.raises(ConnectionError):
                    await task
        finally:
            await connection.close()

    async def test_of_the_claim_is_for_the_caller_to_handle(self, teller: Side, owner: asyncpg.Connection) -> None:
        await owner.execute('revoke select on timer from "kittest"')
        with pytest.raises(DBAPIError, match="permission denied"):
            await run_timers(teller.url, teller.sessions, {"remind": effect})
        await owner.execute('grant select on timer to "kittest"')


class TestPlan:
    async def test_the_claim_does_not_read_what_has_fired(self, teller: Side, owner: asyncpg.Connection) -> None:
        rows = [
            {
                "id": new_id(),
                "due": datetime.now(UTC),
                "kind": "old",
                "record": new_id(),
                "payload": {},
                "next_try": datetime.now(UTC),
                "done_at": datetime.now(UTC),
            }
            for _ in range(3000)
        ]
        async with teller.sessions.begin() as session:
            await session.execute(insert(timer), rows)
        await owner.execute("analyze timer")
        plan = await owner.fetch(
            "explain select id from timer where done_at is null and next_try <= now() and kind in ('old') "
            "order by next_try limit 1 for update skip locked"
        )
        assert any("Index Scan using timer_open" in line[0] for line in plan)
