"""Every SQL statement of the evidence area. What a method of classification computes with comes from `measures`, in one statement."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.agencies.evidence import lists
from services.agencies.evidence.models import Fact
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

    `deployed` is null where no line of deployments covers the period, which is not none; it counts whole calendar years, those in which
    the period begins and ends included: choose periods that begin on 1 January. Complaints count on the day of the decision that stands,
    and only upheld ones: a lodged complaint never does, so that a burst of false ones from one telephone moves nothing.
    `overcharged` (above the lawful ceiling) and `charged` (above zero) are two measures: the law allows a charge up to a ceiling, the ILO
    none. Money is in poisha, of orders in taka only; an order in another currency just counts as paid or unpaid. `offences_unresolved`
    looks at all time.
    """

    licence: str
    deployed: int | None
    deployed_women: int
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
