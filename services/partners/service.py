"""Use cases: an organisation applies and is verified, what is agreed with it, its programs, and what all of them may do at a moment."""

from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from contracts.days import DHAKA
from contracts.partners import AgreementApproved, AgreementEnded, OrganisationReinstated, OrganisationSuspended, OrganisationVerified
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import ConflictError, ForbiddenError, NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.versions import check_version
from services.partners import repository, rules, views
from services.partners.access import KEEPERS, sight
from services.partners.models import Act, Agreement, Client, Organisation
from services.partners.rules import AgreementState, ClientState, Rights, State
from services.partners.schemas import (
    AgreementIn,
    ClientChangeIn,
    ClientIn,
    DecisionIn,
    OrganisationIn,
    OrganisationOut,
    RightsOut,
    StewardsIn,
    SuspensionIn,
)

SHOWN: Final = ("contact", "acts")


def today() -> date:
    return datetime.now(DHAKA).date()


async def apply(session: AsyncSession, keyring: Keyring, caller: Caller, said: OrganisationIn) -> Organisation:
    """A person of the organisation becomes its first steward. Raises `ForbiddenError` for another's code, `CodeTakenError`."""
    is_keeper = caller.has(*KEEPERS)
    if not is_keeper and said.code not in sight(caller).codes:
        raise ForbiddenError
    organisation = Organisation(
        **said.model_dump(exclude={"contact"}),
        id=new_id(),
        version=1,
        state=State.APPLIED,
        contact=keyring.seal(said.contact, views.CONTACT),
        stewards=[] if is_keeper else [caller.subject],
        applied_by=caller.subject,
        applied_at=datetime.now(UTC),
        decided_by=None,
        decided_at=None,
        suspended_by=None,
    )
    await _add(session, organisation, rules.CodeTakenError())
    note(session, organisation, caller, "applied", organisation.code)
    return organisation


async def _add(session: AsyncSession, row: SQLModel, taken: ConflictError) -> None:
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise taken from error


def note(
    session: AsyncSession,
    organisation: Organisation,
    caller: Caller,
    kind: str,
    about: str,
    *,
    reason: str | None = None,
    words: bytes | None = None,
) -> None:
    session.add(
        Act(
            id=new_id(),
            organisation_id=organisation.id,
            kind=kind,
            about=about,
            reason=reason,
            words=words,
            by=caller.subject,
            at=datetime.now(UTC),
        )
    )


def _sealed(keyring: Keyring, words: str | None) -> bytes | None:
    return keyring.seal(words, views.WORDS) if words else None


async def get(session: AsyncSession, caller: Caller, code: str, *, lock: bool = False) -> Organisation:
    """Raises `NotFoundError` also for one out of sight."""
    organisation = await repository.find(session, code, sight(caller), lock=lock)
    if organisation is None:
        raise NotFoundError
    return organisation


async def shown(session: AsyncSession, keyring: Keyring, caller: Caller, organisation: Organisation) -> OrganisationOut:
    """Noted in the access log: a mailbox may bear a person's name."""
    await session.flush()
    await record_access(session, caller, [organisation.id], record_type="organisation", purpose="partnership", fields=SHOWN)
    return views.organisation_of(organisation, await repository.list_acts(session, organisation.id), keyring)


async def decide(session: AsyncSession, keyring: Keyring, caller: Caller, organisation: Organisation, said: DecisionIn) -> None:
    """Of a locked one. Raises `DecidedError`, `AnotherPersonError`."""
    rules.check_verifiable(organisation.state, organisation.applied_by, caller.subject)
    organisation.state = State.VERIFIED if said.approved else State.REFUSED
    organisation.decided_by, organisation.decided_at = caller.subject, datetime.now(UTC)
    organisation.version += 1
    note(session, organisation, caller, organisation.state, organisation.code, words=_sealed(keyring, said.words))
    if said.approved:
        event = OrganisationVerified(organisation=organisation.code, kind=organisation.kind, verified_at=organisation.decided_at)
        await emit(session, event, subject=organisation.id, sequence=organisation.version)


async def suspend(session: AsyncSession, keyring: Keyring, caller: Caller, organisation: Organisation, said: SuspensionIn) -> None:
    """Of a locked one. One person is enough: a leak does not wait for a second. Raises `NotVerifiedError`, `SuspendedError`."""
    rules.check_can_have_clients(organisation.state)
    organisation.state, organisation.suspended_by = State.SUSPENDED, caller.subject
    organisation.version += 1
    note(session, organisation, caller, "suspended", organisation.code, reason=said.reason, words=_sealed(keyring, said.words))
    event = OrganisationSuspended(
        organisation=organisation.code, kind=organisation.kind, reason=said.reason, suspended_at=datetime.now(UTC)
    )
    await emit(session, event, subject=organisation.id, sequence=organisation.version)


async def reinstate(session: AsyncSession, keyring: Keyring, caller: Caller, organisation: Organisation, words: str) -> None:
    """Of a locked one, by another person than who suspended it. Raises `DecidedError`, `AnotherPersonError`."""
    if organisation.state != State.SUSPENDED:
        raise rules.DecidedError
    rules.check_other(organisation.suspended_by, caller.subject)
    organisation.state, organisation.suspended_by = State.VERIFIED, None
    organisation.version += 1
    note(session, organisation, caller, "reinstated", organisation.code, words=_sealed(keyring, words))
    event = OrganisationReinstated(organisation=organisation.code, kind=organisation.kind, reinstated_at=datetime.now(UTC))
    await emit(session, event, subject=organisation.id, sequence=organisation.version)


def name_stewards(session: AsyncSession, caller: Caller, organisation: Organisation, said: StewardsIn) -> None:
    """Of a locked one. Who was named and whose duty ended is noted, each by their account."""
    before, after = set(organisation.stewards), set(said.accounts)
    organisation.stewards = sorted(after)
    organisation.version += 1
    for kind, accounts in (("steward_named", after - before), ("steward_ended", before - after)):
        for account in sorted(accounts):
            note(session, organisation, caller, kind, account)


async def propose(session: AsyncSession, caller: Caller, organisation: Organisation, said: AgreementIn) -> Agreement:
    """Raises `NotVerifiedError`, `SuspendedError`, `TooLongError`."""
    rules.check_can_have_clients(organisation.state)
    rules.check_length(said.valid_from, said.valid_until)
    agreement = Agreement(
        **said.model_dump(),
        id=new_id(),
        version=1,
        organisation_id=organisation.id,
        state=AgreementState.PROPOSED,
        proposed_by=caller.subject,
        proposed_at=datetime.now(UTC),
        decided_by=None,
        decided_at=None,
        ended_by=None,
        ended_at=None,
    )
    session.add(agreement)
    note(session, organisation, caller, "agreement_proposed", str(agreement.id))
    await session.flush()
    return agreement


async def _locked_agreement(session: AsyncSession, agreement_id: UUID, expected: int) -> tuple[Agreement, Organisation]:
    found = await repository.lock_agreement(session, agreement_id)
    if found is None:
        raise NotFoundError
    check_version(expected, found[0].version)
    return found


async def decide_agreement(
    session: AsyncSession, keyring: Keyring, caller: Caller, agreement_id: UUID, expected: int, said: DecisionIn
) -> Agreement:
    """Raises `NotFoundError`, `StaleVersionError`, `DecidedError`, `AnotherPersonError`, `SuspendedError`, `NotVerifiedError`."""
    agreement, organisation = await _locked_agreement(session, agreement_id, expected)
    if agreement.state != AgreementState.PROPOSED:
        raise rules.DecidedError
    rules.check_other(agreement.proposed_by, caller.subject)
    if said.approved:
        rules.check_can_have_clients(organisation.state)
    agreement.state = AgreementState.APPROVED if said.approved else AgreementState.REFUSED
    agreement.decided_by, agreement.decided_at = caller.subject, datetime.now(UTC)
    agreement.version += 1
    note(session, organisation, caller, f"agreement_{agreement.state}", str(agreement.id), words=_sealed(keyring, said.words))
    if said.approved:
        event = AgreementApproved(
            organisation=organisation.code,
            kind=organisation.kind,
            purposes=tuple(agreement.purposes),
            activities=tuple(agreement.activities),
            valid_from=agreement.valid_from,
            valid_until=agreement.valid_until,
            approved_at=agreement.decided_at,
        )
        await emit(session, event, subject=agreement.id, sequence=agreement.version)
    return agreement


async def end_agreement(
    session: AsyncSession, keyring: Keyring, caller: Caller, agreement_id: UUID, expected: int, words: str
) -> Agreement:
    """At once. Raises `NotFoundError`, `StaleVersionError`, `DecidedError` for one that is not approved."""
    agreement, organisation = await _locked_agreement(session, agreement_id, expected)
    if agreement.state != AgreementState.APPROVED:
        raise rules.DecidedError
    agreement.state, agreement.ended_by, agreement.ended_at = AgreementState.ENDED, caller.subject, datetime.now(UTC)
    agreement.version += 1
    note(session, organisation, caller, "agreement_ended", str(agreement.id), words=_sealed(keyring, words))
    event = AgreementEnded(
        organisation=organisation.code, kind=organisation.kind, purposes=tuple(agreement.purposes), ended_at=agreement.ended_at
    )
    await emit(session, event, subject=agreement.id, sequence=agreement.version)
    return agreement


def check_acts_for(caller: Caller, organisation: Organisation) -> None:
    """A keeper, or a steward who still is of the organisation. Raises `NotAStewardError`."""
    if not caller.has(*KEEPERS) and not (caller.subject in organisation.stewards and organisation.code in sight(caller).codes):
        raise rules.NotAStewardError


async def add_client(session: AsyncSession, caller: Caller, organisation: Organisation, said: ClientIn) -> Client:
    """Raises `NotAStewardError`, `NotVerifiedError`, `SuspendedError`, `ClientNameTakenError`."""
    check_acts_for(caller, organisation)
    rules.check_can_have_clients(organisation.state)
    client = Client(
        id=new_id(),
        version=1,
        client_id=rules.client_id_of(organisation.code, said.name),
        organisation_id=organisation.id,
        name=said.name,
        state=ClientState.ACTIVE,
        scopes=sorted(set(said.scopes)),
        added_by=caller.subject,
        added_at=datetime.now(UTC),
    )
    await _add(session, client, rules.ClientNameTakenError())
    note(session, organisation, caller, "client_added", client.client_id)
    return client


async def change_client(
    session: AsyncSession, caller: Caller, organisation: Organisation, name: str, expected: int, said: ClientChangeIn
) -> Client:
    """Raises `NotAStewardError`, `NotFoundError`, `StaleVersionError`, `DecidedError`, `SuspendedError`."""
    check_acts_for(caller, organisation)
    client = await repository.lock_client(session, organisation.id, name)
    if client is None:
        raise NotFoundError
    check_version(expected, client.version)
    is_keeper = caller.has(*KEEPERS)
    to = ClientState(said.state or client.state)
    if to == ClientState.SUSPENDED and client.state != to and not is_keeper:
        raise ForbiddenError
    rules.check_step(client.state, to, is_keeper=is_keeper)
    client.state = to
    if said.scopes is not None:
        client.scopes = sorted(set(said.scopes))
    client.version += 1
    note(session, organisation, caller, f"client_{to}", client.client_id)
    return client


async def program_of(session: AsyncSession, client_id: str) -> tuple[Client, Organisation]:
    """Whatever was agreed. Raises `NotAPartnerError`, `SuspendedError`, `NotVerifiedError`."""
    found = await repository.find_client(session, client_id)
    if found is None:
        raise rules.NotAPartnerError
    client, organisation = found
    rules.check_active(organisation.state, client.state)
    return client, organisation


async def rights_of(session: AsyncSession, client_id: str) -> tuple[Client, Organisation, Rights]:
    """At this moment. Raises what `program_of` does."""
    client, organisation = await program_of(session, client_id)
    terms = [views.terms_of(one) for one in await repository.list_agreements(session, organisation.id)]
    return client, organisation, rules.rights(organisation.state, client.state, client.scopes, terms, today())


async def told_rights(session: AsyncSession, client_id: str) -> RightsOut:
    return views.rights_of(*await rights_of(session, client_id))
