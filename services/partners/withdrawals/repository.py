"""Statements about withdrawals. Each read takes a `Sight`: a body sees what was asked of itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.dialects.postgresql import insert as insert_or_skip
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.partners.access import Sight
from services.partners.hooks.models import Delivery
from services.partners.models import Organisation
from services.partners.rules import State
from services.partners.withdrawals.models import Step, Withdrawal
from services.partners.withdrawals.rules import Standing, StepKind

UNCONFIRMED = "unconfirmed"


class Found(NamedTuple):
    """With the body, where it is a partner, and what was done so far."""

    withdrawal: Withdrawal
    organisation: Organisation | None
    delivered_at: datetime | None
    reminders: int


def _seen_by(sight: Sight) -> ColumnElement[bool]:
    return true() if sight.everything else col(Withdrawal.recipient).in_(sight.codes)


def _rows(sight: Sight) -> Select[Withdrawal, Organisation, datetime | None, int]:
    delivered = select(func.min(col(Delivery.done_at))).where(
        col(Delivery.event_id) == col(Withdrawal.event_id),
        col(Delivery.organisation_id) == col(Organisation.id),
        col(Delivery.state) == "delivered",
    )
    reminders = select(func.count()).where(col(Step.event_id) == col(Withdrawal.event_id), col(Step.kind) != StepKind.CONFIRMED)
    rows = select(Withdrawal, Organisation, delivered.scalar_subquery(), reminders.scalar_subquery())
    return rows.outerjoin(Organisation, col(Organisation.code) == col(Withdrawal.recipient)).where(_seen_by(sight))


def _stands(state: str, now: datetime) -> ColumnElement[bool]:
    """`rules.standing` as a question to the database, so that a page is full."""
    is_open = col(Withdrawal.confirmed_at).is_(None)
    is_reachable = col(Organisation.state) == State.VERIFIED
    return {
        UNCONFIRMED: is_open,
        Standing.CONFIRMED: ~is_open,
        Standing.UNREACHABLE: and_(is_open, or_(col(Organisation.id).is_(None), ~is_reachable)),
        Standing.OVERDUE: and_(is_open, is_reachable, col(Withdrawal.due) <= now),
        Standing.OPEN: and_(is_open, is_reachable, col(Withdrawal.due) > now),
    }[state]


async def add(session: AsyncSession, withdrawal: Withdrawal) -> bool:
    """Whether it is new."""
    row = insert_or_skip(Withdrawal).values(**withdrawal.model_dump()).on_conflict_do_nothing()
    return (await session.execute(row.returning(col(Withdrawal.event_id)))).first() is not None


async def list_by(session: AsyncSession, sight: Sight, paging: Paging, *, state: str | None, now: datetime) -> list[Found]:
    """Who waits longest comes first."""
    rows = _rows(sight) if state is None else _rows(sight).where(_stands(state, now))
    page = paging.of(rows, col(Withdrawal.asked_at), col(Withdrawal.event_id), newest_first=False)
    return [Found(*row) for row in await session.execute(page)]


async def find(session: AsyncSession, event_id: UUID, sight: Sight) -> Found | None:
    row = (await session.execute(_rows(sight).where(col(Withdrawal.event_id) == event_id))).one_or_none()
    return Found(*row) if row else None


async def lock(session: AsyncSession, event_id: UUID, sight: Sight) -> Withdrawal | None:
    mine = select(Withdrawal).where(col(Withdrawal.event_id) == event_id, _seen_by(sight))
    return (await session.execute(mine.with_for_update())).scalar_one_or_none()


async def list_steps(session: AsyncSession, event_id: UUID) -> Sequence[Step]:
    rows = select(Step).where(col(Step.event_id) == event_id).order_by(col(Step.at), col(Step.id))
    return (await session.execute(rows)).scalars().all()
