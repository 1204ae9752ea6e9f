"""Use cases: pass a case on, take it back, accept or decline it, and what time and a withdrawn consent do to it."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.persons import AgeBand
from contracts.reintegration import CaseTransferEnded
from kit.access_log import record_access
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.paging import Paging
from kit.timer import DueTimer, cancel, schedule
from kit.versions import check_version
from services.reintegration.casework import service as casework
from services.reintegration.casework.repository import find_consent_in_force, find_last_case
from services.reintegration.casework.rules import CaseClosedAlreadyError
from services.reintegration.casework.service import Desk
from services.reintegration.models import ReintegrationCase, Returnee
from services.reintegration.transfers import repository, rules
from services.reintegration.transfers.lists import TRANSFERS
from services.reintegration.transfers.models import TransferReceived, TransferSent
from services.reintegration.transfers.schemas import TransferAnswerIn, TransferIn

ACCEPT_BY: Final = "transfer-accept-by"
PURPOSE: Final = "transfer"


async def send(desk: Desk, who: UUID | str, said: TransferIn) -> tuple[TransferSent, str]:
    """With the consent that this office is told, a guardian's for a child.

    Raises `NotFoundError`, `TransferToItselfError`, `NoTransferConsentError`, `ChildWithoutGuardianError`, `TransferUnderWayError`.
    """
    returnee = await casework.found(desk, who, "transfer")
    case = await find_last_case(desk.session, returnee.id)
    if case is None or case.closed_at is not None:
        raise NotFoundError
    rules.check_destination(returnee.district, said.to_district)
    await _check_consent(desk.session, returnee, said.to_district)
    transfer = _new(desk, returnee, case, said)
    try:
        async with desk.session.begin_nested():
            desk.session.add(transfer)
    except IntegrityError as error:
        raise rules.TransferUnderWayError from error
    desk.session.add(_received(transfer, returnee, case))
    await desk.session.flush()
    await schedule(desk.session, transfer.accept_by, ACCEPT_BY, transfer.id)
    return transfer, case.reference


async def _check_consent(session: AsyncSession, returnee: Returnee, district: str) -> None:
    consent = await find_consent_in_force(session, returnee.id, PURPOSE, rules.recipient_of(district))
    is_child = returnee.age_band == AgeBand.UNDER_18
    rules.check_child(
        is_child=is_child, has_guardian=returnee.guardian is not None, by_guardian=consent is not None and consent.by_guardian
    )
    if consent is None:
        raise rules.NoTransferConsentError


def _new(desk: Desk, returnee: Returnee, case: ReintegrationCase, said: TransferIn) -> TransferSent:
    now = datetime.now(UTC)
    return TransferSent(
        id=new_id(),
        version=1,
        returnee_id=returnee.id,
        case_id=case.id,
        from_district=returnee.district,
        to_district=said.to_district,
        state=rules.State.SENT,
        reason=said.reason,
        note=desk.keyring.seal(said.note, "case_transfer_sent.note") if said.note else None,
        decline_code=None,
        sent_by=desk.caller.subject,
        sent_at=now,
        accept_by=now + timedelta(days=TRANSFERS.accept_within_days),
        ended_at=None,
    )


def _received(transfer: TransferSent, returnee: Returnee, case: ReintegrationCase) -> TransferReceived:
    """Codes alone: an office can say whether it takes somebody without knowing who it is."""
    return TransferReceived(
        **transfer.model_dump(include={"id", "to_district", "from_district", "state", "accept_by"}),
        **returnee.model_dump(include={"sex", "age_band"}),
        needs=case.needs,
        urgent=returnee.flags,
        received_at=transfer.sent_at,
        answered_by=None,
        answered_at=None,
        returnee_id=None,
    )


async def list_sent(desk: Desk, paging: Paging) -> list[tuple[TransferSent, str]]:
    rows = await repository.list_sent(desk.session, desk.visible, paging)
    shown = [one.id for one, _ in rows[: paging.limit]]
    await record_access(desk.session, desk.caller, shown, record_type="transfer", purpose="sent", fields=("case", "state"))
    return rows


async def list_received(desk: Desk, paging: Paging) -> list[tuple[TransferReceived, Returnee | None]]:
    rows = await repository.list_received(desk.session, desk.visible, paging)
    shown = [one.id for one, _ in rows[: paging.limit]]
    await record_access(desk.session, desk.caller, shown, record_type="transfer", purpose="received", fields=("needs", "name"))
    return rows


async def recall(desk: Desk, transfer_id: UUID, expected: int) -> TransferSent:
    """Raises `NotFoundError`, `StaleVersionError`, `TransferOverError`."""
    transfer = await repository.lock_sent(desk.session, transfer_id, desk.visible)
    if transfer is None:
        raise NotFoundError
    check_version(expected, transfer.version)
    await cancel(desk.session, ACCEPT_BY, transfer_id)
    await _end(desk.session, transfer, rules.State.RECALLED)
    return transfer


async def answer(desk: Desk, transfer_id: UUID, said: TransferAnswerIn) -> tuple[TransferReceived, Returnee | None, TransferSent]:
    """By the office of the other district. Accepted, the case and all that is still to be done are its own.

    Raises `NotFoundError`, `TransferOverError`, `NoTransferConsentError`, `CaseClosedAlreadyError`.
    """
    found = await repository.lock_received(desk.session, transfer_id, desk.visible)
    if found is None:
        raise NotFoundError
    transfer, received = found
    rules.check_waits(transfer.state)
    await record_access(desk.session, desk.caller, [transfer_id], record_type="transfer", purpose="answer", fields=("state",))
    await cancel(desk.session, ACCEPT_BY, transfer_id)
    received.answered_by, received.answered_at = desk.caller.subject, datetime.now(UTC)
    if not said.accept:
        transfer.decline_code = said.decline_code
        await _end(desk.session, transfer, rules.State.DECLINED)
        return received, None, transfer
    returnee = await _take_over(desk, transfer)
    received.returnee_id = returnee.id
    await _end(desk.session, transfer, rules.State.ACCEPTED)
    return received, returnee, transfer


async def _take_over(desk: Desk, transfer: TransferSent) -> Returnee:
    returnee = await repository.lock_returnee(desk.session, transfer.returnee_id)
    case = await repository.lock_case(desk.session, transfer.case_id)
    await _check_consent(desk.session, returnee, transfer.to_district)
    if case.closed_at is not None:
        raise CaseClosedAlreadyError
    returnee.district, returnee.version, case.version = transfer.to_district, returnee.version + 1, case.version + 1
    await repository.move(desk.session, returnee.id, case.id, transfer.to_district)
    await record_access(desk.session, desk.caller, [returnee.id], record_type="returnee", purpose="transfer", fields=casework.FILE)
    return returnee


async def stop_for(session: AsyncSession, returnee_id: UUID, recipient: str) -> None:
    """Consent was withdrawn: what waits for that office stops, and the case stays where it is."""
    for transfer_id in await repository.list_open_of(session, returnee_id):
        transfer = await repository.lock_sent(session, transfer_id, None)
        if transfer is not None and rules.recipient_of(transfer.to_district) == recipient:
            await cancel(session, ACCEPT_BY, transfer_id)
            await _end(session, transfer, rules.State.STOPPED)


async def bring_back(session: AsyncSession, due: DueTimer) -> None:
    """Nobody answered in time."""
    transfer = await repository.lock_sent(session, due.record, None)
    if transfer is not None and transfer.state == rules.State.SENT:
        await _end(session, transfer, rules.State.RETURNED)


async def _end(session: AsyncSession, transfer: TransferSent, state: rules.State) -> None:
    """Both records say the same. Raises `TransferOverError`."""
    rules.check_waits(transfer.state)
    now = datetime.now(UTC)
    transfer.state, transfer.ended_at, transfer.version = state, now, transfer.version + 1
    received = await repository.get_received(session, transfer.id)
    received.state = state
    returnee = await session.get_one(Returnee, transfer.returnee_id)
    event = CaseTransferEnded(
        from_district=transfer.from_district, to_district=transfer.to_district, state=state, sent_at=transfer.sent_at, ended_at=now
    )
    await emit(session, event, subject=transfer.id, sequence=transfer.version, restricted=returnee.restricted)
    await session.flush()
