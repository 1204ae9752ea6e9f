"""Every SQL statement of the evidence area. What a method of classification computes with comes from `measures`, in one statement."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, false, func, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from kit.paging import Paging
from services.agencies.evidence import lists
from services.agencies.evidence.models import Deployment, Document, Fact, FactAnswer, Strike
from services.agencies.models import Agency

PROVES: Final = lists.load()
_MEASURES: Final = Path(__file__).with_name("measures.sql").read_text("utf-8")
# Complaints of these agencies with all that is known of them: one may have been laid at another's door since.
_FACTS_OF_SOME: Final = """(
    select * from agency_fact where licence = any(:licences) and record is null
    union all
    select * from agency_fact
    where record in (select record from agency_fact where licence = any(:licences) and record is not null)
)"""


def _statement(*, some: bool) -> TextClause:
    of_some = "(select * from {} where licence = any(:licences))"
    return text(
        _MEASURES.format(
            facts=_FACTS_OF_SOME if some else "agency_fact",
            agencies=of_some.format("agency") if some else "agency",
            deployments=of_some.format("deployment") if some else "deployment",
        )
    )


OF_ALL: Final = _statement(some=False)
OF_SOME: Final = _statement(some=True)


class Measures(NamedTuple):
    """What is known of one agency in a period: the inputs of a method. Nothing is null but what nobody reported.

    `deployed` is null where no line of deployments covers the period (`years_reported`), which is not none; it counts whole calendar
    years, those in which the period begins and ends included: choose periods that begin on 1 January. Complaints count on the day of the
    decision that stands, and only upheld ones: a lodged complaint never does, so that a burst of false ones from one telephone moves
    nothing. `overcharged` (above the lawful ceiling) and `charged` (above zero) are two measures: the law allows a charge up to a ceiling,
    the ILO none. `fees_known` and `contracts_given` leave out what was found for a complaint. Money is in poisha, of orders in taka only;
    an order in another currency just counts as paid or unpaid. `offences_unresolved` looks at all time.
    """

    licence: str
    deployed: int | None
    deployed_women: int
    years_reported: Sequence[int]
    upheld: int
    partly: int
    by_category: Mapping[str, int]
    orders: int
    orders_unpaid: int
    orders_overdue: int
    ordered_minor: int
    paid_minor: int
    fees_known: int
    overcharged: int
    charged: int
    contracts_given: int
    contracts_missing: int
    passports_withheld: int
    inspections_passed: int
    inspections_failed: int
    offences_unresolved: int
    trained: int
    answers: int
    median_answer_days: float | None
    crisis_asked: int
    crisis_answered: int
    last_known_at: datetime | None


async def measures(
    session: AsyncSession, *, since: date, until: date, known_at: datetime, licences: Collection[str] | None = None
) -> list[Measures]:
    """One row for each agency of the register, or of `licences`, in the order of licence numbers. Both days are included.

    The same answer for the same `known_at`, whenever it is asked: rows are only ever added. So a run can be repeated.
    """
    pairs = PROVES.pairs()
    given: dict[str, Any] = {
        "since": since,
        "until": until,
        "known_at": known_at,
        "categories": [category for category, _ in pairs],
        "measures": [measure for _, measure in pairs],
    }
    if licences is not None:
        given["licences"] = sorted(licences)
    found = await session.execute(OF_ALL if licences is None else OF_SOME, given)
    return [Measures(*row) for row in found]


async def add_facts(session: AsyncSession, rows: Sequence[Fact]) -> None:
    """What is there already stays as it is: an event told of twice is one fact."""
    if rows:
        await session.execute(insert(Fact).on_conflict_do_nothing(index_elements=["id"]), [row.model_dump() for row in rows])


async def licences_of_records(session: AsyncSession, records: Collection[UUID]) -> set[str]:
    """All that facts about these complaints were ever linked to."""
    linked = select(col(Fact.licence)).where(col(Fact.record).in_(records), col(Fact.licence).is_not(None)).distinct()
    return {str(one) for one in (await session.execute(linked)).scalars()}


async def mark_changed(session: AsyncSession, licences: Collection[str], now: datetime) -> None:
    await session.execute(update(Agency).where(col(Agency.licence).in_(sorted(licences))).values(evidence_changed_at=now))


async def add(session: AsyncSession, *rows: Any) -> None:
    session.add_all(rows)
    await session.flush()


async def lock_fact(session: AsyncSession, fact: UUID) -> None:
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"fact {fact}", 0))))


async def find_fact(session: AsyncSession, fact: UUID) -> Fact | None:
    return (await session.execute(select(Fact).where(col(Fact.id) == fact))).scalar_one_or_none()


async def licence_of(session: AsyncSession, fact: UUID) -> tuple[bool, str | None]:
    """Whether there is such a fact or line of deployments, and whose it is."""
    for model in (Fact, Deployment):
        row = (await session.execute(select(col(model.licence)).where(col(model.id) == fact))).one_or_none()
        if row is not None:
            return True, row[0]
    return False, None


async def strikes_of(session: AsyncSession, facts: Collection[UUID]) -> dict[UUID, Strike]:
    """The latest of each."""
    rows = (
        select(Strike)
        .where(col(Strike.fact).in_(facts))
        .ext(distinct_on(col(Strike.fact)))
        .order_by(col(Strike.fact), col(Strike.made_at).desc(), col(Strike.id).desc())
    )
    return {one.fact: one for one in (await session.execute(rows)).scalars()}


async def list_facts(session: AsyncSession, licence: str, paging: Paging) -> Sequence[Fact]:
    """Newest first: index scan on fact_newest."""
    rows = paging.of(select(Fact).where(col(Fact.licence) == licence), col(Fact.recorded_at), col(Fact.id))
    return (await session.execute(rows)).scalars().all()


async def own_facts(session: AsyncSession, licence: str, most: int) -> Sequence[Fact]:
    """What an agency may see one by one: nothing that rests on a complaint."""
    rows = (
        select(Fact)
        .where(col(Fact.licence) == licence, col(Fact.record).is_(None))
        .order_by(col(Fact.happened_on).desc(), col(Fact.id))
        .limit(most)
    )
    return (await session.execute(rows)).scalars().all()


async def deployed_by_year(session: AsyncSession, licence: str) -> list[tuple[int, int]]:
    newer = aliased(Deployment)
    struck = select(col(Strike.struck)).where(col(Strike.fact) == col(Deployment.id)).order_by(col(Strike.made_at).desc()).limit(1)
    rows = (
        select(col(Deployment.year), func.sum(col(Deployment.workers)))
        .where(
            col(Deployment.licence) == licence,
            ~select(newer).where(col(newer.supersedes) == col(Deployment.id)).exists(),
            func.coalesce(struck.scalar_subquery(), false()).is_(False),
        )
        .group_by(col(Deployment.year))
        .order_by(col(Deployment.year).desc())
    )
    return [(year, int(workers)) for year, workers in await session.execute(rows)]


async def list_answers(session: AsyncSession, licence: str) -> Sequence[FactAnswer]:
    rows = select(FactAnswer).where(col(FactAnswer.licence) == licence).order_by(col(FactAnswer.answered_at), col(FactAnswer.id))
    return (await session.execute(rows)).scalars().all()


async def list_documents(session: AsyncSession, licence: str) -> Sequence[Document]:
    rows = select(Document).where(col(Document.licence) == licence).order_by(col(Document.uploaded_at), col(Document.id))
    return (await session.execute(rows)).scalars().all()


async def find_document(session: AsyncSession, licence: str, document: UUID) -> Document | None:
    found = select(Document).where(col(Document.licence) == licence, col(Document.id) == document)
    return (await session.execute(found)).scalar_one_or_none()


async def find_agency(session: AsyncSession, licence: str) -> Agency | None:
    return (await session.execute(select(Agency).where(col(Agency.licence) == licence))).scalar_one_or_none()
