"""Statements on a case that is followed. The returnee was found within the caller's sight before any of them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, exists, insert, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.reintegration.casework.models import Assessment, ChildHandOver, Consent, HouseholdMember, Plan, PlanGoal, Review
from services.reintegration.models import ReintegrationCase, Returnee
from services.reintegration.repository import seen_by
from services.reintegration.rules import Visibility
from services.reintegration.tasks.models import UrgentTask

MOST_DUE: Final = 200


async def find_last_case(session: AsyncSession, returnee_id: UUID, *, lock: bool = False) -> ReintegrationCase | None:
    """The open one, else the one closed last."""
    mine = select(ReintegrationCase).where(col(ReintegrationCase.returnee_id) == returnee_id)
    last = mine.order_by(col(ReintegrationCase.closed_at).desc().nulls_first()).limit(1)
    return (await session.execute(last.with_for_update() if lock else last)).scalar_one_or_none()


async def has_urgent_task(session: AsyncSession, returnee_id: UUID) -> bool:
    undone = exists().where(col(UrgentTask.returnee_id) == returnee_id, col(UrgentTask.done_at).is_(None))
    return bool(await session.scalar(select(undone)))


async def list_consents(session: AsyncSession, returnee_id: UUID) -> Sequence[Consent]:
    mine = select(Consent).where(col(Consent.returnee_id) == returnee_id).order_by(col(Consent.taken_at).desc(), col(Consent.id).desc())
    return (await session.execute(mine)).scalars().all()


async def find_consent(session: AsyncSession, returnee_id: UUID, consent_id: UUID) -> Consent | None:
    mine = select(Consent).where(col(Consent.id) == consent_id, col(Consent.returnee_id) == returnee_id)
    return (await session.execute(mine.with_for_update())).scalar_one_or_none()


async def find_consent_in_force(session: AsyncSession, returnee_id: UUID, purpose: str, recipient: str) -> Consent | None:
    """Index scan on returnee_consent_in_force."""
    of = and_(col(Consent.returnee_id) == returnee_id, col(Consent.purpose) == purpose, col(Consent.recipient) == recipient)
    in_force = select(Consent).where(of, col(Consent.granted).is_(True), col(Consent.withdrawn_at).is_(None))
    return (await session.execute(in_force.with_for_update())).scalar_one_or_none()


async def list_members(session: AsyncSession, returnee_id: UUID) -> Sequence[HouseholdMember]:
    mine = select(HouseholdMember).where(col(HouseholdMember.returnee_id) == returnee_id)
    return (await session.execute(mine.order_by(col(HouseholdMember.added_at), col(HouseholdMember.id)))).scalars().all()


async def find_member(session: AsyncSession, returnee_id: UUID, member_id: UUID) -> HouseholdMember | None:
    mine = select(HouseholdMember).where(col(HouseholdMember.id) == member_id, col(HouseholdMember.returnee_id) == returnee_id)
    return (await session.execute(mine.with_for_update())).scalar_one_or_none()


async def list_hand_overs(session: AsyncSession, returnee_id: UUID) -> dict[UUID, ChildHandOver]:
    """By member."""
    rows = select(ChildHandOver).join(HouseholdMember, col(HouseholdMember.id) == col(ChildHandOver.member_id))
    found = await session.execute(rows.where(col(HouseholdMember.returnee_id) == returnee_id))
    return {one.member_id: one for one in found.scalars()}


async def list_assessments(session: AsyncSession, case_id: UUID) -> Sequence[Assessment]:
    mine = select(Assessment).where(col(Assessment.case_id) == case_id).order_by(col(Assessment.number))
    return (await session.execute(mine)).scalars().all()


async def find_plan(session: AsyncSession, case_id: UUID) -> Plan | None:
    return (await session.execute(select(Plan).where(col(Plan.case_id) == case_id))).scalar_one_or_none()


async def list_goals(session: AsyncSession, case_id: UUID) -> Sequence[PlanGoal]:
    mine = select(PlanGoal).where(col(PlanGoal.case_id) == case_id).order_by(col(PlanGoal.due_on), col(PlanGoal.id))
    return (await session.execute(mine)).scalars().all()


async def list_reviews(session: AsyncSession, case_id: UUID) -> Sequence[Review]:
    mine = select(Review).where(col(Review.case_id) == case_id).order_by(col(Review.number))
    return (await session.execute(mine)).scalars().all()


async def add_all(session: AsyncSession, table: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        await session.execute(insert(table), [dict(one) for one in rows])


async def list_due(session: AsyncSession, visible: Visibility, until: date) -> list[tuple[str, Returnee, date]]:
    """Plans and reviews due by `until`, the most overdue first, at most `MOST_DUE` + 1.

    Two index scans (reintegration_case_due, case_review_due), each joined to returnee by its key.
    """
    is_open = col(ReintegrationCase.closed_at).is_(None)
    of_case = col(Returnee.id) == col(ReintegrationCase.returnee_id)
    unmade = ~exists().where(col(Plan.case_id) == col(ReintegrationCase.id))
    unplanned = _due("plan", ReintegrationCase.plan_due).join(ReintegrationCase, of_case).where(is_open, unmade)
    unheld = (
        _due("review", Review.due_on)
        .join(ReintegrationCase, of_case)
        .join(Review, col(Review.case_id) == col(ReintegrationCase.id))
        .where(is_open, col(Review.held_on).is_(None))
    )
    seen = seen_by(visible)
    unplanned = unplanned.where(col(ReintegrationCase.plan_due) <= until, seen)
    unheld = unheld.where(col(Review.due_on) <= until, seen)
    due = union_all(unplanned, unheld).subquery()
    rows = select(due.c.kind, Returnee, due.c.due_on).join(Returnee, col(Returnee.id) == due.c.returnee_id)
    found = await session.execute(rows.order_by(due.c.due_on, due.c.returnee_id).limit(MOST_DUE + 1))
    return [(kind, returnee, due_on) for kind, returnee, due_on in found]


def _due(kind: str, day: Any) -> Select[Any]:
    columns: tuple[Any, ...] = (literal(kind).label("kind"), col(Returnee.id).label("returnee_id"), col(day).label("due_on"))
    return select(*columns).select_from(Returnee)
