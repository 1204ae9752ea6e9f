"""A million complaints with their histories, deadlines, stays and timers, as the owner: keys by COPY, rows made of them inside PostgreSQL.

The spread is that of the sources: most about the Gulf, a third by women, seven in eight decided. Sealed fields hold one sealed value each:
what they say is never read by a query. Indexes are made after the rows.
"""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from kit.crypto import Keyring
from kit.reference import make
from runner.bench.kept import without_indexes
from runner.keys import keyring
from runner.suite import Suite
from services.complaints.clocks.opening import VERSION
from services.complaints.offices import OFFICES
from services.complaints.taxonomy import load

YEARS: Final = 2
TABLES: Final = ("complaint", "happening", "deadline", "holding", "timer", "access_log")
COUNTRIES: Final = {"SA": 40, "AE": 12, "MY": 10, "OM": 8, "QA": 8, "KW": 6, "SG": 4, "LB": 4, "JO": 3, "BH": 2, "IT": 2, "LY": 1}
SEALED: Final = ("reporter_name", "reporter_phone", "victim_name", "victim_phone", "respondent_name", "narrative")
EXPLAINED: Final = {"limit": ["working_days", 30], "next_day": True, "version": VERSION, "segments": []}

_COMPLAINTS: Final = """
insert into complaint (id, reference, version, kind, status, severity, office, assignee, decision, decided_at, decided_by,
    decided_office, resolved_at, channel, language, caller_safe, category, taxonomy_version, restricted,
    country, district, reporter_relation, reporter_name,
    reporter_phone, reporter_phone_index, victim_name, victim_phone, victim_phone_index, respondent_name, narrative, victim_sex,
    victim_age_band, victim_disability, respondent_kind, respondent_licence, occurred_on, may_call, lodged_by, lodged_by_org, lodged_at,
    changed_at, redress_state, on_hold, contact_rule, due_at, due_clock, risk, seat, escalated_at, look_at, reporter_sound_key)
select s.id, s.reference, case when s.done then 4 else 2 end, p.kind, case when s.done then 'resolved' else 'investigating' end, p.severity,
    p.office, case when s.done or s.n % 5 > 0 then 'officer-' || s.n % 400 end,
    case when s.done then (array['upheld', 'partly', 'rejected', 'withdrawn', 'redirected'])[1 + s.n % 5] end,
    case when s.done then s.lodged_at + interval '40 days' end, case when s.done then 'officer-' || s.n % 400 end,
    case when s.done then p.office end, case when s.done then s.lodged_at + interval '40 days' end,
    (array['phone', 'phone', 'web', 'counter', 'wing', 'udc', 'ngo'])[1 + s.n % 7], 'bn', true, p.category, p.version, p.restricted,
    p.country, 'BD-' || lpad((1 + s.n % 64)::text, 2, '0'), 'self', $1, $2, decode(md5('p' || s.n % 700000), 'hex'), $3, $4,
    decode(md5('v' || s.n % 700000), 'hex'), $5, $6, case when s.n % 3 = 0 then 'female' else 'male' end,
    (array['18_24', '25_34', '25_34', '35_44', '45_plus', 'unknown'])[1 + s.n % 6], case when s.n % 40 = 0 then 'yes' else 'no' end,
    'agency', 'RL-' || lpad((s.n % 2500)::text, 4, '0'), (s.lodged_at - interval '90 days')::date, true, 'agent-' || s.n % 60,
    case when s.n % 7 = 6 then 'ngo-' || s.n % 30 end, s.lodged_at, s.lodged_at, 'nothing_claimed', false, '{}',
    case when not s.done then s.due end, case when not s.done then 'investigation' end,
    case when s.done then 'none' when s.due < now() then 'breached' when s.n % 9 = 0 then 'at_risk' else 'none' end,
    case when not s.done and s.due < now() then p.office || '.head' end, case when not s.done and s.due < now() then s.due end,
    case when not s.done then now() + interval '1 day' + (s.n % 60) * interval '1 day' end, decode(md5('s' || s.n % 400000), 'hex')
from seed s join pick p on p.n = s.n % 1000
"""
_HISTORY: Final = (
    """
    insert into happening (id, complaint_id, version, at, by, office, kind, status, detail)
    select gen_random_uuid(), s.id, v.version, s.lodged_at + v.after, 'officer-' || s.n % 400, p.office, v.kind, v.status, '{}'
    from seed s join pick p on p.n = s.n % 1000
    cross join (values (1, interval '0', 'lodged', 'lodged'), (2, interval '2 days', 'taken', 'investigating'),
        (3, interval '30 days', 'decision_proposed', 'for_approval'), (4, interval '40 days', 'decided', 'resolved'))
        v (version, after, kind, status)
    where s.done or v.version < 3
    """,
    """
    insert into deadline
    select s.id, d.clock, 1, case when s.done or d.clock = 'first_response' then 'met' else 'running' end, s.lodged_at,
        s.lodged_at + d.span * 0.8, case d.clock when 'investigation' then s.due else s.lodged_at + d.span end,
        case when s.done then s.lodged_at + interval '40 days' when d.clock = 'first_response' then s.lodged_at + interval '1 day' end,
        $1, $2, '[]'
    from seed s cross join (values ('first_response', interval '2 days'), ('next_update', interval '14 days'),
        ('investigation', interval '44 days'), ('charter', interval '92 days')) d (clock, span)
    """,
    """
    insert into holding select s.id, s.lodged_at, s.lodged_at + interval '40 days', p.office, p.restricted, null, 200 * 3600
    from seed s join pick p on p.n = s.n % 1000 where s.done
    """,
    """
    insert into timer (id, due, kind, record, payload, next_try)
    select gen_random_uuid(), look_at, 'complaint-clock', id, '{}', look_at from complaint where look_at is not null
    """,
)


async def seed(running: Suite, complaints: int) -> dict[str, Any]:
    """Nothing where the data set is there already: it is kept from one run to the next. Gives what is stored, and how long it took."""
    connection = await asyncpg.connect(running.database_url("complaints", owner=True), command_timeout=1800)
    try:
        there = await connection.fetchval("select count(*) from complaint")
        if there < complaints:
            await connection.execute("update timer set next_try = now() + interval '1 day' where done_at is null")
            await _fill(connection, Keyring.load(keyring(running.place, "complaints"), service="complaints"), complaints)
            await _count_figures(connection)
        sizes = "select relname, n_live_tup from pg_stat_user_tables where relname = any($1)"
        return {row[0]: row[1] for row in await connection.fetch(sizes, list(TABLES))}
    finally:
        await connection.close()


async def _fill(connection: asyncpg.Connection, keys: Keyring, complaints: int) -> None:
    await connection.execute(
        "create temporary table seed (n integer, id uuid, reference text, lodged_at timestamptz, due timestamptz, done boolean)"
    )
    await connection.execute(
        "create temporary table pick (n integer, category text, kind text, severity smallint, restricted boolean, office text,"
        " country text, version text)"
    )
    chance = random.Random(2026)  # noqa: S311 - the same data set each time
    await connection.copy_records_to_table("pick", records=list(_picks(chance)))
    await connection.copy_records_to_table("seed", records=_seeds(chance, complaints))
    await connection.execute("analyze seed, pick")
    sealed = [keys.seal("নমুনা", f"complaint.{name}") for name in SEALED]
    async with connection.transaction():
        made = await without_indexes(connection, TABLES)
        await connection.execute(_COMPLAINTS, *sealed)
        for statement in _HISTORY:
            arguments = (VERSION, json.dumps(EXPLAINED)) if "$1" in statement else ()
            await connection.execute(statement, *arguments)
        for definition in made:
            await connection.execute(definition)
    for table in TABLES:  # as autovacuum would overnight
        await connection.execute(f"vacuum analyze {table}")


def _picks(chance: random.Random) -> Iterator[tuple[Any, ...]]:
    """A thousand kinds of complaint, each with the office that answers for it."""
    taxonomy = load()
    for number in range(1000):
        category = chance.choice(taxonomy.categories)
        country = chance.choices([*COUNTRIES], [*COUNTRIES.values()])[0]
        office = OFFICES.responsible(category.office, country=country, district=f"BD-{1 + number % 64:02}")
        yield number, category.code, category.kind, category.severity, category.restricted, office, country, taxonomy.version


def _seeds(chance: random.Random, complaints: int) -> Iterator[tuple[Any, ...]]:
    """Evenly over the years, one in eight still open and most of those recent."""
    now = datetime.now(UTC)
    references: set[str] = set()
    while len(references) < complaints:
        references.add(make("C"))
    for number in range(complaints):
        age = timedelta(days=365 * YEARS * (1 - number / complaints), minutes=1)
        lodged_at = now - age
        done = age > timedelta(days=60) and chance.random() > 0.05  # noqa: PLR2004 - one in twenty is never decided
        milliseconds = int(lodged_at.timestamp() * 1000)
        identity = UUID(int=milliseconds << 80 | 7 << 76 | chance.getrandbits(12) << 64 | 2 << 62 | chance.getrandbits(62))
        yield number, identity, references.pop(), lodged_at, lodged_at + timedelta(days=44), done


async def _count_figures(connection: asyncpg.Connection) -> None:
    await connection.execute("delete from figure_state")
    await connection.execute("update timer set next_try = now() where kind = 'complaint-figures' and done_at is null")
    await connection.execute("select pg_notify('timer', '')")
