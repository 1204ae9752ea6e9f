"""Nothing lost, nothing twice: outbox, relay and inbox on the real servers, with what kills them in life."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import nats.errors
import orjson
import pytest
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.events import CloudEvent
from kit.app import keep_running
from kit.bus import Bus, Received
from kit.inbox import Consumer, replay
from kit.outbox import Relay, emit, outbox, outbox_row
from kit.testing.facts import SUBSCRIPTION, Side, ThingMade, note
from kit.testing.waiting import until
from runner.testing import Engines

ROOT = Path(__file__).resolve().parents[2]
QUICK = (0.05,) * 7
Loop = Callable[[], Awaitable[object]]


@asynccontextmanager
async def working(*loops: Loop) -> AsyncIterator[None]:
    """The loops of a service, kept running as `kit.app` keeps them, until the block ends."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(keep_running("loop", loop)) for loop in loops]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()


async def relay_of(side: Side) -> Loop:
    return Relay(side.url, await side.bus(), side.name).run


async def consumer_of(side: Side) -> Loop:
    return Consumer(await side.bus(), side.sessions, SUBSCRIPTION, delays_s=QUICK).run


def python(program: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", program, *arguments], cwd=ROOT)


async def seen(reader: Side) -> int:
    return await reader.count("select count(*) from seen")


def an_event(name: str = "thing") -> bytes:
    envelope = CloudEvent(
        id=uuid4(),
        source="/services/kittest",
        type=ThingMade.type,
        subject=uuid4(),
        time=datetime(2026, 11, 26, tzinfo=UTC),
        dataschema="urn:x",
        sequence=1,
        data={"name": name},
    )
    return orjson.dumps(envelope.model_dump())


class TestEmit:
    async def test_a_commit_publishes_and_a_rollback_does_not(self, teller: Side, reader: Side) -> None:
        with pytest.raises(ZeroDivisionError):
            async with teller.sessions.begin() as session:
                await emit(session, ThingMade(name="never"), subject=uuid4(), sequence=1)
                _ = 1 / 0
        await teller.tell("always")
        async with working(await relay_of(teller), await consumer_of(reader)):
            await until(lambda: seen(reader), 1)
            await until(lambda: teller.count("select count(*) from outbox where sent_at is null"), 0)
        assert await seen(reader) == 1

    async def test_the_events_of_a_record_arrive_in_order(self, teller: Side, reader: Side) -> None:
        record = uuid4()
        async with working(await relay_of(teller), await consumer_of(reader)):
            for sequence in range(1, 700):
                await teller.tell(sequence=sequence, subject=record)
            await until(lambda: seen(reader), 699)
        async with reader.sessions() as session:
            order = (await session.execute(text("select sequence from seen order by ctid"))).scalars().all()
        assert order == list(range(1, 700))


class TestKills:
    async def test_a_kill_between_commit_and_publish_loses_nothing(self, teller: Side, reader: Side) -> None:
        program = """
import asyncio, os, signal, sys
from uuid import uuid4
from kit.database import make_engine, make_sessions
from kit.testing.facts import Side
async def main():
    side = Side("kittest", sys.argv[1], "", make_sessions(make_engine(sys.argv[1])))
    await side.tell()
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
        process = python(program, teller.url)
        assert await asyncio.to_thread(process.wait) == -signal.SIGKILL
        async with working(await relay_of(teller), await consumer_of(reader)):
            await until(lambda: seen(reader), 1)

    async def test_a_consumer_that_dies_between_commit_and_ack_counts_once(self, teller: Side, reader: Side) -> None:
        program = """
import asyncio, os, signal, sys
from sqlalchemy import event
from kit.bus import Bus, Received
from kit.database import make_engine, make_sessions
from kit.inbox import Consumer
from kit.testing.facts import SUBSCRIPTION
async def main():
    engine = make_engine(sys.argv[1])
    event.listen(engine.sync_engine.pool, "checkin", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    await Consumer(await Bus(sys.argv[2], "kitreader").connect(), make_sessions(engine), SUBSCRIPTION).run()
asyncio.run(main())
"""
        await teller.tell()
        async with working(await relay_of(teller)):
            process = python(program, reader.url, reader.nats_url)
            assert await asyncio.to_thread(process.wait) == -signal.SIGKILL
            assert await seen(reader) == 1, "it died after its commit"
            async with working(await consumer_of(reader)):
                await teller.tell("another")
                await until(lambda: seen(reader), 2)
                await asyncio.sleep(1.5)  # longer than ack_wait: the first was delivered again by now
        assert await seen(reader) == 2

    async def test_nats_killed_and_stopped_for_a_while(self, engines: Engines, teller: Side, reader: Side) -> None:
        async with working(await relay_of(teller), await consumer_of(reader)):
            await teller.tell()
            await until(lambda: seen(reader), 1)
            os.kill(engines.supervisor.pid("nats"), signal.SIGKILL)
            for _ in range(20):
                await teller.tell()
            await engines.supervisor.ready()
            await until(lambda: seen(reader), 21, within=240)
            os.kill(engines.supervisor.pid("nats"), signal.SIGSTOP)
            await teller.tell()
            await asyncio.sleep(7)  # longer than an ack is waited for: the relay gave up at least once
            assert await seen(reader) == 21
            os.kill(engines.supervisor.pid("nats"), signal.SIGCONT)
            await until(lambda: seen(reader), 22, within=240)

    async def test_postgres_killed(self, engines: Engines, teller: Side, reader: Side) -> None:
        async with working(await relay_of(teller), await consumer_of(reader)):
            await teller.tell()
            await until(lambda: seen(reader), 1)
            superuser = await asyncpg.connect(engines.superuser_url("postgres"))
            await superuser.execute("checkpoint")  # how long the server recovers from a whole run's writes is not what is tested
            await superuser.close()
            os.kill(engines.supervisor.pid("postgres"), signal.SIGKILL)
            await engines.supervisor.ready()
            await _retried(teller)
            await until(lambda: _or_none(seen(reader)), 2, within=240)


async def _retried(side: Side) -> None:
    for _ in range(50):
        try:
            await side.tell()
        except Exception:  # noqa: BLE001 - the pool still holds connections of the dead server
            await asyncio.sleep(0.1)
        else:
            return


async def _or_none(asked: Awaitable[int]) -> int | None:
    try:
        return await asked
    except Exception:  # noqa: BLE001 - as above
        return None


class TestInbox:
    async def test_a_duplicate_delivery_takes_effect_once(self, teller: Side, reader: Side) -> None:
        bus, body = await teller.bus(), an_event()
        for number in range(3):  # as if the window in which NATS drops repeats had passed
            await bus.jetstream.publish(ThingMade.nats_subject(), body, headers={"Nats-Msg-Id": f"{uuid4()}-{number}"})
        await bus.jetstream.publish(ThingMade.nats_subject(), an_event())
        async with working(await consumer_of(reader)):
            await until(lambda: seen(reader), 2)
            await until(lambda: reader.count("select count(*) from inbox"), 2)
        assert await seen(reader) == 2

    @pytest.mark.parametrize(
        "body",
        [an_event("poison"), b"{", b'{"type": "bd.probashi.unknown.v1"}', b"\xff\xfe"],
        ids=["poison", "broken", "unknown", "no-utf8"],
    )
    async def test_poison_is_parked_and_the_others_pass(self, teller: Side, reader: Side, body: bytes) -> None:
        bus = await teller.bus()
        for one in (an_event(), body, an_event()):
            await bus.jetstream.publish(ThingMade.nats_subject(), one)
        async with working(await consumer_of(reader)):
            await until(lambda: seen(reader), 2)
            await until(lambda: reader.count("select count(*) from dead_letter"), 1)
        assert await reader.count("select deliveries from dead_letter") == 8
        assert await reader.count("select count(*) from dead_letter where error like '%no handler can bear%'") == 0

    async def test_a_parked_event_is_replayed_once(self, teller: Side, reader: Side) -> None:
        bus = await teller.bus()
        await bus.jetstream.publish(ThingMade.nats_subject(), an_event("poison"))
        async with working(await consumer_of(reader)):
            await until(lambda: reader.count("select count(*) from dead_letter"), 1)
        async with reader.sessions.begin() as session:
            letter: UUID = (await session.execute(text("select id from dead_letter"))).scalar_one()
            await session.execute(text("update dead_letter set envelope = :body"), {"body": an_event("mended")})
        async with reader.sessions.begin() as session:
            await replay(session, SUBSCRIPTION, letter)
        assert await seen(reader) == 1
        with pytest.raises(LookupError):
            async with reader.sessions.begin() as session:
                await replay(session, SUBSCRIPTION, letter)


class TestManyEvents:
    @pytest.mark.parametrize("number", [2_000, pytest.param(10_000, marks=pytest.mark.full)])
    async def test_thousands_with_failures_now_and_then_take_effect_once_each(self, teller: Side, reader: Side, number: int) -> None:
        rows = [outbox_row(ThingMade(name="thing"), subject=uuid4(), sequence=1) for _ in range(number)]
        async with teller.sessions.begin() as session:
            await session.execute(insert(outbox), rows)
        failed: set[UUID] = set()

        async def now_and_then(session: AsyncSession, events: Sequence[Received[ThingMade]]) -> None:
            await note(session, events)
            for one in events:
                if one.envelope.id.int % (number // 25) == 0 and one.envelope.id not in failed:
                    failed.add(one.envelope.id)
                    raise RuntimeError("once for each of these")

        moody = replace(SUBSCRIPTION, handle=now_and_then, ack_wait_s=5.0)
        replicas = [Consumer(await reader.bus(), reader.sessions, moody, delays_s=QUICK).run for _ in range(2)]
        async with working(await relay_of(teller), *replicas):
            await until(lambda: seen(reader), number, within=240)
        assert failed
        assert await reader.count("select count(distinct event_id) from seen") == number
        assert await reader.count("select count(*) from inbox") == number
        assert await reader.count("select count(*) from dead_letter") == 0

    async def test_an_outage_does_not_count_towards_parking(self, engines: Engines, teller: Side, reader: Side) -> None:
        tried = 0

        async def noted(_: AsyncSession, events: Sequence[Received[ThingMade]]) -> None:
            nonlocal tried
            tried += len(events)
            raise RuntimeError("in vain")

        await teller.tell()
        consumer = Consumer(await reader.bus(), reader.sessions, replace(SUBSCRIPTION, handle=noted), delays_s=QUICK)
        superuser = await asyncpg.connect(engines.superuser_url("kitreader"))
        await superuser.execute("alter role kitreader connection limit 0")
        await superuser.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'kitreader'")
        try:
            async with working(await relay_of(teller), consumer.run):
                await asyncio.sleep(3)
                await superuser.execute("alter role kitreader connection limit -1")
                await until(lambda: _or_none(reader.count("select count(*) from dead_letter")), 1)
        finally:
            await superuser.execute("alter role kitreader connection limit -1")
            await superuser.close()
        assert tried >= 5, f"parked after {tried} tries of its own"


class TestRelay:
    async def test_a_second_replica_takes_over(self, teller: Side, reader: Side) -> None:
        async with working(await consumer_of(reader)):
            async with working(await relay_of(teller), await relay_of(teller)):
                await teller.tell()
                await until(lambda: seen(reader), 1)
            async with working(await relay_of(teller)):
                await teller.tell()
                await until(lambda: seen(reader), 2)

    async def test_rotation_makes_partitions_ahead_and_drops_only_what_was_sent(self, engines: Engines, teller: Side) -> None:
        owner = await asyncpg.connect(engines.database_url("kittest", owner=True))
        try:
            for day in ("20200101", "20200102"):
                text_day = f"{day[:4]}-{day[4:6]}-{day[6:]}"
                await owner.execute(
                    f"create table outbox_{day} partition of outbox for values from ('{text_day}') to ('{text_day}'::date + 1)"
                )
                await owner.execute(
                    "insert into outbox (day, id, nats_subject, envelope, restricted, created_at, sent_at)"
                    " values ($1, gen_random_uuid(), 'x', '', false, now(), $2)",
                    datetime.strptime(day, "%Y%m%d").date(),  # noqa: DTZ007
                    datetime.now(UTC) if day.endswith("1") else None,
                )
            async with teller.sessions.begin() as session:
                await session.execute(text("select outbox_rotate()"))
            left = await owner.fetchval("select array_agg(relname::text order by 1) from pg_class where relname ~ '^outbox_[0-9]{8}$'")
            assert "outbox_20200101" not in left
            assert "outbox_20200102" in left
            assert f"outbox_{datetime.now(UTC):%Y%m%d}" in left
            await owner.execute("drop table outbox_20200102")
        finally:
            await owner.close()


class TestPermissions:
    """The server, not our own code, keeps a service to what it declared."""

    async def test_a_reader_cannot_publish_what_it_hears(self, reader: Side) -> None:
        bus = await reader.bus()
        with pytest.raises(nats.errors.Error):
            await bus.client.jetstream(timeout=1).publish(ThingMade.nats_subject(), an_event())

    async def test_a_stranger_is_refused(self, engines: Engines) -> None:
        bus = Bus(engines.nats_url("kittest").replace(":", ":wrong", 2).replace("nats:wrong", "nats:"), "kittest")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(bus.connect(), 2)
        assert bus.last_error is not None
        await bus.close()
