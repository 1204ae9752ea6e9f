"""The SQL of recordings: claimed for a while, kept or given up, forgotten before their files are deleted."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.crisis.checkins.models import CrisisText
from services.crisis.checkins.recordings.models import CrisisRecording
from services.crisis.checkins.recordings.rules import State
from services.crisis.incidents.models import Incident, IncidentAlert
from services.crisis.outreach.models import OutreachJob

_WAITS: Final = col(CrisisRecording.state) == State.WAITING
_EMPTIED: Final[Mapping[str, Any]] = {"state": State.FORGOTTEN, "media_id": None, "sha256": None}
_NEXT: Final = select(func.min(col(CrisisRecording.next_try))).where(_WAITS)


async def add(session: AsyncSession, values: Mapping[str, Any]) -> None:
    await session.execute(insert(CrisisRecording).values(**values))


async def next_try(session: AsyncSession) -> datetime | None:
    """Index scan on crisis_recording_waits."""
    found: datetime | None = await session.scalar(_NEXT)
    return found


async def claim(session: AsyncSession, now: datetime, until: datetime) -> CrisisRecording | None:
    """Until then no other replica's. What was not tried yet goes first: a company that hangs over some holds up no others.

    Index scan on crisis_recording_waits.
    """
    due = (
        select(col(CrisisRecording.text_id))
        .where(_WAITS, col(CrisisRecording.next_try) <= now)
        .order_by(col(CrisisRecording.attempts), col(CrisisRecording.next_try))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    claimed = (
        update(CrisisRecording)
        .where(col(CrisisRecording.text_id).in_(due))
        .values(next_try=until, attempts=CrisisRecording.attempts + 1)
        .returning(CrisisRecording)
    )
    return (await session.execute(claimed)).scalar_one_or_none()


async def settle(session: AsyncSession, text_id: UUID, values: Mapping[str, Any]) -> bool:
    """Whether it still waited: who comes too late changes nothing."""
    settled = update(CrisisRecording).where(col(CrisisRecording.text_id) == text_id, _WAITS).values(**values)
    return (await session.execute(settled.returning(col(CrisisRecording.text_id)))).scalar_one_or_none() is not None


async def of_texts(session: AsyncSession, texts: Collection[UUID]) -> dict[UUID, CrisisRecording]:
    rows = select(CrisisRecording).where(col(CrisisRecording.text_id).in_(list(texts)))
    return {UUID(str(one.text_id)): one for one in (await session.execute(rows)).scalars()}


async def find(session: AsyncSession, text_id: UUID, countries: frozenset[str] | None) -> CrisisRecording | None:
    """Of a text of these countries, or of one that has none."""
    rows = select(CrisisRecording).join(CrisisText, col(CrisisText.id) == col(CrisisRecording.text_id))
    rows = rows.where(col(CrisisRecording.text_id) == text_id)
    if countries is not None:
        rows = rows.where(or_(col(CrisisText.country).in_(sorted(countries)), col(CrisisText.country).is_(None)))
    return (await session.execute(rows)).scalar_one_or_none()


async def count_unread(session: AsyncSession, incident: Incident) -> int:
    """Texts of the incident's chains and country that wait for a person."""
    waits = (*_of(incident), col(CrisisText.state) == "waiting")
    return await session.scalar(select(func.count()).select_from(CrisisText).where(*waits)) or 0


async def forget_of(session: AsyncSession, incident: Incident) -> None:
    """Of its chains and country, where no other incident that is open has the chain too."""
    texts = select(col(CrisisText.id)).where(*_of(incident), ~_is_anothers(incident))
    await session.execute(update(CrisisRecording).where(col(CrisisRecording.text_id).in_(texts)).values(**_EMPTIED))


async def forget_before(session: AsyncSession, moment: datetime) -> None:
    """Those that came before it with a text that nobody waits for any more. Index scan on crisis_recording_age."""
    waits = exists().where(col(CrisisText.id) == col(CrisisRecording.text_id), col(CrisisText.state) == "waiting")
    old = (col(CrisisRecording.received_at) < moment, col(CrisisRecording.state) != State.FORGOTTEN, ~waits)
    await session.execute(update(CrisisRecording).where(*old).values(**_EMPTIED))


def _of(incident: Incident) -> tuple[Any, ...]:
    roots = (
        select(col(OutreachJob.root))
        .join(IncidentAlert, col(IncidentAlert.alert_id) == col(OutreachJob.alert_id))
        .where(col(IncidentAlert.incident_id) == incident.id)
    )
    return (col(CrisisText.root).in_(roots), col(CrisisText.country) == incident.country)


def _is_anothers(incident: Incident) -> Any:
    return (
        exists()
        .where(
            col(OutreachJob.root) == col(CrisisText.root),
            col(IncidentAlert.alert_id) == col(OutreachJob.alert_id),
            col(Incident.id) == col(IncidentAlert.incident_id),
            col(Incident.id) != incident.id,
            col(Incident.country) == incident.country,
            col(Incident.closed_at).is_(None),
        )
        .correlate(CrisisText)
    )


async def to_delete(session: AsyncSession, most: int) -> list[tuple[UUID, UUID]]:
    """Text and file of what is forgotten and still lies there. Index scan on crisis_recording_file."""
    rows = select(col(CrisisRecording.text_id), col(CrisisRecording.file_id)).where(
        col(CrisisRecording.state) == State.FORGOTTEN, col(CrisisRecording.file_id).is_not(None)
    )
    return [(text_id, file_id) for text_id, file_id in (await session.execute(rows.limit(most))).all() if file_id is not None]


async def deleted(session: AsyncSession, texts: Collection[UUID]) -> None:
    await session.execute(update(CrisisRecording).where(col(CrisisRecording.text_id).in_(list(texts))).values(file_id=None))


async def named(session: AsyncSession, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these files a recording names."""
    rows = select(col(CrisisRecording.file_id)).where(col(CrisisRecording.file_id).in_(ids))
    return {UUID(str(one)) for one in (await session.execute(rows)).scalars()}
