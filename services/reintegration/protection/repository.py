"""Statements on protected cases. Each look at one asks for its members: there is no way to read past them but to count."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, exists, func, literal, select, true, union_all
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.auth import Caller
from kit.paging import Paging
from services.reintegration.models import Returnee
from services.reintegration.protection.models import (
    TrainedOfficer,
    VictimCase,
    VictimCaseMember,
    VictimIdentification,
    VictimIndicator,
    VictimStep,
)
from services.reintegration.protection.rules import SMUGGLING, TRAFFICKING
from services.reintegration.referrals.models import HelpProvider


def seen_by(caller: Caller) -> ColumnElement[bool]:
    if caller.has("supervisor"):
        return true()
    member = (col(VictimCaseMember.case_id) == col(VictimCase.id), col(VictimCaseMember.account) == caller.username)
    return exists().where(*member, col(VictimCaseMember.ended_at).is_(None))


async def list_cases(session: AsyncSession, caller: Caller, paging: Paging) -> list[tuple[VictimCase, Returnee, date | None]]:
    """Newest first: a keyset scan of victim_case_newest, filtered by victim_case_member_of."""
    planned = (col(VictimStep.case_id) == col(VictimCase.id), col(VictimStep.state) == "planned")
    next_on = select(func.min(col(VictimStep.due_on))).where(*planned).scalar_subquery()
    rows = select(VictimCase, Returnee, next_on).join(Returnee, col(Returnee.id) == col(VictimCase.returnee_id)).where(seen_by(caller))
    found = await session.execute(paging.of(rows, col(VictimCase.opened_at), col(VictimCase.id)))
    return [(row[0], row[1], row[2]) for row in found]


async def find(session: AsyncSession, caller: Caller, case_id: UUID, *, lock: bool = False) -> tuple[VictimCase, Returnee] | None:
    rows = select(VictimCase, Returnee).join(Returnee, col(Returnee.id) == col(VictimCase.returnee_id))
    rows = rows.where(col(VictimCase.id) == case_id, seen_by(caller))
    row = (await session.execute(rows.with_for_update(of=VictimCase) if lock else rows)).one_or_none()
    return (row[0], row[1]) if row else None


async def has_open(session: AsyncSession, returnee_id: UUID) -> bool:
    """Of a locked returnee. Only that there is one: whoever may not see it learns no more."""
    one = exists().where(col(VictimCase.returnee_id) == returnee_id, col(VictimCase.closed_at).is_(None))
    return bool(await session.scalar(select(one)))


async def find_trained(session: AsyncSession, account: str) -> TrainedOfficer | None:
    return await session.get(TrainedOfficer, account)


async def list_trained(session: AsyncSession) -> Sequence[TrainedOfficer]:
    return (await session.execute(select(TrainedOfficer).order_by(col(TrainedOfficer.account)))).scalars().all()


async def put(session: AsyncSession, table: type[Any], key: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """The later row stands."""
    statement = insert(table).values([dict(one) for one in rows])
    values = {name: statement.excluded[name] for name in rows[0] if name not in key}
    await session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


async def list_members(session: AsyncSession, case_id: UUID) -> Sequence[VictimCaseMember]:
    now = (col(VictimCaseMember.case_id) == case_id, col(VictimCaseMember.ended_at).is_(None))
    return (await session.execute(select(VictimCaseMember).where(*now).order_by(col(VictimCaseMember.added_at)))).scalars().all()


async def list_indicators(session: AsyncSession, case_id: UUID) -> Sequence[VictimIndicator]:
    return (await session.execute(select(VictimIndicator).where(col(VictimIndicator.case_id) == case_id))).scalars().all()


async def list_identifications(session: AsyncSession, case_id: UUID) -> Sequence[VictimIdentification]:
    mine = select(VictimIdentification).where(col(VictimIdentification.case_id) == case_id)
    return (await session.execute(mine.order_by(col(VictimIdentification.made_at).desc()))).scalars().all()


async def list_steps(session: AsyncSession, case_id: UUID) -> list[tuple[VictimStep, HelpProvider | None]]:
    mine = select(VictimStep, HelpProvider).outerjoin(HelpProvider, col(HelpProvider.id) == col(VictimStep.provider_id))
    mine = mine.where(col(VictimStep.case_id) == case_id).order_by(col(VictimStep.added_at), col(VictimStep.id))
    return [(row[0], row[1]) for row in await session.execute(mine)]


async def find_step(session: AsyncSession, case_id: UUID, step_id: UUID) -> VictimStep | None:
    """Of a locked case."""
    mine = select(VictimStep).where(col(VictimStep.id) == step_id, col(VictimStep.case_id) == case_id)
    return (await session.execute(mine)).scalar_one_or_none()


async def count_found(session: AsyncSession, since: datetime, until: datetime) -> list[tuple[str, str, int]]:
    """(dimension, value, people) of one half-year: by the finding that stands. A person with two forms is counted under both.

    Index scans on victim_case_identified and victim_step_given.
    """
    within = (col(VictimCase.identified_at) >= since, col(VictimCase.identified_at) < until)
    trafficked = (*within, col(VictimCase.finding) == TRAFFICKING)
    people = func.count(func.distinct(col(VictimCase.returnee_id)))
    parts: list[Any] = [
        select(literal("all", Text), literal("", Text), people).where(*trafficked),
        select(literal("smuggled", Text), literal("", Text), people).where(*within, col(VictimCase.finding) == SMUGGLING),
    ]
    for name in ("sex", "age_band", "country"):
        column: Any = getattr(VictimCase, name)
        parts.append(select(literal(name, Text), column, people).where(*trafficked).group_by(column))
    forms = select(col(VictimCase.returnee_id), func.unnest(col(VictimCase.forms)).label("form")).where(*trafficked).subquery()
    parts.append(select(literal("form", Text), forms.c.form, func.count(func.distinct(forms.c.returnee_id))).group_by(forms.c.form))
    given = (col(VictimStep.given_at) >= since, col(VictimStep.given_at) < until, col(VictimCase.finding) == TRAFFICKING)
    helps = select(literal("help", Text), col(VictimStep.area), people).join(VictimCase, col(VictimCase.id) == col(VictimStep.case_id))
    parts.append(helps.where(*given).group_by(col(VictimStep.area)))
    return [(row[0], row[1], row[2]) for row in await session.execute(union_all(*parts))]
