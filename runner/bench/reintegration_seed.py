"""Half a million returnees with sealed names and blind keys made as the service makes them, and what followed for a part of them.

People are made and sealed here and go in by COPY; cases, assessments, plans, reviews, referrals and tasks are made of them inside
PostgreSQL, with one sealed value each: what these say is never read by a query. Indexes are made after the rows.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any, Final
from uuid import UUID

import asyncpg

from contracts.days import DHAKA
from kit.crypto import Keyring
from kit.ids import new_id
from kit.papers import document_key
from kit.reference import make
from runner.bench.kept import without_indexes
from runner.bench.people import People
from runner.keys import keyring
from runner.suite import Suite
from services.reintegration.casework.instrument import INSTRUMENT
from services.reintegration.matching.service import Person, keys_of
from services.reintegration.schemas import LISTS

YEARS: Final = 3
AT_ONCE: Final = 20_000
PEOPLE: Final = ("returnee", "returnee_document", "returnee_key")
FOLLOWED: Final = (
    *("reintegration_case", "case_assessment", "case_plan", "case_review", "plan_goal"),
    *("help_provider", "help_referral_sent", "urgent_task"),
)
SEALED: Final = ("name", "name_bn", "phone", "father", "mother", "village")
PLAIN: Final = ("sex", "age_band", "district", "country", "return_reason", "birth_year")
RETURNEE: Final = (
    *("id", "reference", "version", *SEALED, "phone_index", *PLAIN, "returned_on", "lists_version", "flags", "restricted"),
    *("registered_by", "registered_at"),
)

# Every fourth has a case, five in six of those a plan; a case of more than 14 months is closed. Shares as in a good year of one project.
_FOLLOWED: Final = (
    """
    insert into reintegration_case (id, reference, version, returnee_id, status, needs, plan_due, opened_by, opened_at, closed_at,
        closing_reason, closing_proposed_by, closing_proposed_at, closed_by)
    select gen_random_uuid(), c.reference, 3, r.id, case when c.old then 'closed' else 'open' end,
        array[(array['job', 'loan', 'training', 'debt', 'health', 'business', 'skills_certificate'])[1 + c.n % 7], 'job'],
        greatest(r.returned_on, (r.registered_at at time zone 'Asia/Dhaka')::date) + 30, 'officer-' || c.n % 300, r.registered_at,
        case when c.old then r.registered_at + interval '13 months' end, case when c.old then 'goals_reached' end,
        case when c.old then 'officer-1' end, case when c.old then r.registered_at + interval '13 months' end,
        case when c.old then 'officer-2' end
    from (select s.n, s.id, s.reference, r.registered_at < now() - interval '14 months' as old
          from seeded_case s join returnee r on r.id = s.id) c join returnee r on r.id = c.id
    """,
    "create temporary table followed as select c.*, row_number() over (order by c.opened_at) as n from reintegration_case c",
    "analyze followed",
    """
    insert into case_assessment (id, case_id, number, instrument, answers, economic, social, psychosocial, answered, made_by, made_at)
    select gen_random_uuid(), f.id, a.number, $1, $2, (20 + f.n % 37 + a.number * (f.n % 9))::smallint,
        (30 + f.n % 31 + a.number * (f.n % 6))::smallint,
        case when f.n % 5 > 0 then (40 + f.n % 23 + a.number * (f.n % 7))::smallint end, '{5,5,3}', f.opened_by, f.opened_at + a.after
    from followed f cross join (values (0, interval '3 days'), (1, interval '6 months'), (2, interval '12 months')) a (number, after)
    where f.n % 12 > 0 and f.opened_at + a.after < now() and (a.number = 0 or f.n % 3 > 0)
    """,
    """
    insert into case_plan select id, true, opened_by, opened_at + interval '20 days' from followed
    where n % 6 > 0 and opened_at + interval '20 days' < now()
    """,
    """
    insert into case_review (case_id, number, district, due_on, held_on, held_by, confirmed)
    select p.case_id, v.number, r.district, (p.made_at + v.after)::date, case when v.held then (p.made_at + v.after)::date end,
        case when v.held then p.made_by end, case when v.held then 'yes' end
    from case_plan p join followed f on f.id = p.case_id join returnee r on r.id = f.returnee_id
    cross join lateral (select g.number, g.after, p.made_at + g.after < now() and (f.n + g.number) % 4 > 0 as held
        from (values (1, interval '3 months'), (2, interval '6 months'), (3, interval '9 months'),
            (4, interval '12 months')) g (number, after)) v
    """,
    """
    insert into plan_goal (id, case_id, dimension, words, help, who, due_on, state, state_at)
    select gen_random_uuid(), p.case_id, 'economic', $2, null, 'office', (p.made_at + interval '6 months')::date,
        case when f.closed_at is null then 'open' else 'reached' end, p.made_at
    from case_plan p join followed f on f.id = p.case_id
    """,
    """
    insert into help_provider (id, version, kind, name_en, name_bn, org, district, helps, places, open_from, source, added_by, added_at)
    select gen_random_uuid(), 1, 'ngo', 'Bench body ' || d || ' (fictional)', 'নমুনা প্রতিষ্ঠান ' || d, null, 'BD-' || lpad(d::text, 2, '0'),
        '{training,counselling,business_start,pkb_loan}', 40, date '2020-01-01', 'bench', 'bench', now() from generate_series(1, 64) d
    """,
    """
    insert into help_referral_sent (id, version, returnee_id, case_id, provider_id, help, state, sent_by, sent_at, accept_by, answered_at,
        delivered_at, outcome, confirmed, confirmed_at, ended_at)
    select gen_random_uuid(), 4, f.returnee_id, f.id, b.id, b.helps[1 + f.n % 4], s.state, f.opened_by, s.at,
        s.at + interval '5 days', s.at,
        case when s.done then s.at end, case when s.done then 'given' end,
        case when s.done then (array['came', 'came', 'came', 'partly', 'did_not_come'])[1 + f.n % 5] end, case when s.done then s.at end,
        case when s.state in ('confirmed', 'declined') then s.at + interval '40 days' end
    from followed f join returnee r on r.id = f.returnee_id join help_provider b on b.district = r.district
    cross join lateral (select case when f.n % 10 = 0 then 'declined' when f.opened_at > now() - interval '3 months' then 'accepted'
        else 'confirmed' end as state, f.n % 10 > 0 and f.opened_at <= now() - interval '3 months' as done,
        f.opened_at + interval '25 days' as at) s
    where f.n % 3 > 0
    """,
    """
    insert into urgent_task (id, version, returnee_id, flag, restricted, district, opened_at, due_at, done_by, done_at, outcome)
    select gen_random_uuid(), 1, r.id, f.flag, r.restricted, r.district, r.registered_at, r.registered_at + interval '4 hours',
        case when t.done then 'officer-7' end, case when t.done then r.registered_at + interval '3 hours' end,
        case when t.done then 'helped' end
    from returnee r cross join lateral unnest(r.flags) f (flag)
    cross join lateral (select r.registered_at < now() - interval '2 days' as done) t
    """,
)


async def seed(running: Suite, returnees: int) -> dict[str, Any]:
    """Nothing where the data set is there already: it is kept from one run to the next. Gives what is stored."""
    connection = await asyncpg.connect(running.database_url("reintegration", owner=True), command_timeout=1800)
    try:
        if await connection.fetchval("select count(*) from returnee") < returnees:
            keys = Keyring.load(keyring(running.place, "reintegration"), service="reintegration")
            async with connection.transaction():
                await _fill(connection, keys, returnees)
            for table in (*PEOPLE, *FOLLOWED):  # as autovacuum would overnight
                await connection.execute(f"vacuum analyze {table}")
        sizes = "select relname, n_live_tup from pg_stat_user_tables where relname = any($1)"
        return {row[0]: row[1] for row in await connection.fetch(sizes, [*PEOPLE, *FOLLOWED])}
    finally:
        await connection.close()


async def _fill(connection: asyncpg.Connection, keys: Keyring, returnees: int) -> None:
    await connection.execute("create temporary table seeded_case (n integer, id uuid, reference text)")
    made = await without_indexes(connection, [*PEOPLE, *FOLLOWED])
    await connection.execute("alter table returnee_key drop constraint returnee_key_pkey")
    people, case_references = _rows(keys, returnees, datetime.now(UTC)), _references("K")
    while chunk := list(islice(people, AT_ONCE)):
        await connection.copy_records_to_table("returnee", records=[one[0] for one in chunk], columns=list(RETURNEE))
        papers = [paper for one in chunk for paper in one[1]]
        columns = ["id", "returnee_id", "kind", "number", "number_index"]
        await connection.copy_records_to_table("returnee_document", records=papers, columns=columns)
        shared = [key for one in chunk for key in one[2]]
        await connection.copy_records_to_table("returnee_key", records=shared, columns=["returnee_id", "kind", "value"])
        cases = [(one[3], one[0][0], next(case_references)) for one in chunk if one[3] % 4 == 0]
        await connection.copy_records_to_table("seeded_case", records=cases)
    await connection.execute("alter table returnee_key add primary key (kind, value, returnee_id)")
    for definition in made:
        await connection.execute(definition)
    await connection.execute("analyze returnee")
    answers, words = keys.seal("{}", "case_assessment.answers"), keys.seal("নমুনা", "plan_goal.words")
    for statement in _FOLLOWED:
        given = {"case_assessment": (INSTRUMENT.version, answers), "plan_goal": (words,)}
        table = next((name for name in given if f"insert into {name}" in statement), "")
        await connection.execute(statement if table != "plan_goal" else statement.replace("$2", "$1"), *given.get(table, ()))


Row = tuple[tuple[Any, ...], list[tuple[Any, ...]], list[tuple[Any, ...]], int]


def _rows(keys: Keyring, returnees: int, now: datetime) -> Iterator[Row]:
    """Evenly over the years, each with its papers and keys, and its number."""
    people = People(2026, now.astimezone(DHAKA).date(), telephones=max(100, returnees * 4 // 5))
    for number, person, reference in zip(range(returnees), people, _references("R"), strict=False):
        identity, at = new_id(), now - timedelta(days=365 * YEARS * (1 - number / returnees), minutes=1)
        flags = ["medical"] if number % 50 == 0 else ["abuse"] if number % 150 == 1 else []
        returned_on = min(date.fromisoformat(person["returned_on"]), at.date())
        sealed = [keys.seal(person[name], f"returnee.{name}") if name in person else None for name in SEALED]
        phone = keys.blind_index(person["phone"], "phone")
        plain = [person.get(name) for name in PLAIN]
        is_restricted = "abuse" in flags
        row = (identity, reference, 1, *sealed, phone, *plain, returned_on, LISTS.version, flags, is_restricted, "bench", at)
        shared = [(identity, kind, value) for kind, value in keys_of(keys, compared(person))]
        yield row, _papers(keys, identity, person["documents"]), shared, number


def _references(prefix: str) -> Iterator[str]:
    """Each once: of some hundred thousand, two are the same by chance every few times."""
    made: set[str] = set()
    while True:
        if (reference := make(prefix)) not in made:
            made.add(reference)
            yield reference


def compared(person: dict[str, Any]) -> Person:
    """As the service compares it."""
    return Person(
        names=(person["name"], person["name_bn"]),
        father=person.get("father"),
        mother=person.get("mother"),
        village=person.get("village"),
        phones=(person["phone"],),
        birth_year=person.get("birth_year"),
        district=person["district"],
        sex=person["sex"],
        papers=tuple((one["kind"], one["number"]) for one in person["documents"]),
    )


def _papers(keys: Keyring, returnee_id: UUID, papers: Sequence[dict[str, str]]) -> list[tuple[Any, ...]]:
    return [
        (
            new_id(),
            returnee_id,
            one["kind"],
            keys.seal(one["number"], "returnee_document.number"),
            keys.blind_index(document_key(one["number"]), "document"),
        )
        for one in papers
    ]
