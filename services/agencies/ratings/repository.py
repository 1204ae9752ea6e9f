"""What a method is given of each agency, from the register and the evidence, and where the provisional class is kept."""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from contracts.days import DHAKA
from services.agencies.evidence.repository import Measures, measures
from services.agencies.models import Agency, Classification
from services.agencies.ratings import rules
from services.agencies.ratings.rule_set import RuleSet
from services.agencies.ratings.rules import Inputs
from services.agencies.register import repository as histories
from services.agencies.register.rules import Step, known, standing
from services.agencies.rules import LicenceStatus

ROOM_TO_SORT: Final = text("set local work_mem = '64MB'")
# All of them, or those of :licences. One pass over licence_event.
SUSPENSIONS: Final = text(
    """
    select licence, count(*) from licence_event e
    where kind in ('suspended', 'cancelled') and recorded_at <= :known_at
      and (cast(:licences as text[]) is null or licence = any(:licences))
      and not exists (select from licence_event n where n.supersedes = e.id and n.recorded_at <= :known_at)
    group by licence
    """
)
# Lodged in the period and without a decision that stands: of facts about one complaint the highest sequence holds.
PENDING: Final = text(
    """
    select e.licence, count(*) from evidence e
    left join (
        select distinct on (record) record, kind from agency_fact
        where kind in ('complaint_decided', 'complaint_reopened', 'complaint_merged') and recorded_at <= :known_at
        order by record, sequence desc, recorded_at desc
    ) s on s.record = e.complaint
    where e.licence is not null and e.happened_at >= :since and e.happened_at <= :known_at
      and (cast(:licences as text[]) is null or e.licence = any(:licences))
      and (s.record is null or s.kind = 'complaint_reopened')
    group by e.licence
    """
)


class Known(NamedTuple):
    """An agency of the register with what is counted of it."""

    agency_id: UUID
    registered_at: datetime
    inputs: Inputs


class Standing(NamedTuple):
    agency: Agency
    classification: Classification | None


async def list_known(
    session: AsyncSession, rule_set: RuleSet, day: date, known_at: datetime, licences: Collection[str] | None = None
) -> list[Known]:
    """In the order of licence numbers: all agencies, or those of `licences`. Statements differ in what they see by what came in between."""
    since, until = rules.period(rule_set, day)
    if licences is None:
        # One pass over all facts sorts and hashes some 30 MB: with the default of 4 MB every step of it goes to disk. For this transaction.
        await session.execute(ROOM_TO_SORT)
    given = {"known_at": known_at, "since": since, "licences": sorted(licences) if licences is not None else None}
    gates = {gate.code for gate in rule_set.gates}
    suspensions = await _counts(session, SUSPENSIONS, given) if "no_suspension_record" in gates else {}
    pending = await _counts(session, PENDING, given) if "pending_share_at_most" in gates else {}
    counted = {one.licence: one for one in await measures(session, since=since, until=until, known_at=known_at, licences=licences)}
    wanted = select(Agency)
    if licences is not None:
        wanted = wanted.where(col(Agency.licence).in_(sorted(licences)))
    rows = (await session.execute(wanted.order_by(col(Agency.licence)))).scalars()
    return [
        Known(
            row.id,
            row.registered_at,
            Inputs(
                licence=row.licence,
                status=LicenceStatus(row.status),
                valid_until=row.valid_until,
                deployed=deployed_of(counted[row.licence], row.deployed_last_year, row.registered_at, (since, until)),
                convictions=counted[row.licence].offences_unresolved,
                suspensions=suspensions.get(row.licence, 0),
                counts=counts_of(counted[row.licence]) | {"pending": pending.get(row.licence, 0)},
            ),
        )
        for row in rows
        if row.licence in counted
    ]


async def as_they_stood(session: AsyncSession, found: Sequence[Known], day: date, known_at: datetime) -> list[Known]:
    """The same, with each licence as it stood on a day that is past: who was suspended since was not suspended then."""
    past = await histories.histories(session, known_at, [one.inputs.licence for one in found])
    return [one._replace(inputs=_on_that_day(one.inputs, past.get(one.inputs.licence, []), day, known_at)) for one in found]


def _on_that_day(inputs: Inputs, steps: Sequence[Step], day: date, known_at: datetime) -> Inputs:
    """Not issued yet, a licence did not hold."""
    stood = standing(known(steps, known_at), day)
    if stood is None:
        return dataclasses.replace(inputs, status=LicenceStatus.EXPIRED)
    return dataclasses.replace(inputs, status=stood.status, valid_until=stood.valid_until)


def deployed_of(one: Measures, last_year: int | None, entered_at: datetime, period: tuple[date, date]) -> int | None:
    """What the register said of the year before it entered the licence stands in for that year, until somebody reports it."""
    year = entered_at.astimezone(DHAKA).year - 1
    if last_year is None or year in one.years_reported or not period[0].year <= year <= period[1].year:
        return one.deployed
    return (one.deployed or 0) + last_year


def counts_of(one: Measures) -> dict[str, int]:
    """Evidence under the names that rule sets use. What an upheld complaint proves may exceed what was told directly: never below none.

    `heard` leaves out whatever comes from a complaint: a complaint makes nobody better known. Who paid and was not sent paid for nothing:
    no example of a payment within the ceiling.
    """
    fee_answers = max(one.fees_known, one.overcharged, one.charged)
    return {
        "upheld": one.upheld + one.partly,
        "orders_due": one.orders - (one.orders_unpaid - one.orders_overdue),
        "orders_paid": one.orders - one.orders_unpaid,
        "fee_answers": fee_answers,
        "fees_within_ceiling": max(one.fees_known, one.overcharged) - one.overcharged,
        "fees_none": fee_answers - one.charged,
        "contract_answers": one.contracts_given + one.contracts_missing,
        "contracts_given": one.contracts_given,
        "passports_withheld": one.passports_withheld,
        "answers": one.answers,
        # A median of whole days is a whole or a half number.
        "half_days_to_answer": round(2 * (one.median_answer_days or 0)),
        "crisis_asked": one.crisis_asked,
        "crisis_answered": one.crisis_answered,
        "inspections": one.inspections_passed + one.inspections_failed,
        "inspections_passed": one.inspections_passed,
        "heard": max(one.fees_known, one.contracts_given) + one.inspections_passed + one.inspections_failed,
    }


async def list_standings(session: AsyncSession, licences: Collection[str] | None = None) -> Mapping[str, Standing]:
    """Agencies by licence with the provisional class in force, none before the first."""
    in_force = (col(Classification.agency_id) == col(Agency.id)) & col(Classification.until).is_(None)
    wanted = select(Agency, Classification).outerjoin(Classification, in_force)
    if licences is not None:
        wanted = wanted.where(col(Agency.licence).in_(sorted(licences)))
    return {agency.licence: Standing(agency, classification) for agency, classification in await session.execute(wanted)}


async def refresh(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Each row names its `id` and what is new; all in one execution."""
    if rows:
        await session.execute(update(Classification), [dict(row) for row in rows])


async def replace(session: AsyncSession, pairs: Sequence[tuple[Classification | None, Mapping[str, Any]]]) -> None:
    """Ends the old ones and begins the new: two executions for any number."""
    ended = [{"id": old.id, "until": new["since"]} for old, new in pairs if old is not None]
    if ended:
        await session.execute(update(Classification), ended)
    if pairs:
        await session.execute(insert(Classification), [dict(new) for _, new in pairs])


async def next_versions(session: AsyncSession, agency_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The next version of each agency: the sequence of the events that tell of it."""
    raised = update(Agency).where(col(Agency.id).in_(agency_ids)).values(version=Agency.version + 1)
    return {row[0]: row[1] for row in await session.execute(raised.returning(col(Agency.id), col(Agency.version)))}


async def _counts(session: AsyncSession, statement: Any, given: Mapping[str, Any]) -> dict[str, int]:
    rows: Sequence[Any] = (await session.execute(statement, dict(given))).all()
    return {row[0]: row[1] for row in rows}
