"""Use cases: load, decide, save, emit."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.errors import NotFoundError
from kit.paging import Paging
from services.crisis.directory import Directory, load
from services.crisis.handover import service as handover
from services.crisis.lineage import service as lineage
from services.crisis.warnings import reading, repository, rules, views
from services.crisis.warnings.repository import Record
from services.crisis.warnings.schemas import AlertChangeOut, AlertDetail, AlertOut

DIRECTORY: Final[Directory] = load()
SHOWN_CHARACTERS: Final = 500
CHANGES_AT_ONCE: Final = 100
MOST_MISSED: Final = 5_000


async def get_alert(session: AsyncSession, caller: Caller, alert_id: UUID) -> AlertDetail:
    """Raises `NotFoundError` also for a warning outside of the caller's sight."""
    viewer = viewer_of(caller, datetime.now(UTC))
    record = await visible(session, alert_id, viewer.sight)
    stored = await repository.raw_of(session, alert_id)
    kin = await lineage.kin_of(session, alert_id, viewer.sight)
    duty_with = await handover.acts_instead(session, caller, record.countries)
    return views.alert_detail(record, stored, reading.read(stored.raw), kin, viewer, duty_with)


async def list_alerts(session: AsyncSession, caller: Caller, paging: Paging, *, live: bool) -> list[Record]:
    sight = rules.sight(caller.roles, caller.countries)
    return await repository.list_alerts(session, sight, paging, live_at=datetime.now(UTC) if live else None)


def row_of(record: Record, caller: Caller) -> AlertOut:
    return views.alert_out(record, viewer_of(caller, datetime.now(UTC)))


async def start_of(session: AsyncSession, position: int | None) -> int:
    """Where a stream begins: now, unless the reader names an earlier place; not so early that a stream costs as much as the whole list.

    Who missed more than `MOST_MISSED` changes sees in the first event's id that the stream goes on later than it ended.
    """
    head = await repository.last_position(session)
    return head if position is None else max(min(position, head), head - MOST_MISSED)


async def changes_since(session: AsyncSession, caller: Caller, position: int) -> tuple[list[tuple[int, AlertChangeOut]], int, bool]:
    """Changes that the caller may see, the position to go on from, and whether more wait behind it."""
    # First of all: each statement sees what was committed before it. Rights read before the head would pass over what a hand-over of duty
    # that commits between the two opens to the caller.
    head = await repository.last_position(session)
    # A stream outlives a hand-over of duty: what is whose is asked each time.
    viewer = viewer_of(await handover.widened(session, caller), datetime.now(UTC))
    changes = await repository.list_changes(session, position, head, viewer.sight, CHANGES_AT_ONCE)
    shown = [(change.position, views.change_out(change, viewer)) for change in changes]
    if len(changes) == CHANGES_AT_ONCE:
        return shown, changes[-1].position, True
    return shown, max(head, position), False


def viewer_of(caller: Caller, now: datetime) -> views.Viewer:
    return views.Viewer(rules.sight(caller.roles, caller.countries), DIRECTORY.missions, now)


async def visible(session: AsyncSession, alert_id: UUID, sight: rules.Sight) -> Record:
    record = await repository.find_alert(session, alert_id, sight)
    if record is None:
        raise NotFoundError
    return record
