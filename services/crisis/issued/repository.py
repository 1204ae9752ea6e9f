"""Statements on postures and on what the public feed shows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from kit.paging import Paging
from services.crisis.decisions.models import AlertDecision
from services.crisis.issued.models import CountryPosture
from services.crisis.warnings.models import Alert, AlertReference, CapMessage
from services.crisis.warnings.rules import Sight

MOST: Final = 100


def _seen(sight: Sight) -> ColumnElement[bool]:
    return true() if sight.everything else col(CountryPosture.country).in_(sorted(sight.countries))


async def find(session: AsyncSession, posture_id: UUID, sight: Sight) -> CountryPosture | None:
    """Locked."""
    rows = select(CountryPosture).where(col(CountryPosture.id) == posture_id, _seen(sight)).with_for_update()
    return (await session.execute(rows)).scalar_one_or_none()


async def in_force(session: AsyncSession, country: str, *, is_drill: bool) -> CountryPosture | None:
    mine = (col(CountryPosture.country) == country, col(CountryPosture.is_drill) == is_drill, col(CountryPosture.state) == "in_force")
    return (await session.execute(select(CountryPosture).where(*mine).with_for_update())).scalar_one_or_none()


async def list_of(session: AsyncSession, sight: Sight, paging: Paging, country: str | None, *, current: bool) -> list[CountryPosture]:
    rows = select(CountryPosture).where(_seen(sight))
    if country is not None:
        rows = rows.where(col(CountryPosture.country) == country)
    if current:
        rows = rows.where(col(CountryPosture.state).in_(("proposed", "in_force")))
    return list((await session.execute(paging.of(rows, col(CountryPosture.set_at), col(CountryPosture.id)))).scalars())


async def end(session: AsyncSession, posture_id: UUID) -> None:
    statement = update(CountryPosture).where(col(CountryPosture.id) == posture_id)
    await session.execute(statement.values(state="ended", version=CountryPosture.version + 1))


async def told_postures(session: AsyncSession, now: datetime) -> Sequence[CountryPosture]:
    """What was approved and still holds; no drill."""
    rows = select(CountryPosture).where(
        col(CountryPosture.state) == "in_force", col(CountryPosture.is_drill).is_(False), col(CountryPosture.valid_until) > now
    )
    return (await session.execute(rows.order_by(col(CountryPosture.sent).desc()).limit(MOST))).scalars().all()


async def told_alerts(session: AsyncSession, sender: str, now: datetime) -> Sequence[Alert]:
    """Our own alerts that went out and still stand; no drill."""
    rows = (
        select(Alert)
        .join(AlertDecision, col(AlertDecision.alert_id) == Alert.id)
        .where(
            col(Alert.sender) == sender,
            col(Alert.is_drill).is_(False),
            col(Alert.state) == "standing",
            col(Alert.expires) > now,
            col(AlertDecision.outcome) == "released",
        )
    )
    return (await session.execute(rows.order_by(col(Alert.sent).desc()).limit(MOST))).scalars().all()


ENDED: Final = aliased(Alert)


def _endings(sender: str) -> Select[Any]:
    """An officer's messages in our name that ended one of ours which went out. No drill: a drill ends drills alone."""
    names = (
        col(AlertReference.sender) == ENDED.sender,
        col(AlertReference.identifier) == ENDED.identifier,
        col(AlertReference.sent) == ENDED.sent,
    )
    is_ending = (
        col(Alert.sender) == sender,
        col(Alert.by_person),
        col(Alert.is_drill).is_(False),
        or_(col(Alert.state) == "notice", col(Alert.ends)),
    )
    went_out = (col(ENDED.sender) == sender, col(ENDED.state).in_(("cancelled", "ended")), col(AlertDecision.outcome) == "released")
    return (
        select(Alert)
        .join(AlertReference, col(AlertReference.alert_id) == Alert.id)
        .join(ENDED, and_(*names))
        .join(AlertDecision, col(AlertDecision.alert_id) == ENDED.id)
        .where(*is_ending, *went_out)
    )


async def told_endings(session: AsyncSession, sender: str, now: datetime) -> Sequence[Alert]:
    """As long as somebody may still hold the warning that they end."""
    rows = _endings(sender).where(col(ENDED.expires) > now).order_by(col(Alert.sent).desc()).limit(MOST)
    found: Sequence[Alert] = (await session.execute(rows)).unique().scalars().all()
    return found


async def raw_alert(session: AsyncSession, sender: str, identifier: str) -> bytes | None:
    """Of one that went out, also after it ended: who was warned may look again; and of what ended it."""
    went_out = (
        select(col(Alert.id))
        .join(AlertDecision, col(AlertDecision.alert_id) == Alert.id)
        .where(col(Alert.sender) == sender, col(Alert.is_drill).is_(False), col(AlertDecision.outcome) == "released")
    )
    ending = _endings(sender).with_only_columns(col(Alert.id))
    rows = (
        select(col(CapMessage.raw))
        .join(Alert, col(Alert.id) == CapMessage.alert_id)
        .where(col(Alert.sender) == sender, col(Alert.identifier) == identifier)
        .where(or_(col(Alert.id).in_(went_out), col(Alert.id).in_(ending)))
    )
    return (await session.execute(rows.limit(1))).scalar_one_or_none()


async def raw_posture(session: AsyncSession, identifier: str) -> bytes | None:
    rows = select(col(CountryPosture.raw)).where(col(CountryPosture.identifier) == identifier, col(CountryPosture.is_drill).is_(False))
    return (await session.execute(rows.limit(1))).scalar_one_or_none()
