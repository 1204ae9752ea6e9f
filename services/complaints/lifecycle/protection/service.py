"""Use cases of protection: restrict, break the glass, audit reads, empty what is past its time."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Text
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.paging import Paging
from kit.timer import DueTimer
from kit.versions import check_version
from services.complaints.access import offices_of
from services.complaints.lifecycle.procedures import PROCEDURES
from services.complaints.lifecycle.protection import repository, rules
from services.complaints.lifecycle.protection.models import BreakGlass, RetentionDue
from services.complaints.lifecycle.protection.schemas import EmptiedOut, GlassIn, GlassOut, HoldIn
from services.complaints.lifecycle.rules import RESOLVED, Action, after
from services.complaints.lifecycle.schemas import ReasonIn
from services.complaints.lifecycle.service import Acting, NotNowError, case_of
from services.complaints.models import Complaint
from services.complaints.service import note_happening, seal_note

SEALED: Final = (
    *("reporter_name", "reporter_phone", "victim_name", "victim_phone", "respondent_name", "contact_note", "contact_ask_for", "allegation"),
    *("reporter_name_key", "victim_name_key", "respondent_key", "reporter_phone_index", "victim_phone_index"),
    *("reporter_sound_key", "victim_sound_key", "respondent_sound_key"),
)


async def restrict_in_hand(acting: Acting, asked: ReasonIn) -> None:
    """Found in an interview, for instance: at once fewer see it, in lists, counts, search and events."""
    acting.complaint.restricted = True
    await acting.note("restricted", words=asked.reason)


async def restrict(session: AsyncSession, keyring: Keyring, complaint: Complaint, *, by: str, reason: str | None, now: datetime) -> None:
    """For areas that find cause in their own work (a merge takes the stricter of two). Called with the row held; never loosens."""
    if complaint.restricted:
        return
    case = await case_of(session, complaint, now)
    complaint.restricted = True
    complaint.status = after(Action.RESTRICT, case)
    await note_happening(session, complaint, "restricted", by=by, at=now, note=seal_note(keyring, reason))


async def break_glass(session: AsyncSession, keyring: Keyring, caller: Caller, reference: str, asked: GlassIn) -> GlassOut:
    """Opens a restricted complaint to one person for some minutes. Raises `NotFoundError` also where it is about the caller's office."""
    complaint = await repository.locked(session, reference)
    if complaint is None or complaint.respondent_office in offices_of(caller):
        raise NotFoundError
    _refuse(rules.glass_refused(restricted=complaint.restricted, minutes=asked.minutes, most=PROCEDURES.glass_minutes_most))
    now = datetime.now(UTC)
    until = now + timedelta(minutes=asked.minutes)
    still = {who: end for who, end in (complaint.glass or {}).items() if datetime.fromisoformat(end) > now}
    complaint.glass = {**still, caller.subject: until.isoformat()}
    row = BreakGlass(
        id=new_id(),
        complaint_id=complaint.id,
        subject=caller.subject,
        account=caller.username,
        roles=sorted(caller.roles),
        reason=keyring.seal(asked.reason, "break_glass.reason"),
        at=now,
        until=until,
    )
    session.add(row)
    await record_access(session, caller, [complaint.id], record_type="complaint", purpose="break-glass", fields=["reference"])
    await note_happening(session, complaint, "glass_broken", by=caller.subject, at=now, detail={"minutes": asked.minutes})
    return GlassOut(reference=complaint.reference, until=until)


def _refuse(reason: Text | None) -> None:
    if reason is not None:
        raise NotNowError(reason)


async def list_broken(session: AsyncSession, caller: Caller, paging: Paging) -> Sequence[Row[BreakGlass, str, str]]:
    rows = await repository.broken(session, paging)
    shown = [row[0].complaint_id for row in rows[: paging.limit]]
    await record_access(session, caller, shown, record_type="break_glass", purpose="audit", fields=["reason"])
    return rows


async def list_reads(
    session: AsyncSession, caller: Caller, reference: str | None, of: str | None, paging: Paging
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Who was shown what. The look itself is one more row. Raises `NotFoundError` for a reference of nothing."""
    record = await repository.id_of(session, reference) if reference else None
    if reference and record is None:
        raise NotFoundError
    rows = await repository.reads(session, record, of, paging)
    seen: set[UUID] = {row.record for row in rows[: paging.limit]}
    await record_access(session, caller, sorted(seen), record_type="access_log", purpose="audit", fields=["reads"])
    return rows


async def list_when_due(session: AsyncSession, due: DueTimer) -> None:
    """Timer. One that was opened again meanwhile has another time."""
    complaint = await session.get(Complaint, due.record)
    if complaint is None or complaint.emptied_at is not None or complaint.resolved_at is None:
        return
    if complaint.resolved_at + PROCEDURES.keep(complaint.kind) <= due.due:
        await repository.list_due(session, complaint.id, due.due, datetime.now(UTC))


async def list_due(session: AsyncSession, caller: Caller, paging: Paging) -> Sequence[Row[RetentionDue, Complaint]]:
    rows = await repository.due(session, paging)
    shown = [row[1].id for row in rows[: paging.limit]]
    await record_access(session, caller, shown, record_type="complaint", purpose="retention", fields=["reference"])
    return rows


async def hold(session: AsyncSession, keyring: Keyring, caller: Caller, reference: str, expected: int, asked: HoldIn) -> EmptiedOut:
    complaint = await _found(session, caller, reference, expected, "hold")
    if complaint.on_hold != asked.on:
        complaint.on_hold, now = asked.on, datetime.now(UTC)
        words = seal_note(keyring, asked.reason)
        await note_happening(session, complaint, "held" if asked.on else "released", by=caller.subject, at=now, note=words)
    return _state(complaint)


async def empty(session: AsyncSession, keyring: Keyring, caller: Caller, reference: str, expected: int) -> EmptiedOut:
    """Names, numbers and words go; codes, amounts, dates and the steps stay, for counts. There is no way back."""
    complaint = await _found(session, caller, reference, expected, "retention")
    is_listed, is_resolved = await repository.is_listed(session, complaint.id), complaint.status in RESOLVED
    _refuse(rules.emptying_refused(is_listed=is_listed, is_resolved=is_resolved, on_hold=complaint.on_hold))
    for name in SEALED:
        setattr(complaint, name, None)
    complaint.narrative = keyring.seal("", "complaint.narrative")
    complaint.emptied_at = datetime.now(UTC)
    await note_happening(session, complaint, "emptied", by=caller.subject, at=complaint.emptied_at)
    await repository.empty_procedure(session, complaint.id, keyring.seal("", "settlement.terms"))
    return _state(complaint)


async def _found(session: AsyncSession, caller: Caller, reference: str, expected: int, purpose: str) -> Complaint:
    complaint = await repository.locked(session, reference)
    if complaint is None:
        raise NotFoundError
    check_version(expected, complaint.version)
    await record_access(session, caller, [complaint.id], record_type="complaint", purpose=purpose, fields=["reference"])
    return complaint


def _state(complaint: Complaint) -> EmptiedOut:
    return EmptiedOut.model_validate(complaint, from_attributes=True)
