"""The plumbing's tables do not grow for ever, and housekeeping stands in nobody's way."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text

from kit import housekeeping
from kit.housekeeping import KEPT, keep_house
from kit.testing.facts import Side
from kit.testing.waiting import until
from runner.testing import Engines

ROW = {
    "inbox": "insert into inbox (consumer, event_id, received_at) values ('c', gen_random_uuid(), {at})",
    "idempotency": "insert into idempotency values ('c', gen_random_uuid()::text, '', null, '', {at})",
    "timer": "insert into timer (id, due, kind, record, payload, next_try, done_at)"
    " values (gen_random_uuid(), now(), 'k', gen_random_uuid(), '{{}}', now(), {at})",
}


@pytest.fixture
async def owner(engines: Engines, teller: Side) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(engines.database_url(teller.name, owner=True))
    yield connection
    await connection.close()


async def in_house(side: Side, table: str, expected: int) -> None:
    task = asyncio.create_task(keep_house(side.url))
    try:
        await until(lambda: side.count(f"select count(*) from {table}"), expected)
    finally:
        task.cancel()
        await asyncio.wait([task])


class TestOldRows:
    @pytest.mark.parametrize(("table", "days"), [(table, days) for table, _, days in KEPT])
    async def test_go_and_younger_ones_stay(
        self, teller: Side, owner: asyncpg.Connection, table: str, days: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(housekeeping, "BATCH", 2)
        for age in (*range(days - 3, days), *range(days + 1, days + 6)):
            await owner.execute(ROW[table].format(at=f"now() - interval '{age} days'"))
        await in_house(teller, table, 3)
        assert await teller.count(f"select count(*) from {table} where true") == 3

    async def test_a_timer_that_has_not_fired_stays_however_old(self, teller: Side, owner: asyncpg.Connection) -> None:
        await owner.execute(ROW["timer"].format(at="null"))
        await owner.execute("update timer set due = now() - interval '900 days', next_try = due")
        await owner.execute(ROW["timer"].format(at="now() - interval '900 days'"))
        await in_house(teller, "timer", 1)

    async def test_are_found_by_an_index(self, teller: Side) -> None:
        async with teller.sessions() as session:
            await session.execute(text("set local enable_seqscan = off"))
            for table, column, _ in KEPT:
                plan = (await session.execute(text(f"explain select ctid from {table} where {column} < now()"))).scalars().all()
                assert f"{table}_age" in "".join(plan)


class TestOutbox:
    async def test_has_its_partitions_from_the_first_migration_on(self, teller: Side) -> None:
        await teller.tell()
        assert await teller.count("select count(*) from outbox") == 1
        assert await teller.count("select count(*) from outbox_other") == 0

    async def test_what_lies_in_no_partition_goes_when_it_was_sent(self, teller: Side, owner: asyncpg.Connection) -> None:
        for sent in ("now()", "null"):
            await owner.execute(
                "insert into outbox (day, id, nats_subject, envelope, restricted, created_at, sent_at)"
                f" values ('2020-01-01', $1, 'x', '', false, now(), {sent})",
                uuid4(),
            )
        await in_house(teller, "outbox_other", 1)

    async def test_gives_way_to_a_long_transaction(self, engines: Engines, teller: Side, owner: asyncpg.Connection) -> None:
        """Neither does the rotation wait for it, nor any other write behind the rotation."""
        tomorrow = await owner.fetchval("select 'outbox_' || to_char((now() at time zone 'utc')::date + 1, 'YYYYMMDD')")
        await owner.execute(f"drop table {tomorrow}")
        long = await asyncpg.connect(engines.database_url(teller.name))
        async with long.transaction():
            await long.execute("select count(*) from outbox")
            with pytest.raises(asyncpg.LockNotAvailableError):
                await asyncio.wait_for(owner.execute("select outbox_rotate()"), 60)
        await long.close()
        await owner.execute("select outbox_rotate()")
        assert await owner.fetchval("select to_regclass($1)", tomorrow) is not None

    async def test_cannot_be_deceived_by_a_table_of_the_same_name(self, engines: Engines, teller: Side, owner: asyncpg.Connection) -> None:
        """It runs with the owner's rights: whatever role calls it must not choose what it works on."""
        settings = await owner.fetchval("select proconfig from pg_proc where proname = 'outbox_rotate'")
        assert "search_path=public, pg_temp" in settings
        runs = await asyncpg.connect(engines.database_url(teller.name))
        try:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await runs.execute("create temp table outbox (i int)")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await runs.execute("create table public.deceit (i int)")
        finally:
            await runs.close()


async def test_there_is_none_without_plumbing(engines: Engines) -> None:
    await asyncio.wait_for(keep_house(engines.database_url("portal")), 60)
