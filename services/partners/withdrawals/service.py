"""Use cases: whoever was told of a withdrawal is asked to confirm it, reminded while they do not, and an officer sees who has not."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.events import CloudEvent
from contracts.partners import WithdrawalConfirmed, WithdrawalOverdue
from contracts.reintegration import ConsentWithdrawn
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.timer import DueTimer, schedule
from services.partners import service as organisations
from services.partners.access import KEEPERS, Sight, sight
from services.partners.feed.rules import READ
from services.partners.hooks import repository as hooks
from services.partners.hooks.rules import MANAGE, EndpointState
from services.partners.rules import NotAllowedError
from services.partners.rules import State as OrganisationState
from services.partners.withdrawals import repository, rules, views
from services.partners.withdrawals.models import Step, Withdrawal
from services.partners.withdrawals.repository import Found
from services.partners.withdrawals.rules import Said, StepKind
from services.partners.withdrawals.schemas import ConfirmationIn, WithdrawalWithStepsOut

UNCONFIRMED: Final = "withdrawal-unconfirmed"
EVERYTHING: Final = Sight(everything=True, codes=frozenset())


async def ask(session: AsyncSession, envelope: CloudEvent, told: ConsentWithdrawn, *, is_known: bool) -> None:
    """Once for each event, however often it comes."""
    if not rules.is_asked(is_known, told.records):
        return
    now = datetime.now(UTC)
    withdrawal = Withdrawal(
        event_id=envelope.id,
        recipient=told.recipient,
        purpose=told.purpose,
        records=list(told.records),
        restricted=envelope.restricted,
        withdrawn_at=told.withdrawn_at,
        asked_at=now,
        due=rules.due_of(now),
        confirmed_at=None,
        outcome=None,
        way=None,
    )
    if await repository.add(session, withdrawal):
        await schedule(session, rules.next_step(now, now), UNCONFIRMED, envelope.id)


async def sight_of(session: AsyncSession, caller: Caller) -> Sight:
    """A program sees its organisation's, whatever is agreed on: a withdrawal outlives the agreement.

    Raises `NotAPartnerError`, `SuspendedError`, `NotVerifiedError`, `NotAllowedError`.
    """
    if not caller.has("partner"):
        return sight(caller)
    client, organisation = await organisations.program_of(session, caller.client_id)
    if not {READ, MANAGE}.intersection(client.scopes):
        raise NotAllowedError
    return Sight(everything=False, codes=frozenset({organisation.code}))


async def get(session: AsyncSession, caller: Caller, event_id: UUID) -> Found:
    """Raises `NotFoundError` also for another's, and what `sight_of` does."""
    found = await repository.find(session, event_id, await sight_of(session, caller))
    if found is None:
        raise NotFoundError
    return found


async def shown(session: AsyncSession, keyring: Keyring, caller: Caller, event_id: UUID) -> WithdrawalWithStepsOut:
    """An officer reads notes of letters and calls, and that is noted. Raises what `get` does."""
    found, is_officer = await get(session, caller, event_id), caller.has(*KEEPERS, "auditor")
    if is_officer:
        await record_access(session, caller, [event_id], record_type="withdrawal", purpose="partnership", fields=["words"])
    steps = await repository.list_steps(session, event_id)
    return views.withdrawal_of(found, steps, keyring, datetime.now(UTC), is_officer=is_officer)


async def confirm(session: AsyncSession, keyring: Keyring, caller: Caller, event_id: UUID, said: ConfirmationIn) -> None:
    """The same again changes nothing. Raises what `get` does, `WayNeededError`, `ConfirmedError`."""
    way = rules.way_of(Said(said.outcome, said.way, said.words), is_officer=caller.has(*KEEPERS), is_program=caller.has("partner"))
    withdrawal = await repository.lock(session, event_id, await sight_of(session, caller))
    if withdrawal is None:
        raise NotFoundError
    if withdrawal.outcome is not None:
        rules.check_same(withdrawal.outcome, said.outcome)
        return
    now = datetime.now(UTC)
    withdrawal.confirmed_at, withdrawal.outcome, withdrawal.way = now, said.outcome, way
    words = keyring.seal(said.words, views.WORDS) if said.words else None
    _note(session, event_id, StepKind.CONFIRMED, now, by=caller.client_id if caller.has("partner") else caller.subject, words=words)
    event = WithdrawalConfirmed(
        organisation=withdrawal.recipient,
        purpose=withdrawal.purpose,
        outcome=said.outcome,
        way=way,
        asked_at=withdrawal.asked_at,
        confirmed_at=now,
    )
    await emit(session, event, subject=event_id, sequence=2, restricted=withdrawal.restricted)


def _note(
    session: AsyncSession, event_id: UUID, kind: StepKind, at: datetime, *, by: str | None = None, words: bytes | None = None
) -> None:
    session.add(Step(id=new_id(), event_id=event_id, kind=kind, at=at, by=by, words=words))


async def remind(session: AsyncSession, timer: DueTimer) -> None:
    """Whoever has not confirmed is sent the event again, under its id; that it is overdue is told once. Ends with the confirmation."""
    withdrawal = await repository.lock(session, timer.record, EVERYTHING)
    if withdrawal is None or withdrawal.confirmed_at is not None:
        return
    now = datetime.now(UTC)
    is_newly_overdue = now >= withdrawal.due and not await _is_told_overdue(session, withdrawal.event_id)
    _note(session, withdrawal.event_id, StepKind.OVERDUE if is_newly_overdue else StepKind.REMINDED, now)
    if is_newly_overdue:
        event = WithdrawalOverdue(
            organisation=withdrawal.recipient, purpose=withdrawal.purpose, asked_at=withdrawal.asked_at, due=withdrawal.due
        )
        await emit(session, event, subject=withdrawal.event_id, sequence=1, restricted=withdrawal.restricted)
    await _send_again(session, withdrawal.event_id, now)
    await schedule(session, rules.next_step(withdrawal.asked_at, max(now, timer.due)), UNCONFIRMED, withdrawal.event_id)


async def _is_told_overdue(session: AsyncSession, event_id: UUID) -> bool:
    return any(one.kind == StepKind.OVERDUE for one in await repository.list_steps(session, event_id))


async def _send_again(session: AsyncSession, event_id: UUID, now: datetime) -> None:
    """To each endpoint of a body that may be sent something. Who has none finds it in the list of what to confirm."""
    found = await repository.find(session, event_id, EVERYTHING)
    if found is None or found.organisation is None or found.organisation.state != OrganisationState.VERIFIED:
        return
    for endpoint in await hooks.list_of(session, found.organisation.id):
        if endpoint.state == EndpointState.ACTIVE:
            await hooks.queue_again(session, endpoint, since=None, event_ids=[event_id], now=now)
