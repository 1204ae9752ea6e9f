"""Counts of what waits, within a reader's sight. Nothing of a person is read."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.reintegration.casework.models import Assessment, Plan, Review
from services.reintegration.casework.rules import Progress
from services.reintegration.models import ReintegrationCase, Returnee
from services.reintegration.referrals.models import HelpProvider, ReferralSent
from services.reintegration.referrals.rules import State
from services.reintegration.repository import seen_by
from services.reintegration.rules import Visibility
from services.reintegration.tasks.models import UrgentTask
from services.reintegration.workload.rules import Held


async def list_held(session: AsyncSession, visible: Visibility, districts: frozenset[str] | None) -> list[Held]:
    """Open cases, counted by all that decides about their step and their days: a scan of reintegration_case_open."""
    of_case = col(ReintegrationCase.id)
    review = select(func.min(col(Review.due_on))).where(col(Review.case_id) == of_case, col(Review.held_on).is_(None)).scalar_subquery()
    planned = col(Plan.case_id).is_not(None)
    facts: tuple[Any, ...] = (
        func.coalesce(col(Plan.made_by), col(ReintegrationCase.opened_by)).label("worker"),
        case((~planned, col(ReintegrationCase.plan_due))).label("plan_due"),
        exists().where(col(UrgentTask.returnee_id) == col(Returnee.id), col(UrgentTask.done_at).is_(None)).label("urgent"),
        exists().where(col(Assessment.case_id) == of_case).label("assessed"),
        planned.label("planned"),
        review.label("review_due"),
        col(ReintegrationCase.closing_proposed_by).is_not(None).label("proposed"),
    )
    open_ones = (
        select(*facts)
        .select_from(ReintegrationCase)
        .join(Returnee, col(Returnee.id) == col(ReintegrationCase.returnee_id))
        .outerjoin(Plan, col(Plan.case_id) == of_case)
        .where(col(ReintegrationCase.closed_at).is_(None), *_seen(visible, districts))
        .subquery()
    )
    columns = [open_ones.c[one.name] for one in facts]
    rows: Sequence[Any] = (await session.execute(select(*columns, func.count()).group_by(*columns))).all()
    return [
        Held(
            worker=worker,
            cases=cases,
            plan_due=plan_due,
            progress=Progress(
                is_closed=False, urgent_open=urgent, assessed=assessed, planned=is_planned, review_due=review_due, closing_proposed=proposed
            ),
        )
        for worker, plan_due, urgent, assessed, is_planned, review_due, proposed, cases in rows
    ]


async def list_urgent(session: AsyncSession, visible: Visibility, districts: frozenset[str] | None, now: datetime) -> Sequence[Any]:
    """(who took them or null, undone tasks, of them late)."""
    late = func.count().filter(col(UrgentTask.due_at) < now)
    rows = select(col(UrgentTask.taken_by), func.count(), late).join(Returnee, col(Returnee.id) == col(UrgentTask.returnee_id))
    rows = rows.where(col(UrgentTask.done_at).is_(None), *_seen(visible, districts))
    return (await session.execute(rows.group_by(col(UrgentTask.taken_by)))).all()


async def list_referrals(session: AsyncSession, visible: Visibility, districts: frozenset[str] | None) -> Sequence[Any]:
    """(who sent them, those without an answer, those of which the returnee must be asked)."""
    unanswered = func.count().filter(col(ReferralSent.state) == State.SENT)
    to_confirm = func.count().filter(col(ReferralSent.state) == State.DELIVERED)
    rows = select(col(ReferralSent.sent_by), unanswered, to_confirm).join(Returnee, col(Returnee.id) == col(ReferralSent.returnee_id))
    rows = rows.where(col(ReferralSent.ended_at).is_(None), *_seen(visible, districts))
    return (await session.execute(rows.group_by(col(ReferralSent.sent_by)))).all()


async def count_arrivals(session: AsyncSession, visible: Visibility, districts: frozenset[str] | None, since: datetime) -> Sequence[Any]:
    """(month, country, sex, age band, reason, returnees registered since): of the five one is set in a row, by which it counts.

    One pass over a range of returnee_district, or of returnee_newest for the whole country.
    """
    columns: tuple[Any, ...] = (
        func.to_char(func.timezone("Asia/Dhaka", col(Returnee.registered_at)), text("'YYYY-MM'")),
        col(Returnee.country),
        col(Returnee.sex),
        col(Returnee.age_band),
        col(Returnee.return_reason),
    )
    rows = select(*columns, func.count()).where(col(Returnee.registered_at) >= since, *_seen(visible, districts))
    return (await session.execute(rows.group_by(func.grouping_sets(*columns)))).all()


async def count_ended(session: AsyncSession, visible: Visibility, districts: frozenset[str] | None, since: datetime) -> Sequence[Any]:
    """(why closed, cases closed since)."""
    rows = select(col(ReintegrationCase.closing_reason), func.count())
    rows = rows.join(Returnee, col(Returnee.id) == col(ReintegrationCase.returnee_id))
    rows = rows.where(col(ReintegrationCase.closed_at) >= since, *_seen(visible, districts))
    return (await session.execute(rows.group_by(col(ReintegrationCase.closing_reason)))).all()


async def count_helps(session: AsyncSession, visible: Visibility, districts: frozenset[str] | None, since: datetime) -> Sequence[Any]:
    """(help, state, the returnee's word or null, referrals sent since)."""
    columns = (col(ReferralSent.help), col(ReferralSent.state), col(ReferralSent.confirmed))
    rows = select(*columns, func.count()).join(Returnee, col(Returnee.id) == col(ReferralSent.returnee_id))
    rows = rows.where(col(ReferralSent.sent_at) >= since, *_seen(visible, districts))
    return (await session.execute(rows.group_by(*columns))).all()


async def count_providers(session: AsyncSession, districts: frozenset[str] | None, today: date) -> Sequence[Any]:
    """(help, bodies that give it now, their places where they say so): those of the districts and those of the whole country."""
    code = func.unnest(col(HelpProvider.helps)).label("help")
    is_open = and_(
        col(HelpProvider.open_from) <= today, func.coalesce(col(HelpProvider.closed_from) > today, col(HelpProvider.closed_from).is_(None))
    )
    rows = select(code, func.count(), func.sum(col(HelpProvider.places))).where(is_open)
    if districts is not None:
        rows = rows.where(func.coalesce(col(HelpProvider.district).in_(districts), col(HelpProvider.district).is_(None)))
    return (await session.execute(rows.group_by(code))).all()


def _seen(visible: Visibility, districts: frozenset[str] | None) -> list[ColumnElement[bool]]:
    narrowed = [seen_by(visible)]
    return narrowed if districts is None else [*narrowed, col(Returnee.district).in_(districts)]
