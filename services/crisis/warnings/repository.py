"""Every SQL statement on warnings. Each read for a caller takes a `Sight`: there is no way to read past it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, or_, select, true, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.crisis.handover import repository as handovers
from services.crisis.warnings.cap import Identity
from services.crisis.warnings.models import Acknowledgement, Alert, AlertChange, AlertCountry, AlertReference, CapMessage, MessageReceipt
from services.crisis.warnings.rules import REACHED, Sight, State

LOCK: Final = "alerts"


@dataclass(frozen=True, slots=True)
class Record:
    """A warning with all that hangs on it. `missions`: code → its countries in this warning; `acknowledgements` by mission.

    `handed`: mission → the one that its duty is with now.
    """

    alert: Alert
    missions: Mapping[str, Sequence[str]]
    acknowledgements: Mapping[str, Acknowledgement]
    handed: Mapping[str, str] = field(default_factory=dict)

    @property
    def countries(self) -> list[str]:
        return sorted(country for its_countries in self.missions.values() for country in its_countries)


@dataclass(frozen=True, slots=True)
class Change:
    position: int
    kind: str
    record: Record


async def one_at_a_time(session: AsyncSession) -> None:
    """Writers wait for one another until the end of the transaction.

    So a Cancel and the Alert that it names cannot miss each other, and no stream reads past a position that is not committed yet.
    """
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(LOCK))))


async def find_same(session: AsyncSession, identity: Identity) -> Alert | None:
    found = await session.execute(select(Alert).where(_is_one_of([identity])))
    return found.scalar_one_or_none()


async def raw_of(session: AsyncSession, alert_id: UUID) -> CapMessage:
    return (await session.execute(select(CapMessage).where(col(CapMessage.alert_id) == alert_id))).scalar_one()


async def list_named(session: AsyncSession, references: Collection[Identity]) -> list[Record]:
    """The messages among `references` that have come already."""
    if not references:
        return []
    found = await session.execute(select(Alert).where(_is_one_of(references)))
    return await _records(session, found.scalars().all())


async def add_alert(
    session: AsyncSession, alert: Alert, message: CapMessage, references: Iterable[Identity], missions: Mapping[str, Sequence[str]]
) -> Record:
    session.add(alert)
    await session.flush()
    session.add(message)
    session.add_all(AlertReference(alert_id=alert.id, sender=one.sender, identifier=one.identifier, sent=one.sent) for one in references)
    session.add_all(
        AlertCountry(alert_id=alert.id, country=country, mission=code) for code, countries in missions.items() for country in countries
    )
    await session.flush()
    return Record(alert, missions, {})


async def add_receipt(session: AsyncSession, receipt: MessageReceipt) -> None:
    session.add(receipt)
    await session.flush()


async def set_state(session: AsyncSession, alert_id: UUID, state: State) -> None:
    await session.execute(
        update(Alert).where(col(Alert.id) == alert_id).values(state=state.value, version=Alert.version + 1),
    )


async def add_change(session: AsyncSession, alert_id: UUID, kind: str) -> None:
    """Called while holding the lock of `one_at_a_time`. A trigger wakes the streams of all replicas when it commits."""
    await session.execute(insert(AlertChange).values(alert_id=alert_id, kind=kind))


async def next_version(session: AsyncSession, alert_id: UUID) -> int:
    statement = update(Alert).where(col(Alert.id) == alert_id).values(version=Alert.version + 1).returning(col(Alert.version))
    return (await session.execute(statement)).scalar_one()


async def find_alert(session: AsyncSession, alert_id: UUID, sight: Sight) -> Record | None:
    found = await session.execute(select(Alert).where(col(Alert.id) == alert_id, seen_by(sight)).execution_options(populate_existing=True))
    records = await _records(session, found.scalars().all())
    return records[0] if records else None


async def list_alerts(session: AsyncSession, sight: Sight, paging: Paging, *, live_at: datetime | None) -> list[Record]:
    """Newest first: a keyset scan of alert_newest; notices of cancellation are not warnings and left out. One row more than asked."""
    rows = select(Alert).where(col(Alert.state) != State.NOTICE.value, seen_by(sight))
    if live_at is not None:
        stands = or_(col(Alert.expires).is_(None), col(Alert.expires) > live_at)
        rows = rows.where(col(Alert.state) == State.STANDING.value, stands)
    found = await session.execute(paging.of(rows, col(Alert.raised_at), col(Alert.id)))
    return await _records(session, found.scalars().all())


async def last_position(session: AsyncSession) -> int:
    return await session.scalar(select(func.coalesce(func.max(AlertChange.position), 0))) or 0


async def list_changes(session: AsyncSession, after: int, head: int, sight: Sight, limit: int) -> list[Change]:
    """Up to `head`, in the order in which they were committed; each with the warning as it is now. A change of figures is none of it."""
    statement = (
        select(AlertChange, Alert)
        .join(Alert, col(Alert.id) == AlertChange.alert_id)
        .where(col(AlertChange.position) > after, col(AlertChange.position) <= head)
        .where(col(AlertChange.kind) != REACHED, seen_by(sight))
        .order_by(col(AlertChange.position))
        .limit(limit)
    )
    rows = (await session.execute(statement)).all()
    records = {record.alert.id: record for record in await _records(session, list({alert.id: alert for _, alert in rows}.values()))}
    return [Change(change.position or 0, change.kind, records[alert.id]) for change, alert in rows]


def seen_by(sight: Sight) -> ColumnElement[bool]:
    if sight.everything:
        return true()
    mine = select(1).where(col(AlertCountry.alert_id) == Alert.id, col(AlertCountry.country).in_(sorted(sight.countries)))
    return mine.exists()


def _is_one_of(identities: Collection[Identity]) -> ColumnElement[bool]:
    triples = [(one.sender, one.identifier, one.sent) for one in identities]
    return tuple_(col(Alert.sender), col(Alert.identifier), col(Alert.sent)).in_(triples)


async def _records(session: AsyncSession, alerts: Sequence[Alert]) -> list[Record]:
    """Three more statements for any number of warnings."""
    ids = [alert.id for alert in alerts]
    if not ids:
        return []
    missions: dict[UUID, dict[str, list[str]]] = {one: {} for one in ids}
    places = select(AlertCountry).where(col(AlertCountry.alert_id).in_(ids)).order_by(col(AlertCountry.country))
    for place in (await session.execute(places)).scalars():
        missions[place.alert_id].setdefault(place.mission, []).append(place.country)
    noted: dict[UUID, dict[str, Acknowledgement]] = defaultdict(dict)
    for one in (await session.execute(select(Acknowledgement).where(col(Acknowledgement.alert_id).in_(ids)))).scalars():
        noted[one.alert_id][one.mission] = one
    handed = await handovers.chains(session)
    return [Record(alert, missions[alert.id], noted[alert.id], handed) for alert in alerts]
