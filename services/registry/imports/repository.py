"""Every SQL statement of imports. Those of a block are written out: a million rows pass through them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.registry.imports.models import ImportPart, ImportReport, NationalImport
from services.registry.imports.rules import WORKED_ON, Standing, State

CHANNEL: Final = "national_import"
LOCK: Final = "select pg_try_advisory_lock(hashtext('national-imports'))"
# A block asks for some ten thousand keys: a planner that takes the tables for small would read all of them each time.
PLANNER: Final = "set enable_hashjoin = off; set enable_mergejoin = off; set enable_seqscan = off"


async def add(session: AsyncSession, *rows: NationalImport | ImportPart) -> None:
    session.add_all(rows)
    await session.flush()


async def find(session: AsyncSession, identity: UUID, *, lock: bool = False) -> NationalImport | None:
    statement = select(NationalImport).where(col(NationalImport.id) == identity)
    return (await session.execute(statement.with_for_update() if lock else statement)).scalar_one_or_none()


async def list_imports(session: AsyncSession, paging: Paging) -> Sequence[NationalImport]:
    return (await session.execute(paging.of(select(NationalImport), col(NationalImport.at), col(NationalImport.id)))).scalars().all()


async def parts_of(session: AsyncSession, identity: UUID) -> Sequence[ImportPart]:
    rows = select(ImportPart).where(col(ImportPart.import_id) == identity).order_by(col(ImportPart.start))
    return (await session.execute(rows)).scalars().all()


async def forget_parts(session: AsyncSession, identity: UUID) -> None:
    await session.execute(delete(ImportPart).where(col(ImportPart.import_id) == identity))


async def forget_report(session: AsyncSession, identity: UUID) -> None:
    await session.execute(delete(ImportReport).where(col(ImportReport.import_id) == identity))


async def report_of(session: AsyncSession, identity: UUID, *, after: int, limit: int) -> Sequence[ImportReport]:
    """By line. Index scan on the primary key."""
    rows = select(ImportReport).where(col(ImportReport.import_id) == identity, col(ImportReport.line) > after)
    return (await session.execute(rows.order_by(col(ImportReport.line)).limit(limit))).scalars().all()


async def next_to_work_on(session: AsyncSession) -> NationalImport | None:
    """The one that waits longest. Index scan on national_import_waiting."""
    rows = select(NationalImport).where(col(NationalImport.state).in_(sorted(WORKED_ON))).order_by(col(NationalImport.at)).limit(1)
    return (await session.execute(rows)).scalar_one_or_none()


async def count_attempt(session: AsyncSession, identity: UUID) -> None:
    statement = update(NationalImport).where(col(NationalImport.id) == identity)
    await session.execute(statement.values(attempts=NationalImport.attempts + 1))


_KNOWN: Final = """
    select place, d.person_id from unnest($1::bytea[], $2::integer[]) as asked(number_index, place)
    join national_document d on d.number_index = asked.number_index
"""
_KNOWN_BY_CONTACT: Final = """
    select place, n.id from unnest($1::bytea[], $2::bytea[], $3::integer[]) as asked(address_index, name_key, place)
    join national_contact c on c.address_index = asked.address_index
    join national n on n.id = c.person_id and n.name_key = asked.name_key
"""
_STANDING: Final = """
    select n.id, n.country, n.state = 'abroad' and n.same_as is null as is_abroad, n.name_key,
        array(select d.number_index from national_document d where d.person_id = n.id and d.number_index is not null) as papers,
        array(select c.address_index from national_contact c where c.person_id = n.id) as contacts
    from national n where n.id = any($1::uuid[])
"""
_REFERENCES: Final = """
    select asked.reference from unnest($1::text[]) as asked(reference) join national n on n.reference = asked.reference
"""
_MOVE: Final = """
    update national_import set read_to = $4, line = $5, pace = $6, attempts = 0, rows = rows + $7, good = good + $8, warned = warned + $9,
        refused = refused + $10, known = known + $11, updates = updates + $12, taken = taken + $13
    where id = $1 and state = $2 and read_to = $3
"""


async def known_by_paper(connection: asyncpg.Connection, papers: Sequence[tuple[bytes, ...]]) -> Mapping[int, UUID]:
    """Whom each entry may be: by its place in the list, the person who has one of its papers. The earliest of several."""
    flat = [(one, place) for place, of_one in enumerate(papers) for one in of_one]
    rows = await connection.fetch(_KNOWN, [one for one, _ in flat], [place for _, place in flat])
    found: dict[int, UUID] = {}
    for place, person in rows:
        found[place] = min(person, found.get(place, person))
    return found


async def known_by_contact(
    connection: asyncpg.Connection, asked: Sequence[tuple[int, bytes | None, tuple[bytes, ...]]]
) -> Mapping[int, UUID]:
    """Of rows without a paper (place, name key, contacts): who has one of the contacts and a name that sounds the same."""
    flat = [(contact, name, place) for place, name, contacts in asked for contact in contacts]
    rows = await connection.fetch(_KNOWN_BY_CONTACT, *([one[column] for one in flat] for column in range(3)))
    found: dict[int, UUID] = {}
    for place, person in rows:
        found[place] = min(person, found.get(place, person))
    return found


async def standing(connection: asyncpg.Connection, people: Sequence[UUID]) -> Mapping[UUID, Standing]:
    rows = await connection.fetch(_STANDING, people)
    return {
        row["id"]: Standing(row["country"], row["is_abroad"], row["name_key"], frozenset(row["papers"]), frozenset(row["contacts"]))
        for row in rows
    }


async def taken_references(connection: asyncpg.Connection, references: Sequence[str]) -> frozenset[str]:
    return frozenset(row[0] for row in await connection.fetch(_REFERENCES, references))


async def copy_bytes(connection: asyncpg.Connection, table: str, columns: Sequence[str], rows: bytes) -> None:
    """`rows` in the binary form of COPY."""
    await connection.copy_to_table(table, source=_one(rows), columns=columns, format="binary")


async def _one(rows: bytes) -> Any:
    yield rows


async def add_report(connection: asyncpg.Connection, identity: UUID, report: Sequence[tuple[int, str, str]]) -> None:
    if report:
        records = [(identity, *one) for one in report]
        await connection.copy_records_to_table("national_import_report", records=records, columns=_REPORT)


async def add_to_report(connection: asyncpg.Connection, identity: UUID, report: Sequence[tuple[int, str, str]]) -> None:
    """What is said of a row beside what was said when it was judged."""
    if report:
        await connection.execute(_ADD_TO_REPORT, identity, *([one[column] for one in report] for column in range(3)))


_ADD_TO_REPORT: Final = """
    insert into national_import_report as r (import_id, line, outcome, problems)
    select $1, line, outcome, problems from unnest($2::bigint[], $3::text[], $4::text[]) as said(line, outcome, problems)
    on conflict (import_id, line) do update set outcome = excluded.outcome, problems = r.problems || ' ' || excluded.problems
"""
_REPORT: Final = ("import_id", "line", "outcome", "problems")
_UPDATE: Final = ("id", "import_id", "line", "person_id", "content", "proposed_at")


async def add_updates(connection: asyncpg.Connection, proposals: Sequence[tuple[UUID, UUID, int, UUID, bytes, datetime]]) -> None:
    if proposals:
        await connection.copy_records_to_table("national_update", records=proposals, columns=_UPDATE)


async def move(connection: asyncpg.Connection, identity: UUID, state: State, *values: float | None) -> bool:
    """Whether the import stood where its reader took it to be. `values`: from, to, line, pace, and the counts to add, as in `_MOVE`."""
    return str(await connection.execute(_MOVE, identity, state, *values)) == "UPDATE 1"
