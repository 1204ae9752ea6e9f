"""Use cases: keep both values where two descriptions of one person differ, show them, and write what a person chose."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.persons import AgeBand
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import InvalidError, NotFoundError
from kit.ids import new_id
from kit.paging import Paging
from kit.versions import check_version
from services.reintegration import service as returnees
from services.reintegration.abroad import repository as abroad
from services.reintegration.conflicts import repository, rules
from services.reintegration.conflicts.models import ConflictField
from services.reintegration.conflicts.repository import Found
from services.reintegration.conflicts.rules import Choice, Difference
from services.reintegration.matching import repository as keys
from services.reintegration.matching import service as matching
from services.reintegration.matching.models import MatchProposal
from services.reintegration.matching.rules import Decision
from services.reintegration.models import Returnee
from services.reintegration.repository import add_documents, find
from services.reintegration.rules import Visibility, check_stay
from services.reintegration.schemas import LISTS, ReturneeIn
from services.reintegration.tasks import service as tasks
from services.reintegration.tasks.rules import flags_of

SHOWN: Final = ("reference", "name", "conflict")
_DAYS: Final = frozenset({"departed_on", "returned_on"})


async def take_update(
    session: AsyncSession, keyring: Keyring, caller: Caller, returnee: Returnee, said: ReturneeIn, entry_id: UUID
) -> tuple[int, bool]:
    """What a device says of somebody who is registered. Call with the record locked.

    What the record lacked is added at once, and a new flag opens its task at once; what differs waits for a person.
    Returns how many fields wait, and whether a flag was named that the record has already.
    """
    now = datetime.now(UTC)
    new = said.model_dump(mode="json", include=set(rules.FIELDS))
    found = rules.differences(values_of(returnee, keyring), new)
    if found:
        source = {"other_id": None, "entry_id": entry_id}
        await _open(session, keyring, caller.subject, returnee, source, found, now)
    was_noted = await _add_what_grows(session, keyring, caller, returnee, said, now)
    returnee.version += 1
    await session.flush()
    return sum(not one.fills for one in found), was_noted


async def decide_match(
    session: AsyncSession, keyring: Keyring, caller: Caller, visible: Visibility, match_id: UUID, decision: Decision, because: str | None
) -> MatchProposal:
    """As `matching.service.decide`; where two records are of one person, what they say differently waits for a choice."""
    proposal = await matching.decide(session, keyring, caller, visible, match_id, decision, because)
    if decision == Decision.SAME:
        await _open_between(session, keyring, caller, proposal.returnee_id, proposal.other_id)
    return proposal


async def _open_between(session: AsyncSession, keyring: Keyring, caller: Caller, later: UUID, earlier: UUID) -> None:
    """Idempotent. Locks both records, in the order of their ids."""
    kept, other = [await repository.lock_returnee(session, who) for who in sorted((earlier, later))]
    if kept is None or other is None:
        raise NotFoundError
    if kept.id != earlier:
        kept, other = other, kept
    found = rules.differences(values_of(kept, keyring), values_of(other, keyring))
    if found:
        source = {"other_id": other.id, "entry_id": None}
        await _open(session, keyring, caller.subject, kept, source, found, datetime.now(UTC))
        await session.flush()


async def _open(
    session: AsyncSession,
    keyring: Keyring,
    who: str,
    returnee: Returnee,
    source: Mapping[str, UUID | None],
    found: Sequence[Difference],
    now: datetime,
) -> None:
    conflict_id = new_id()
    waits = any(not one.fills for one in found)
    conflict = {"id": conflict_id, "version": 1, "returnee_id": returnee.id, **source, "opened_by": who, "opened_at": now}
    rows = [_row(keyring, conflict_id, one, who, now) for one in found]
    if await repository.add(session, {**conflict, "decided_at": None if waits else now}, rows):
        await _apply(session, keyring, returnee, {one.field: one.new for one in found if one.fills})


def _row(keyring: Keyring, conflict_id: UUID, one: Difference, who: str, now: datetime) -> dict[str, Any]:
    chosen = (
        {"choice": Choice.NEW, "chosen_by": who, "chosen_at": now} if one.fills else dict.fromkeys(("choice", "chosen_by", "chosen_at"))
    )
    kept = None if one.kept is None else keyring.seal(json.dumps(one.kept), "conflict_field.kept_value")
    new = keyring.seal(json.dumps(one.new), "conflict_field.new_value")
    return {"conflict_id": conflict_id, "field": one.field, "kept_value": kept, "new_value": new, **chosen}


async def _add_what_grows(
    session: AsyncSession, keyring: Keyring, caller: Caller, returnee: Returnee, said: ReturneeIn, now: datetime
) -> bool:
    await returnees.note_arrival(session, caller, returnee, said, now)
    known = await repository.list_paper_keys(session, returnee.id)
    papers = [returnees.document_row(keyring, returnee.id, one) for one in said.documents]
    await add_documents(session, [one for one in papers if (one["kind"], one["number_index"]) not in known])
    await keys.add_keys(session, returnee.id, matching.keys_of(keyring, returnees.compared(said)))
    await abroad.ask(session, returnee.id, now)
    has_guardian = said.guardian is not None or returnee.guardian is not None
    flags = flags_of(said.flags, is_child=said.age_band == AgeBand.UNDER_18, has_guardian=has_guardian)
    fresh = [one for one in flags if one not in returnee.flags]
    returnee.flags = [*returnee.flags, *fresh]
    returnee.restricted = returnee.restricted or any(LISTS.flag(one).restricted for one in fresh)
    returnee.neutral_slip = returnee.neutral_slip or said.neutral_slip
    await session.flush()
    await tasks.open_tasks(session, returnee, now, fresh)
    return len(fresh) < len(flags)


async def list_conflicts(session: AsyncSession, caller: Caller, visible: Visibility, paging: Paging) -> list[tuple[Found, int]]:
    """Those in which a field waits for a person who sees the record."""
    rows = await repository.list_open(session, visible, paging)
    await _note(session, caller, [one for one, _ in rows[: paging.limit]])
    return rows


async def list_of(session: AsyncSession, caller: Caller, visible: Visibility, who: UUID | str) -> list[tuple[Found, int]]:
    """Of one record, decided ones too. Raises `NotFoundError`."""
    record = await find(session, who, visible)
    if record is None:
        raise NotFoundError
    rows = await repository.list_of(session, record.returnee.id, visible)
    await _note(session, caller, [one for one, _ in rows])
    return rows


async def read_conflict(
    session: AsyncSession, caller: Caller, visible: Visibility, conflict_id: UUID
) -> tuple[Found, Sequence[ConflictField]]:
    """Raises `NotFoundError` also for a record out of sight."""
    found = await repository.find(session, conflict_id, visible)
    if found is None:
        raise NotFoundError
    await _note(session, caller, [found])
    return found, await repository.list_fields(session, conflict_id)


async def choose(
    session: AsyncSession,
    keyring: Keyring,
    caller: Caller,
    visible: Visibility,
    conflict_id: UUID,
    expected: int,
    choices: Mapping[str, Choice],
) -> tuple[Found, Sequence[ConflictField]]:
    """Writes what was chosen into the record that stands; the value not chosen stays beside it, sealed.

    Raises `NotFoundError`, `StaleVersionError`, `ConflictDecidedError`, `ChoiceMissingError`, `InvalidError` for a stay that ends before
    it began. Locks the conflict and the record.
    """
    found = await repository.lock(session, conflict_id, visible)
    if found is None:
        raise NotFoundError
    check_version(expected, found.conflict.version)
    if found.conflict.decided_at is not None:
        raise rules.ConflictDecidedError
    fields = await repository.list_fields(session, conflict_id)
    waiting = {one.field: one for one in fields if one.choice is None}
    answered = {name: choice for name, choice in choices.items() if name in waiting}
    if not answered:
        raise rules.ChoiceMissingError
    now = datetime.now(UTC)
    for name, choice in answered.items():
        one = waiting[name]
        one.choice, one.chosen_by, one.chosen_at = choice, caller.subject, now
    chosen = {name: value_of(waiting[name].new_value, keyring, "new") for name, choice in answered.items() if choice == Choice.NEW}
    _check_stay(found.returnee, chosen)
    await _apply(session, keyring, found.returnee, chosen)
    found.returnee.version += 1
    found.conflict.version += 1
    if len(answered) == len(waiting):
        found.conflict.decided_at = now
    await session.flush()
    await _note(session, caller, [found])
    return found, fields


def _check_stay(returnee: Returnee, chosen: Mapping[str, Any]) -> None:
    departed, returned = (date.fromisoformat(chosen[name]) if name in chosen else getattr(returnee, name) for name in sorted(_DAYS))
    try:
        check_stay(departed, returned)
    except ValueError as error:
        raise InvalidError(errors=[{"pointer": "/choices/returned_on", "detail": error.args[0]}]) from error


def value_of(sealed: bytes | None, keyring: Keyring, side: str) -> Any:
    return None if sealed is None else json.loads(keyring.open(sealed, f"conflict_field.{side}_value"))


def values_of(returnee: Returnee, keyring: Keyring) -> dict[str, Any]:
    """The fields that are compared, as JSON has them in a registration."""
    values: dict[str, Any] = {}
    for name in rules.FIELDS:
        value = getattr(returnee, name)
        if name in rules.SEALED:
            value = keyring.open(value, f"returnee.{name}") if value is not None else None
            value = json.loads(value) if name == "guardian" and value else value
        values[name] = value.isoformat() if isinstance(value, date) else value
    return values


async def _apply(session: AsyncSession, keyring: Keyring, returnee: Returnee, values: Mapping[str, Any]) -> None:
    """Also what the record is found by: the new phone and name, beside the old ones."""
    for name, value in values.items():
        setattr(returnee, name, _stored(keyring, name, value))
    if "phone" in values:
        returnee.phone_index = keyring.blind_index(values["phone"], "phone")
    if values:
        await session.flush()
        await keys.add_keys(session, returnee.id, matching.keys_of(keyring, matching.person_of(returnee, keyring)))


def _stored(keyring: Keyring, name: str, value: Any) -> Any:
    if name in rules.SEALED:
        return keyring.seal(json.dumps(value) if name == "guardian" else value, f"returnee.{name}")
    return date.fromisoformat(value) if name in _DAYS else value


async def _note(session: AsyncSession, caller: Caller, found: Sequence[Found]) -> None:
    records = {one.id for row in found for one in (row.returnee, row.other) if one is not None}
    await record_access(session, caller, records, record_type="returnee", purpose="conflict", fields=SHOWN)
