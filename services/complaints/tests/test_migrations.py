"""What a migration does with rows that are there already: money of cases becomes redress, and nothing that is owed or paid is lost."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID, uuid4

import asyncpg
import pytest

from kit.migrations import upgrade
from runner import postgres
from runner.testing import Engines

COMPLAINT = """
insert into complaint (id, reference, version, kind, category, taxonomy_version, severity, status, channel, language, office, restricted,
                       country, reporter_relation,
                       victim_sex, victim_age_band, victim_disability, may_call, lodged_by, lodged_at, changed_at,
                       narrative, on_hold, risk)
values ($1, $2, 1, 'death', 'death', '1', 3, 'assigned', 'phone', 'bn', 'wing-SA', false, 'SA', 'family', 'male', '25_34', 'unknown', 'yes',
        'agent', now(), now(), 'sealed', false, 'none')
"""
MONEY = """
insert into file_money (id, complaint_id, kind, payer, currency, claimed, claimed_on, agreed, agreed_on, dropped_on, is_grant, recorded_at,
                        recorded_by)
values ($1, $2, $3, $4, $5, $6, '2026-01-05', $7, case when $7::bigint is not null then '2026-02-01'::date end, $8, $9, now(), 'wing')
"""
PAYMENT = "insert into file_payment values ($1, $2, $3, '2026-03-01', $4, now(), 'wing')"
LINES = """
select head, payer, currency, claimed, ordered, basis, given_up_reason, is_grant, settled_on is not null as settled,
       (select sum(amount) from redress_payment where line_id = redress_line.id) as paid
from redress_line where complaint_id = $1 order by head, payer
"""


@pytest.fixture
async def before(engines: Engines) -> AsyncIterator[tuple[str, asyncpg.Connection]]:
    """A database as it stood before money of cases became redress, and its owner's address."""
    await postgres.prepare(engines.place, engines.secrets, ["beforemoney"])
    url = engines.database_url("beforemoney", owner=True)
    await upgrade("complaints", url, to="0009")
    connection = await asyncpg.connect(url)
    try:
        yield url, connection
    finally:
        await connection.execute("drop schema public cascade; create schema public")
        await connection.close()


async def case(connection: asyncpg.Connection, number: int) -> UUID:
    identity = uuid4()
    await connection.execute(COMPLAINT, identity, f"C-{number:04}-0000")
    return identity


class TestMoneyOfCases:
    async def test_becomes_redress_with_all_that_was_paid(self, before: tuple[str, asyncpg.Connection]) -> None:
        url, connection = before
        one = await case(connection, 1)
        wages, again, grant, gone = uuid4(), uuid4(), uuid4(), uuid4()
        await connection.execute(MONEY, wages, one, "wages", "employer", "SAR", 900, 700, None, False)
        await connection.execute(MONEY, again, one, "wages", "employer", "SAR", 100, None, None, False)
        await connection.execute(MONEY, uuid4(), one, "cost_of_return", "agency", "BDT", 50, None, None, False)
        await connection.execute(MONEY, grant, one, "transport_burial", "welfare_board", "BDT", 3_500_000, 3_500_000, None, True)
        await connection.execute(MONEY, gone, one, "insurance", "insurer", "SAR", 60, 0, None, False)
        for line, amount, proof in ((wages, 300, "bank"), (again, 40, "family_confirmed"), (grant, 3_500_000, "cheque")):
            await connection.execute(PAYMENT, uuid4(), line, amount, proof)
        await upgrade("complaints", url)
        rows = [tuple(row) for row in await connection.fetch(LINES, one)]
        assert rows == [
            ("insurance", "insurer", "SAR", 60, None, None, "nothing_owed", False, False, None),
            ("ticket", "agency", "BDT", 50, None, None, None, False, False, None),
            ("transport_burial", "welfare_board", "BDT", 3_500_000, 3_500_000, "agreement", None, True, True, 3_500_000),
            ("wages", "employer", "SAR", 1000, 800, "agreement", None, False, False, 340),
        ]
        assert await connection.fetchval("select id from redress_line where head = 'transport_burial'") == grant
        assert await connection.fetchval("select redress_state from complaint where id = $1", one) == "partly_paid"
        ways = await connection.fetch("select way, confirmed_with from redress_payment order by amount")
        assert [tuple(row) for row in ways] == [("other", "family"), ("bank", "statement"), ("cheque", "receipt")]

    async def test_the_state_is_what_the_rules_say(self, before: tuple[str, asyncpg.Connection]) -> None:
        url, connection = before
        stood = [("claimed", None, 0, False), ("ordered", 80, 0, False), ("paid", 80, 80, False), ("given_up", None, 0, True)]
        found: dict[UUID, str] = {}
        for number, (state, agreed, paid, dropped) in enumerate(stood):
            one, line = await case(connection, number), uuid4()
            day = date(2026, 4, 1) if dropped else None
            await connection.execute(MONEY, line, one, "wages", "employer", "SAR", 100, agreed, day, False)
            if paid:
                await connection.execute(PAYMENT, uuid4(), line, paid, "bank")
            found[one] = state
        await upgrade("complaints", url)
        rows = await connection.fetch("select id, redress_state from complaint")
        assert {row["id"]: row["redress_state"] for row in rows} == found
