"""Use cases: take in what devices wrote without a connection, once each; mend what was refused."""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.persons import AgeBand
from contracts.places import districts
from contracts.text import Bilingual, Text
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring, SealError, UnknownKeyError
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.paging import Paging
from kit.versions import check_version
from services.reintegration import service as returnees
from services.reintegration.conflicts import service as conflicts
from services.reintegration.conflicts.repository import lock_returnee
from services.reintegration.field import repository, rules
from services.reintegration.field.models import FieldEntry
from services.reintegration.field.rules import Outcome, State
from services.reintegration.field.schemas import Content, EntryIn, FieldRegistrationIn, ResultOut, SyncIn, SyncOut
from services.reintegration.lists import has
from services.reintegration.rules import Visibility
from services.reintegration.schemas import LISTS, ChoiceOut, ReceiptOut
from services.reintegration.tasks.rules import flags_of

BODY: Final = "field_entry.body"
SHOWN: Final = ("name", "registration")


class Opened(NamedTuple):
    plain: str
    content: Content


class Arrival(NamedTuple):
    """What surrounds an entry: whose device, by which clocks."""

    device_id: UUID
    device_now: datetime
    now: datetime


async def take_in(session: AsyncSession, keyring: Keyring, caller: Caller, batch: SyncIn) -> SyncOut:
    """Each entry once, however often it comes: what was there already answers as it did, or as it is now.

    Locks each entry's number, in their order, so that two copies of a queue wait for each other.
    """
    arrival = Arrival(batch.device_id, batch.device_now, datetime.now(UTC))
    numbers = {entry.id for entry in batch.entries}
    await repository.lock(session, batch.device_id, numbers)
    known = list(await repository.list_known(session, batch.device_id, numbers))
    taken: dict[int, ResultOut] = {}
    for place, entry in sorted(enumerate(batch.entries), key=lambda one: one[1].id):
        taken[place] = await _take(session, keyring, caller, arrival, entry, known)
    off = rules.clock_is_off(arrival.device_now, arrival.now)
    return SyncOut(received_at=arrival.now, clock_off_s=round(off.total_seconds()), results=[taken[place] for place in sorted(taken)])


async def _take(
    session: AsyncSession, keyring: Keyring, caller: Caller, arrival: Arrival, entry: EntryIn, known: list[FieldEntry]
) -> ResultOut:
    """`known`: what is here of this device; what is taken joins it."""
    opened = _open(keyring, arrival, entry)
    if isinstance(opened, Outcome):
        return _result(entry.id, opened)
    content = keyring.blind_index(hashlib.sha256(opened.plain.encode()).hexdigest(), "field-entry")
    alike = [one for one in known if one.entry_id == entry.id]
    same = next((one for one in alike if one.content == content), None)
    if same is not None:
        return _result(entry.id, rules.OUTCOMES[State(same.state)], reference=same.reference, again=True)
    row = _row(keyring, caller, arrival, entry, opened, content)
    try:
        said = FieldRegistrationIn.model_validate(opened.content.registration)
    except ValidationError as error:
        known.append(await repository.add(session, row | {"state": State.TO_MEND}))
        return _result(entry.id, Outcome.TO_MEND, reference=row["reference"], faults=error.error_count(), urgent=_flags(row["flags"]))
    said = said.model_copy(update={"device_at": opened.content.written_at})
    first = next((one.reference for one in alike if one.returnee_id), None)
    taken, result = await _register(session, keyring, caller, row | {"body": None}, said, said.of or first)
    known.append(taken)
    return result


def _open(keyring: Keyring, arrival: Arrival, entry: EntryIn) -> Opened | Outcome:
    if len(entry.sealed) > rules.MOST_BOX_BYTES * 4 // 3:
        return Outcome.TOO_LARGE
    try:
        box = base64.b64decode(entry.sealed + "=" * (-len(entry.sealed) % 4), altchars=b"-_", validate=True)
        context = rules.context_of(entry.key_id, str(arrival.device_id), str(entry.id))
        plain = keyring.open_box(entry.key_id, box, context).decode()
        return Opened(plain, Content.model_validate_json(plain))
    except UnknownKeyError:
        return Outcome.UNKNOWN_KEY
    except (SealError, binascii.Error, UnicodeError, ValueError):
        return Outcome.UNREADABLE


def _row(keyring: Keyring, caller: Caller, arrival: Arrival, entry: EntryIn, opened: Opened, content: bytes) -> dict[str, Any]:
    """Who may see it is read from what may be faulty: a district or a flag that is none of ours narrows nothing and hides nothing."""
    raw = opened.content.registration
    named = raw.get("flags")
    known = [one for one in named if isinstance(one, str) and has(LISTS.flags, one)] if isinstance(named, list) else []
    flags = flags_of(known, is_child=raw.get("age_band") == AgeBand.UNDER_18, has_guardian=bool(raw.get("guardian")))
    district = raw.get("district")
    return {
        "id": new_id(),
        "version": 1,
        "device_id": arrival.device_id,
        "entry_id": entry.id,
        "content": content,
        "body": keyring.seal(json.dumps(raw, ensure_ascii=False), BODY),
        "returnee_id": None,
        "reference": opened.content.reference,
        "district": district if isinstance(district, str) and district in districts() else None,
        "flags": flags,
        "restricted": any(LISTS.flag(one).restricted for one in flags),
        "registered_by": caller.subject,
        "registered_by_org": min(caller.org, default=None),
        "written_at": opened.content.written_at,
        "device_now": arrival.device_now,
        "received_at": arrival.now,
        "closed_by": None,
        "closed_at": None,
        "closed_because": None,
    }


async def _register(
    session: AsyncSession, keyring: Keyring, caller: Caller, row: dict[str, Any], said: FieldRegistrationIn, of: str | None
) -> tuple[FieldEntry, ResultOut]:
    """A new record; or, where the person showed the slip of an earlier one, what is said of that."""
    earlier = await lock_returnee(session, of) if of else None
    if earlier is not None:
        placed = {"state": State.COMPARED, "returnee_id": earlier.id, "reference": earlier.reference}
        taken = await repository.add(session, row | placed)
        waiting, was_noted = await conflicts.take_update(session, keyring, caller, earlier, said, row["id"])
        notes = [rules.FLAG_AGAIN] if was_noted else []
        urgent = _flags(said.flags)
        result = _result(row["entry_id"], Outcome.COMPARED, reference=earlier.reference, waiting=waiting, notes=notes, urgent=urgent)
        return taken, result
    receipt = await returnees.register_returnee(session, keyring, caller, said, row["reference"])
    taken = await repository.add(session, row | {"state": State.STORED, "returnee_id": receipt.id, "reference": receipt.reference})
    notes = [rules.NEW_NUMBER] if row["reference"] not in {None, receipt.reference} else []
    return taken, _receipt(row["entry_id"], receipt, [*notes, *([rules.NOT_FOUND] if of else [])])


def _receipt(entry_id: UUID, receipt: ReceiptOut, notes: Sequence[Text]) -> ResultOut:
    result = _result(entry_id, Outcome.STORED, reference=receipt.reference, matches=receipt.matches, urgent=receipt.urgent, notes=notes)
    return result.model_copy(update={"notes": [*result.notes, *receipt.notes]})


def _result(entry_id: UUID, outcome: Outcome, *, notes: Sequence[Text] = (), **more: Any) -> ResultOut:
    return ResultOut(
        id=entry_id, outcome=outcome, message=Bilingual.of(rules.WORDS[outcome]), notes=[Bilingual.of(one) for one in notes], **more
    )


def _flags(codes: Sequence[str]) -> list[ChoiceOut]:
    return [ChoiceOut.chosen(LISTS.flag(one)) for one in codes]


async def list_to_mend(session: AsyncSession, caller: Caller, visible: Visibility, paging: Paging) -> Sequence[FieldEntry]:
    rows = await repository.list_to_mend(session, visible, paging)
    await _note(session, caller, rows[: paging.limit])
    return rows


async def read(session: AsyncSession, caller: Caller, visible: Visibility, identity: UUID) -> FieldEntry:
    """Raises `NotFoundError` also for an entry out of sight."""
    entry = await repository.find(session, identity, visible)
    if entry is None:
        raise NotFoundError
    await _note(session, caller, [entry])
    return entry


async def mend(
    session: AsyncSession, keyring: Keyring, caller: Caller, visible: Visibility, identity: UUID, expected: int, said: FieldRegistrationIn
) -> ResultOut:
    """Registers what an officer has corrected, under the reference of the slip. Raises as `_to_mend`."""
    entry = await _to_mend(session, caller, visible, identity, expected)
    earlier = await lock_returnee(session, said.of) if said.of else None
    said = said.model_copy(update={"device_at": entry.written_at})
    if earlier is not None:
        waiting, _ = await conflicts.take_update(session, keyring, caller, earlier, said, entry.id)
        _close(entry, caller, State.COMPARED, earlier.id, earlier.reference)
        return _result(entry.entry_id, Outcome.COMPARED, reference=earlier.reference, waiting=waiting)
    printed = entry.reference
    receipt = await returnees.register_returnee(session, keyring, caller, said, printed)
    _close(entry, caller, State.MENDED, receipt.id, receipt.reference)
    return _receipt(entry.entry_id, receipt, [rules.NEW_NUMBER] if printed not in {None, receipt.reference} else [])


async def dismiss(
    session: AsyncSession, keyring: Keyring, caller: Caller, visible: Visibility, identity: UUID, expected: int, because: str
) -> None:
    """Closed without a registration, with a reason; what was sent stays, sealed. Raises as `_to_mend`."""
    entry = await _to_mend(session, caller, visible, identity, expected)
    _close(entry, caller, State.DISMISSED, None, entry.reference)
    entry.closed_because = keyring.seal(because, "field_entry.closed_because")


def _close(entry: FieldEntry, caller: Caller, state: State, returnee_id: UUID | None, reference: str | None) -> None:
    entry.state, entry.returnee_id, entry.reference = state, returnee_id, reference
    entry.closed_by, entry.closed_at, entry.version = caller.subject, datetime.now(UTC), entry.version + 1


async def _to_mend(session: AsyncSession, caller: Caller, visible: Visibility, identity: UUID, expected: int) -> FieldEntry:
    """Locked. Raises `NotFoundError`, `StaleVersionError`, `AlreadyMendedError`."""
    entry = await repository.find(session, identity, visible, locked=True)
    if entry is None:
        raise NotFoundError
    if entry.state != State.TO_MEND:
        raise rules.AlreadyMendedError
    check_version(expected, entry.version)
    await _note(session, caller, [entry])
    return entry


async def _note(session: AsyncSession, caller: Caller, entries: Sequence[FieldEntry]) -> None:
    await record_access(session, caller, [one.id for one in entries], record_type="field_entry", purpose="mend", fields=SHOWN)
