"""Use cases of the rota: who is on duty in a mission, and how they are reached at night."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Bilingual
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.paging import Page, Paging, Position
from kit.versions import check_version
from services.crisis.handover.service import MISSIONS
from services.crisis.handover.views import mission_out
from services.crisis.rota import repository, rules
from services.crisis.rota.access import missions_of
from services.crisis.rota.models import OfficerShift
from services.crisis.rota.schemas import ShiftIn, ShiftOut


async def add_shift(session: AsyncSession, keyring: Keyring, caller: Caller, said: ShiftIn) -> ShiftOut:
    """Raises `NotFoundError` for a mission that is not the caller's to write, `ShiftLengthError`."""
    now = datetime.now(UTC)
    mine = missions_of(caller, now.date())
    if said.mission not in MISSIONS.by_code or (mine is not None and said.mission not in mine):
        raise NotFoundError
    starts_at = said.starts_at or now
    rules.refuse_length(starts_at, said.ends_at, now)
    shift = OfficerShift(
        id=new_id(),
        mission=said.mission,
        seat=said.seat,
        name=keyring.seal(said.name, "officer_shift.name"),
        phone=keyring.seal(said.phone, "officer_shift.phone"),
        phone_index=keyring.blind_index(said.phone, "phone"),
        language=said.language,
        starts_at=starts_at,
        ends_at=said.ends_at,
        added_by=caller.subject,
        added_at=now,
    )
    session.add(shift)
    await session.flush()
    await repository.forget(session, now - rules.KEPT)
    return shift_out(shift, keyring, now)


async def list_shifts(session: AsyncSession, keyring: Keyring, caller: Caller, paging: Paging) -> Page[ShiftOut]:
    now = datetime.now(UTC)
    rows = await repository.list_coming(session, missions_of(caller, now.date()), now, paging)
    page = paging.page(rows, lambda row: Position(row.starts_at, row.id), lambda row: shift_out(row, keyring, now))
    await record_access(
        session, caller, [one.id for one in page.items], record_type="officer_shift", purpose="crisis.rota", fields=("name", "phone")
    )
    return page


async def end_shift(session: AsyncSession, keyring: Keyring, caller: Caller, shift_id: UUID, expected: int) -> ShiftOut:
    """From now on nobody is paged by it. Raises `NotFoundError` also for a mission that is not the caller's to write."""
    now = datetime.now(UTC)
    shift = await repository.locked(session, shift_id, missions_of(caller, now.date()))
    if shift is None:
        raise NotFoundError
    check_version(expected, shift.version)
    if shift.ended_at is None:
        shift.ended_at, shift.ended_by, shift.version = now, caller.subject, shift.version + 1
        await session.flush()
    return shift_out(shift, keyring, now)


def shift_out(shift: OfficerShift, keyring: Keyring, now: datetime) -> ShiftOut:
    kept = shift.model_dump(include={"id", "version", "language", "starts_at", "ends_at"})
    return ShiftOut(
        **kept,
        mission=mission_out(shift.mission),
        seat=rules.Seat(shift.seat),
        seat_label=Bilingual.of(rules.SEATS[rules.Seat(shift.seat)]),
        name=keyring.open(shift.name, "officer_shift.name"),
        phone=keyring.open(shift.phone, "officer_shift.phone"),
        is_now=shift.ended_at is None and shift.starts_at <= now < shift.ends_at,
    )
