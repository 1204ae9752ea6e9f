"""Statements on expected returns. Who sees the returnee sees them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Date, Uuid, cast, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.reintegration.expected.models import ExpectedReturn
from services.reintegration.expected.rules import State
from services.reintegration.models import Returnee
from services.reintegration.repository import is_called, seen_by
from services.reintegration.rules import Visibility

Expected = tuple[ExpectedReturn, Returnee]


async def add(session: AsyncSession, expected: ExpectedReturn) -> None:
    session.add(expected)
    await session.flush()


async def list_expected(session: AsyncSession, visible: Visibility, paging: Paging) -> Sequence[Expected]:
    """Who is due first stands first: a range of expected_return_open. One row more than asked."""
    rows = (
        select(ExpectedReturn, Returnee)
        .join(Returnee, col(Returnee.id) == col(ExpectedReturn.returnee_id))
        .where(col(ExpectedReturn.state) == State.EXPECTED.value, seen_by(visible))
    )
    place = (col(ExpectedReturn.expected_on), col(ExpectedReturn.returnee_id))
    if paging.after is not None:
        after = (cast(literal(paging.after.at.date()), Date), literal(paging.after.id, Uuid()))
        rows = rows.where(tuple_(*place) > tuple_(*after))
    found = await session.execute(rows.order_by(*place).limit(paging.limit + 1))
    return [(row[0], row[1]) for row in found]


async def find(session: AsyncSession, who: UUID | str, visible: Visibility, *, locked: bool = False) -> Expected | None:
    rows = select(ExpectedReturn, Returnee).join(Returnee, col(Returnee.id) == col(ExpectedReturn.returnee_id))
    rows = rows.where(is_called(who), seen_by(visible))
    row = (await session.execute(rows.with_for_update() if locked else rows)).one_or_none()
    return (row[0], row[1]) if row else None
