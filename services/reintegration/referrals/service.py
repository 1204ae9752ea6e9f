"""Use cases: who helps, who may get it, and a referral from its sending to the returnee's own word."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from contracts.reintegration import ReferralEnded
from contracts.reintegration import ReferralSent as ReferralSentEvent
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.paging import Paging
from kit.programs import Receiving
from kit.reference import make
from kit.sharing_log import record_shares
from kit.timer import DueTimer, cancel, schedule
from kit.versions import check_version
from services.reintegration.casework import service as casework
from services.reintegration.casework.repository import find_last_case
from services.reintegration.casework.service import Desk
from services.reintegration.models import Returnee
from services.reintegration.referrals import repository, rules
from services.reintegration.referrals.helps import HELPS
from services.reintegration.referrals.models import HelpProvider, ReferralReceived, ReferralSent, ReferralWord
from services.reintegration.referrals.schemas import (
    AnswerIn,
    EligibilityIn,
    ProviderIn,
    ReferralIn,
    ToldAnswerIn,
    ToldDeliveryIn,
)

ACCEPT_BY: Final = "referral-accept-by"
PREFIX: Final = "H"
Pair = tuple[ReferralSent, HelpProvider]
ReceivedRow = tuple[ReferralReceived, ReferralSent, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Letter:
    """`person`: the least that the help needs, opened to be printed."""

    referral: ReferralSent
    provider: HelpProvider
    district: str
    person: Mapping[str, str]


async def add_provider(session: AsyncSession, caller: Caller, said: ProviderIn) -> HelpProvider:
    provider = HelpProvider(id=new_id(), version=1, added_by=caller.subject, added_at=datetime.now(UTC), **said.model_dump())
    session.add(provider)
    await session.flush()
    return provider


async def change_provider(session: AsyncSession, provider_id: UUID, expected: int, said: ProviderIn) -> HelpProvider:
    """Raises `NotFoundError`, `StaleVersionError`. Referrals under way go on: a closed body still answers what it holds."""
    provider = await repository.find_provider(session, provider_id, lock=True)
    if provider is None:
        raise NotFoundError
    check_version(expected, provider.version)
    for name, value in said.model_dump().items():
        setattr(provider, name, value)
    provider.version += 1
    return provider


async def eligibilities(desk: Desk, who: UUID | str, said: EligibilityIn, today: date) -> list[rules.Eligibility]:
    """Of all helps, for one returnee. `today` by the calendar of Dhaka."""
    returnee = await casework.seen(desk, who, "eligibility")
    facts: dict[str, rules.Fact] = {
        "returned_on": returnee.returned_on,
        "years_since_return": rules.years_between(returnee.returned_on, today),
        **{name: value for name, value in said.model_dump().items() if value is not None},
    }
    return [rules.eligibility(one, facts) for one in HELPS.helps]


async def send(desk: Desk, who: UUID | str, said: ReferralIn) -> Pair:
    """With the returnee's consent that this body is told. Raises `NotFoundError`, `NoConsentError` and those of `check_provider`.

    For a body without an account nothing is sent: the letter is printed and its answer taken down.
    """
    returnee = await casework.found(desk, who, "referral")
    case = await find_last_case(desk.session, returnee.id)
    provider = await repository.find_provider(desk.session, said.provider_id)
    if provider is None or case is None or case.closed_at is not None:
        raise NotFoundError
    now = datetime.now(UTC)
    rules.check_provider(provider.helps, said.help, provider.open_from, provider.closed_from, now.astimezone(DHAKA).date())
    if not await casework.is_consented(desk.session, returnee.id, rules.PURPOSE, rules.recipient_of(provider.org, provider.kind)):
        raise rules.NoConsentError
    referral = _new_referral(desk, returnee, case.id, provider, said, now)
    await _add(desk, referral)
    if provider.org is not None:
        desk.session.add(_received(desk, referral, returnee, provider.org))
    await _tell_sent(desk, referral, returnee, provider)
    await schedule(desk.session, referral.accept_by, ACCEPT_BY, referral.id)
    return referral, provider


def _new_referral(desk: Desk, returnee: Returnee, case_id: UUID, provider: HelpProvider, said: ReferralIn, now: datetime) -> ReferralSent:
    return ReferralSent(
        id=new_id(),
        version=1,
        returnee_id=returnee.id,
        case_id=case_id,
        provider_id=provider.id,
        help=said.help,
        letter_reference=None if provider.org else make(PREFIX),
        state=rules.State.SENT,
        reason=desk.keyring.seal(said.reason, "help_referral_sent.reason") if said.reason else None,
        decline_code=None,
        sent_by=desk.caller.subject,
        sent_at=now,
        accept_by=rules.accept_by(now, HELPS.accept_within_days if provider.org else HELPS.letter_accept_within_days),
        answered_at=None,
        delivered_at=None,
        outcome=None,
        confirmed=None,
        confirmed_at=None,
        ended_at=None,
    )


async def _add(desk: Desk, referral: ReferralSent) -> None:
    try:
        async with desk.session.begin_nested():
            desk.session.add(referral)
    except IntegrityError as error:
        raise rules.AlreadyReferredError from error


def _received(desk: Desk, referral: ReferralSent, returnee: Returnee, org: str) -> ReferralReceived:
    return ReferralReceived(
        id=referral.id,
        org=org,
        district=returnee.district,
        help=referral.help,
        data=desk.keyring.seal(json.dumps(_least(desk.keyring, returnee, referral.help)), "help_referral_received.data"),
        received_at=referral.sent_at,
        accept_by=referral.accept_by,
        state=referral.state,
        note=None,
    )


def _least(keyring: Keyring, returnee: Returnee, code: str) -> Mapping[str, str]:
    """What the dated data lets this help know of the person, and nothing else; a name is told in both scripts."""

    def opened(name: str) -> str | None:
        sealed: bytes | None = getattr(returnee, name)
        return keyring.open(sealed, f"returnee.{name}") if sealed is not None else None

    known = {
        "name": opened("name"),
        "name_bn": opened("name_bn"),
        "phone": opened("phone"),
        "district": returnee.district,
        "returned_on": returnee.returned_on.isoformat(),
    }
    sends: list[str] = list(HELPS.help(code).sends)
    if "name" in sends:
        sends.insert(sends.index("name") + 1, "name_bn")
    return {name: value for name in sends if (value := known[name]) is not None}


async def _tell_sent(desk: Desk, referral: ReferralSent, returnee: Returnee, provider: HelpProvider) -> None:
    event = ReferralSentEvent(
        help=referral.help,
        to=provider.kind,
        district=returnee.district,
        sent_at=referral.sent_at,
        accept_by=referral.accept_by,
        recipient=provider.org,
    )
    await emit(desk.session, event, subject=referral.id, sequence=1, restricted=returnee.restricted)


async def list_of(desk: Desk, who: UUID | str) -> list[Pair]:
    returnee = await casework.seen(desk, who, "referral")
    return await repository.list_of(desk.session, returnee.id)


async def list_received(session: AsyncSession, receiving: Receiving, paging: Paging) -> list[ReceivedRow]:
    """What was sent to the caller's own body. Logged, with what may be known of each person."""
    rows = await repository.list_received(session, receiving.caller.org, paging)
    known = await may_know(session, receiving, [one for one, _ in rows[: paging.limit]])
    for fields in set(known.values()):
        these = [one for one, told in known.items() if told == fields]
        await _note_received(session, receiving, these, fields)
    return [(received, sent, known.get(received.id, frozenset())) for received, sent in rows]


async def read_received(session: AsyncSession, receiving: Receiving, referral_id: UUID) -> ReceivedRow:
    """Logged. Raises `NotFoundError` for another body's."""
    found = await repository.find_received_by(session, referral_id, receiving.caller.org)
    if found is None:
        raise NotFoundError
    fields = (await may_know(session, receiving, [found[0]]))[referral_id]
    await _note_received(session, receiving, [referral_id], fields)
    return (*found, fields)


async def _note_received(session: AsyncSession, receiving: Receiving, referrals: Sequence[UUID], fields: Collection[str]) -> None:
    noted = sorted(fields) or ("state",)
    await record_access(session, receiving.caller, referrals, record_type="referral", purpose="received", fields=noted)


async def may_know(session: AsyncSession, receiving: Receiving, received: Sequence[ReferralReceived]) -> dict[UUID, frozenset[str]]:
    """Of each referral what its receiver may know of the person now, by the sharing policy; what was decided is written down."""
    consented = await repository.list_consented(session, [one.id for one in received])
    today = datetime.now(DHAKA).date()
    shares = {
        one.id: rules.shared_with(one.org, today, consented=one.id in consented, kind=receiving.kind, agreements=receiving.agreements)
        for one in received
    }
    await record_shares(session, receiving.caller, [(one.org, shares[one.id]) for one in received])
    return {identity: rules.of_person(share.allowed) for identity, share in shares.items()}


async def answer_as_receiver(session: AsyncSession, keyring: Keyring, caller: Caller, referral_id: UUID, said: AnswerIn) -> Pair:
    """Raises `NotFoundError` for another body's referral, `NotNowError`."""
    found = await repository.lock_received(session, referral_id, caller.org)
    if found is None:
        raise NotFoundError
    await record_access(session, caller, [referral_id], record_type="referral", purpose="answer", fields=("state",))
    return await _answer(session, keyring, found, said)


async def letter(desk: Desk, referral_id: UUID) -> Letter:
    """To print, while the person agrees. Noted as what was given away. Raises `NotFoundError`, `NoLetterError`, `NoConsentError`."""
    row = await repository.find_sent(desk.session, referral_id, desk.visible)
    if row is None:
        raise NotFoundError
    referral, provider, returnee = row
    rules.check_letter(rules.State(referral.state), has_account=provider.org is not None)
    if not await casework.is_consented(desk.session, returnee.id, rules.PURPOSE, rules.recipient_of(provider.org, provider.kind)):
        raise rules.NoConsentError
    person = _least(desk.keyring, returnee, referral.help)
    await record_access(desk.session, desk.caller, [returnee.id], record_type="returnee", purpose="letter", fields=tuple(person))
    return Letter(referral, provider, returnee.district, person)


async def told_of(desk: Desk, pairs: Sequence[Pair]) -> Mapping[UUID, list[ReferralWord]]:
    """What bodies without an account answered, by referral."""
    found: dict[UUID, list[ReferralWord]] = {referral.id: [] for referral, _ in pairs}
    for word in await repository.list_words(desk.session, list(found)):
        found[word.referral_id].append(word)
    return found


async def answer_as_sender(desk: Desk, referral_id: UUID, expected: int, said: ToldAnswerIn) -> Pair:
    """Of a body without an account: what it said by letter or telephone.

    Raises `NotFoundError`, `StaleVersionError`, `NotNowError`, `ToldTooEarlyError`.
    """
    found = await _locked_letter(desk, referral_id, expected)
    answered = await _answer(desk.session, desk.keyring, found, said)
    await _note_told(desk, found[0], said)
    return answered


async def _locked_letter(desk: Desk, referral_id: UUID, expected: int) -> Pair:
    found = await _locked_sent(desk, referral_id, expected)
    if found[1].org is not None:
        raise NotFoundError
    return found


async def _note_told(desk: Desk, referral: ReferralSent, said: ToldAnswerIn | ToldDeliveryIn) -> None:
    rules.check_told(said.told_on, referral.sent_at.astimezone(DHAKA).date())
    word = ReferralWord(
        referral_id=referral.id,
        state=referral.state,
        told_by=desk.keyring.seal(said.told_by, "help_referral_word.told_by"),
        told_way=said.told_way,
        told_on=said.told_on,
        note=desk.keyring.seal(said.note, "help_referral_word.note") if said.note else None,
        written_by=desk.caller.subject,
        written_at=datetime.now(UTC),
    )
    desk.session.add(word)
    await desk.session.flush()


async def _answer(session: AsyncSession, keyring: Keyring, found: Pair, said: AnswerIn) -> Pair:
    referral = found[0]
    referral.answered_at = datetime.now(UTC)
    referral.decline_code = None if said.accept else said.decline_code
    await cancel(session, ACCEPT_BY, referral.id)
    await _move(session, found, rules.State.ACCEPTED if said.accept else rules.State.DECLINED)
    received = await repository.find_received(session, referral.id)
    if received is not None and said.note:
        received.note = keyring.seal(said.note, "help_referral_received.note")
    return found


async def deliver(session: AsyncSession, caller: Caller, referral_id: UUID, outcome: str) -> Pair:
    """The receiver says that it gave the help. Raises `NotFoundError`, `NotNowError`."""
    found = await repository.lock_received(session, referral_id, caller.org)
    if found is None:
        raise NotFoundError
    return await _deliver(session, found, outcome)


async def deliver_as_sender(desk: Desk, referral_id: UUID, expected: int, said: ToldDeliveryIn) -> Pair:
    found = await _locked_letter(desk, referral_id, expected)
    delivered = await _deliver(desk.session, found, said.outcome)
    await _note_told(desk, found[0], said)
    return delivered


async def _deliver(session: AsyncSession, found: Pair, outcome: str) -> Pair:
    found[0].outcome, found[0].delivered_at = outcome, datetime.now(UTC)
    await _move(session, found, rules.State.DELIVERED)
    return found


async def confirm(desk: Desk, referral_id: UUID, expected: int, confirmed: str) -> Pair:
    """The returnee was asked: only now the referral ends well. Raises `NotFoundError`, `StaleVersionError`, `NotNowError`."""
    found = await _locked_sent(desk, referral_id, expected)
    found[0].confirmed, found[0].confirmed_at = confirmed, datetime.now(UTC)
    await _move(desk.session, found, rules.State.CONFIRMED)
    return found


async def _locked_sent(desk: Desk, referral_id: UUID, expected: int) -> Pair:
    found = await repository.lock_sent(desk.session, referral_id, desk.visible)
    if found is None:
        raise NotFoundError
    check_version(expected, found[0].version)
    await record_access(desk.session, desk.caller, [found[0].returnee_id], record_type="returnee", purpose="referral", fields=("referral",))
    return found


async def records_of(session: AsyncSession, returnee_id: UUID, recipient: str) -> tuple[UUID, ...]:
    """What one body was ever given of a returnee, ended or not: it knows each by this id."""
    return tuple(await repository.list_to(session, returnee_id, recipient))


async def stop_for(session: AsyncSession, returnee_id: UUID, recipient: str) -> None:
    """Consent was withdrawn: what is under way to that body stops, and what it was told is taken from its record."""
    for referral_id in await repository.list_open_to(session, returnee_id, recipient):
        found = await repository.lock_any(session, referral_id)
        if found is not None:
            await cancel(session, ACCEPT_BY, referral_id)
            await _move(session, found, rules.State.STOPPED)


async def bring_back(session: AsyncSession, due: DueTimer) -> None:
    """Nobody answered in time: the referral is the sender's again."""
    found = await repository.lock_any(session, due.record)
    if found is not None and found[0].state == rules.State.SENT:
        await _move(session, found, rules.State.RETURNED)


async def _move(session: AsyncSession, found: Pair, state: rules.State) -> None:
    """Both records say the same; a receiver that has no more business with the person keeps nothing of them."""
    referral, provider = found
    rules.check_step(rules.State(referral.state), state)
    now = datetime.now(UTC)
    referral.state, referral.version = state, referral.version + 1
    received = await repository.find_received(session, referral.id)
    if received is not None:
        received.state = state
        if state in {rules.State.DECLINED, rules.State.RETURNED, rules.State.STOPPED}:
            received.data = None
    if state in rules.ENDED:
        referral.ended_at = now
        await _tell_ended(session, referral, provider, now)
    await session.flush()


async def _tell_ended(session: AsyncSession, referral: ReferralSent, provider: HelpProvider, now: datetime) -> None:
    returnee = await session.get_one(Returnee, referral.returnee_id)
    event = ReferralEnded(
        help=referral.help,
        to=provider.kind,
        district=returnee.district,
        state=referral.state,
        confirmed=referral.confirmed,
        sent_at=referral.sent_at,
        ended_at=now,
        recipient=provider.org,
    )
    await emit(session, event, subject=referral.id, sequence=referral.version, restricted=returnee.restricted)
