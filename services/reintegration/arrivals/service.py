"""Use cases: hear of an arrival by event or manifest, in any order and as often as it comes; confirm or dismiss it at the desk."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.crisis import EvacueeArrived, MessageStatus
from contracts.reintegration import ArrivalConfirmed
from contracts.text import Bilingual
from kit.access_log import record_access
from kit.auth import Caller
from kit.bus import Received
from kit.crypto import Keyring
from kit.errors import NotFoundError
from kit.outbox import emit
from kit.paging import Paging
from kit.reference import parse
from kit.validation_words import words_for
from kit.versions import check_version
from services.reintegration import repository as returnees
from services.reintegration import service as registration
from services.reintegration.arrivals import repository, rules
from services.reintegration.arrivals.models import EvacueeArrival
from services.reintegration.arrivals.rules import State, Taken
from services.reintegration.arrivals.schemas import DismissalIn, EvacueeIn, ManifestIn, RowOut, RowProblemOut
from services.reintegration.casework.service import Desk
from services.reintegration.schemas import LISTS, ReceiptOut, ReturneeIn
from services.reintegration.tasks.rules import flags_of

DATA: Final = "evacuee_arrival.data"


async def hear(session: AsyncSession, events: Sequence[Received[Any]]) -> None:
    """A drill brings nobody home. What a manifest told before stands, and what a person decided too."""
    for event in events:
        told: EvacueeArrived = event.data
        if told.message_status != MessageStatus.ACTUAL:
            continue
        codes = told.model_dump(include={"district", "country", "sex", "age_band", "arrived_on"})
        restricted = bool(event.envelope.restricted)
        arrival = await repository.add_or_lock(session, _row(event.envelope.subject, codes, restricted=restricted, now=datetime.now(UTC)))
        arrival.told_at = arrival.told_at or told.arrived_at
        arrival.district = arrival.district or told.district
        arrival.restricted = arrival.restricted or restricted


def _row(evacuee: UUID, codes: dict[str, Any], *, restricted: bool, now: datetime) -> dict[str, Any]:
    return {**codes, "id": evacuee, "version": 1, "state": State.WAITING, "restricted": restricted, "first_known_at": now}


async def take_manifest(session: AsyncSession, keyring: Keyring, manifest: ManifestIn) -> list[RowOut]:
    return [await _take_row(session, keyring, number, row) for number, row in enumerate(manifest.rows)]


async def _take_row(session: AsyncSession, keyring: Keyring, number: int, row: dict[str, Any]) -> RowOut:
    try:
        said = EvacueeIn.model_validate(row)
    except ValidationError as error:
        return RowOut(row=number, id=None, outcome=Taken.REFUSED, problems=_problems(error))
    return RowOut(row=number, id=said.id, outcome=await _take(session, keyring, said))


def _problems(error: ValidationError) -> list[RowProblemOut]:
    """Which field, and what is wrong with it; never what stood in it."""
    return [RowProblemOut(field=".".join(str(part) for part in one["loc"]), detail=Bilingual.of(words_for(one))) for one in error.errors()]


async def _take(session: AsyncSession, keyring: Keyring, said: EvacueeIn) -> Taken:
    now = datetime.now(UTC)
    flags = flags_of(said.flags, is_child=False, has_guardian=False)
    codes = said.model_dump(include={"district", "country", "sex", "age_band", "arrived_on"})
    restricted = any(LISTS.flag(one).restricted for one in flags)
    arrival = await repository.add_or_lock(session, _row(said.id, codes, restricted=restricted, now=now))
    if arrival.state != State.WAITING:
        return Taken.DECIDED
    person = said.model_dump(mode="json", include={"name", "name_bn", "phone", "documents", "flags"})
    outcome = Taken.AGAIN if arrival.data is not None else Taken.TAKEN
    arrival.data, arrival.data_at = keyring.seal(json.dumps(person, ensure_ascii=False), DATA), now
    for name, value in codes.items():
        # The later manifest corrects the earlier; what it does not know it leaves.
        if value is not None and value != "unknown":
            setattr(arrival, name, value)
    arrival.restricted = arrival.restricted or restricted
    return outcome


async def list_waiting(desk: Desk, paging: Paging) -> list[EvacueeArrival]:
    rows = await repository.list_waiting(desk.session, desk.visible, paging)
    await _note(desk, [one.id for one in rows[: paging.limit]], "list")
    return rows


async def read(desk: Desk, arrival_id: UUID) -> EvacueeArrival:
    """Raises `NotFoundError` also for one out of sight."""
    arrival = await repository.find(desk.session, arrival_id, desk.visible)
    if arrival is None:
        raise NotFoundError
    await _note(desk, [arrival.id], "read")
    return arrival


async def _note(desk: Desk, records: Sequence[UUID], purpose: str) -> None:
    await record_access(desk.session, desk.caller, records, record_type="arrival", purpose=purpose, fields=("name", "phone", "documents"))


async def _waiting(desk: Desk, arrival_id: UUID, expected: int) -> EvacueeArrival:
    """Raises `NotFoundError`, `StaleVersionError`, `ArrivalDecidedError`."""
    arrival = await repository.find(desk.session, arrival_id, desk.visible, lock=True)
    if arrival is None:
        raise NotFoundError
    rules.check_waits(arrival.state)
    check_version(expected, arrival.version)
    await _note(desk, [arrival.id], "decide")
    return arrival


async def confirm(desk: Desk, arrival_id: UUID, expected: int, said: ReturneeIn) -> ReceiptOut:
    """The officer has looked at it and completed it: a registration as any other, with its tasks and its proposed matches."""
    arrival = await _waiting(desk, arrival_id, expected)
    receipt = await registration.register_returnee(desk.session, desk.keyring, desk.caller, said)
    await _decide(desk, arrival, State.CONFIRMED, receipt.id)
    return receipt


async def dismiss(desk: Desk, arrival_id: UUID, expected: int, said: DismissalIn) -> EvacueeArrival:
    """Registered before, or not for this desk. Raises `NotFoundError` also for a record that the officer does not see."""
    arrival = await _waiting(desk, arrival_id, expected)
    arrival.decline_code = said.because
    if said.because == rules.Dismissal.NOT_HERE:
        # It waits for who sees the whole country to find the right desk.
        arrival.district, arrival.version = None, arrival.version + 1
        return arrival
    known = None
    if said.returnee is not None:
        known = await returnees.find(desk.session, parse(said.returnee, registration.PREFIX), desk.visible)
        if known is None:
            raise NotFoundError
    await _decide(desk, arrival, State.CONFIRMED if known else State.DISMISSED, known.returnee.id if known else None)
    return arrival


async def send_to(desk: Desk, arrival_id: UUID, expected: int, district: str) -> EvacueeArrival:
    """To the desk where the person is at home."""
    arrival = await _waiting(desk, arrival_id, expected)
    arrival.district, arrival.version, arrival.decline_code = district, arrival.version + 1, None
    return arrival


async def _decide(desk: Desk, arrival: EvacueeArrival, state: State, returnee_id: UUID | None) -> None:
    """What the manifest told is not kept twice."""
    now = datetime.now(UTC)
    arrival.state, arrival.returnee_id, arrival.data, arrival.version = state, returnee_id, None, arrival.version + 1
    arrival.decided_by, arrival.decided_at = desk.caller.subject, now
    await desk.session.flush()
    if returnee_id is not None:
        event = ArrivalConfirmed(
            district=arrival.district or "",
            country=arrival.country,
            known=arrival.decline_code == rules.Dismissal.REGISTERED_BEFORE,
            arrived_on=arrival.arrived_on,
            confirmed_at=now,
        )
        await emit(desk.session, event, subject=arrival.id, sequence=arrival.version, restricted=arrival.restricted)


def covers(caller: Caller) -> bool:
    """A service that may speak for the whole country; a telephone exchange's client may not."""
    return caller.covers_district(None)
