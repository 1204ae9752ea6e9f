"""The SQL of exposures: which warnings still lack figures, and what was found."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BindParameter, Select, bindparam, exists, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.database import NOW
from services.crisis.decisions.models import AlertDecision
from services.crisis.decisions.rules import Outcome
from services.crisis.exposure.models import AlertExposure, AlertRaise
from services.crisis.exposure.rules import Asked
from services.crisis.warnings.models import Alert
from services.crisis.warnings.rules import State


async def list_unasked(session: AsyncSession, now: datetime, since: datetime, limit: int) -> Sequence[tuple[UUID, Asked]]:
    """What went out first, then what waits to be decided; nothing that is over, and nothing older than `since`."""
    rows = await session.execute(UNASKED, {"now": now, "since": since, "most": limit})
    return [(row.id, Asked(row.version)) for row in rows]


def _lacking(version: Asked) -> Select[Any, Any, Any]:
    known = exists().where(col(AlertExposure.alert_id) == col(Alert.id), col(AlertExposure.version) == version.value)
    return (
        select(col(Alert.id).label("id"), literal(version.value).label("version"), col(AlertDecision.made_at).label("at"))
        .join(AlertDecision, col(AlertDecision.alert_id) == col(Alert.id))
        .where(
            col(Alert.state) == State.STANDING.value,
            or_(col(Alert.expires).is_(None), col(Alert.expires) > NOW),
            col(AlertDecision.level) > 0,
            ~known,
        )
    )


def _unasked() -> Select[Any, Any]:
    since: BindParameter[datetime] = bindparam("since")
    out = _lacking(Asked.RELEASED).where(col(AlertDecision.outcome) == Outcome.RELEASED.value, col(AlertDecision.decided_at) > since)
    undecided = col(AlertDecision.outcome).in_([Outcome.WINDOW.value, Outcome.WAITS.value])
    both = union_all(out, _lacking(Asked.WEIGHED).where(undecided, col(AlertDecision.made_at) > since)).subquery()
    return select(both.c.id, both.c.version).order_by(both.c.version, both.c.at).limit(bindparam("most"))


UNASKED: Final = _unasked()


async def find(session: AsyncSession, alert_id: UUID, version: Asked) -> AlertExposure | None:
    found = select(AlertExposure).where(col(AlertExposure.alert_id) == alert_id, col(AlertExposure.version) == version.value)
    return (await session.execute(found)).scalar_one_or_none()


async def list_of(session: AsyncSession, alert_id: UUID) -> Sequence[AlertExposure]:
    """That of what went out before that of what was weighed."""
    found = select(AlertExposure).where(col(AlertExposure.alert_id) == alert_id).order_by(col(AlertExposure.version))
    return (await session.execute(found)).scalars().all()


async def add(session: AsyncSession, exposure: AlertExposure) -> bool:
    """Whether it was new: another replica may have asked the same."""
    statement = insert(AlertExposure).values(**exposure.model_dump()).on_conflict_do_nothing().returning(col(AlertExposure.id))
    return (await session.execute(statement)).one_or_none() is not None


async def add_raise(session: AsyncSession, made: AlertRaise) -> None:
    session.add(made)
    await session.flush()


async def find_raise(session: AsyncSession, alert_id: UUID) -> AlertRaise | None:
    return (await session.execute(select(AlertRaise).where(col(AlertRaise.alert_id) == alert_id))).scalar_one_or_none()
