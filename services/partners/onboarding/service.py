"""Use cases: a steward or a keeper gives a program a secret or keys to sign in with, replaces them, ends them; the provider follows."""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.database import Sessions
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.pulse import Pulse, wait_for
from kit.versions import check_version
from services.partners import repository as organisations
from services.partners import rules as partnership
from services.partners import service as partners
from services.partners.models import Client, Organisation
from services.partners.onboarding import repository, rules, views
from services.partners.onboarding.clients import MissingError, RefusedByProviderError, Registrar, Registration, in_time
from services.partners.onboarding.keys import keys_said, public_keys
from services.partners.onboarding.models import Credential
from services.partners.onboarding.repository import CHANNEL, Stands
from services.partners.onboarding.rules import Problem, ProviderAwayError, Standing, Way
from services.partners.onboarding.schemas import CredentialChangeIn, CredentialIn

log = logging.getLogger(__name__)
# News wake the loop; a day that ended and a provider that is back do not.
LOOK_EVERY_S: Final = 5.0


async def _locked(session: AsyncSession, caller: Caller, organisation: Organisation, name: str) -> Client:
    """Raises `NotAStewardError`, `NotFoundError`."""
    partners.check_acts_for(caller, organisation)
    client = await organisations.lock_client(session, organisation.id, name)
    if client is None:
        raise NotFoundError
    return client


async def make(
    session: AsyncSession,
    registrar: Registrar | None,
    caller: Caller,
    organisation: Organisation,
    name: str,
    expected: int,
    said: CredentialIn,
) -> tuple[Stands, str | None]:
    """A new credential, and its secret, which is nowhere else.

    The provider is asked inside the transaction: what fails leaves nothing here. What it made for one that failed afterwards is made anew
    at the next try, under the same id, and nobody was told its secret.

    Raises `NotAStewardError`, `NotFoundError`, `StaleVersionError`, `SuspendedError`, `NotVerifiedError`, `TooManyCredentialsError`,
    `TakenAtProviderError`, `ProviderAwayError`, `NoProviderError`, and for keys `KeysError` and its like.
    """
    client = await _locked(session, caller, organisation, name)
    check_version(expected, client.version)
    partnership.check_active(organisation.state, client.state)
    if registrar is None:
        raise rules.NoProviderError
    credential = await _added(session, caller, client, said)
    stands = Stands(credential, client.state, organisation.state, await repository.is_agreed(session, organisation.id, partners.today()))
    secret = secrets.token_urlsafe(rules.SECRET_BYTES) if credential.way == Way.SECRET else None
    standing = views.wanted(stands, credential.made_at)
    try:
        await in_time(
            registrar.make(Registration(credential.sign_in_id, client.client_id, standing == Standing.ENABLED, secret, credential.keys))
        )
    except RefusedByProviderError as error:
        log.error("the identity provider refuses to add programs: %s", error.code)  # noqa: TRY400  # its words may hold what was sent
        raise ProviderAwayError from None
    credential.done, credential.done_version = standing, credential.version
    partners.note(session, organisation, caller, "credential_made", credential.sign_in_id)
    return stands, secret


async def _added(session: AsyncSession, caller: Caller, client: Client, said: CredentialIn) -> Credential:
    """The row of a new one; those of before end, at once or in a day."""
    keys = keys_said(said.way, said.keys)
    now = datetime.now(UTC)
    former = [one for one in await repository.lock_kept(session, client.client_id) if not rules.has_ended(one.until, now)]
    if not said.at_once and len(former) + 1 > rules.MOST_CREDENTIALS:
        raise rules.TooManyCredentialsError
    for one in former:
        one.until = rules.until_replaced(one.until, now, at_once=said.at_once)
        one.version += 1
    client.version += 1
    number = await repository.last_number(session, client.client_id) + 1
    credential = Credential(
        id=new_id(),
        client_id=client.client_id,
        number=number,
        version=1,
        sign_in_id=rules.sign_in_id_of(client.client_id, number),
        way=said.way,
        keys=keys,
        until=None,
        done=None,
        done_version=None,
        problem=None,
        made_by=caller.subject,
        made_at=now,
    )
    session.add(credential)
    await session.flush()
    return credential


async def change(
    session: AsyncSession, caller: Caller, organisation: Organisation, name: str, number: int, expected: int, said: CredentialChangeIn
) -> Stands:
    """The provider follows.

    Raises `NotAStewardError`, `NotFoundError`, `StaleVersionError`, `CredentialEndedError`, `NotByKeysError`, and what `public_keys` does.
    """
    client = await _locked(session, caller, organisation, name)
    stands = await repository.find(session, client.client_id, number, partners.today())
    if stands is None:
        raise NotFoundError
    one, now = stands.credential, datetime.now(UTC)
    check_version(expected, one.version)
    if one.done == Standing.REMOVED or rules.has_ended(one.until, now):
        raise rules.CredentialEndedError
    if said.keys is not None:
        if one.way != Way.KEYS:
            raise rules.NotByKeysError
        one.keys = public_keys(said.keys)
        partners.note(session, organisation, caller, "credential_keys", one.sign_in_id)
    if said.state is not None:
        one.until = now
        partners.note(session, organisation, caller, "credential_ended", one.sign_in_id)
    one.version += 1
    await session.flush()
    return stands


@dataclass(frozen=True, slots=True)
class Follower:
    """Brings the provider to what is wanted, however often it was away in between: nothing is queued that could be lost."""

    sessions: Sessions
    registrar: Registrar

    async def run(self, pulse: Pulse) -> None:
        """Runs until cancelled. Raises when the database goes away: it is started again."""
        while True:
            beat = pulse.next_beat
            await self.follow()
            await wait_for(beat, LOOK_EVERY_S)

    async def follow(self) -> None:
        """All that differs. What the provider does not answer to is for the next look; one that it fails on holds up no other."""
        failed_before = False
        for credential_id in await self._differing():
            try:
                await self._settle(credential_id)
            except ProviderAwayError:
                if failed_before:
                    log.warning("the identity provider does not answer: what is wanted of it waits")
                    return
                failed_before = True
            else:
                failed_before = False

    async def _differing(self) -> list[UUID]:
        async with self.sessions.begin() as session:
            kept = await repository.list_kept(session, partners.today())
        now = datetime.now(UTC)
        return [one.credential.id for one in kept if not views.is_current(one, now)]

    async def _settle(self, credential_id: UUID) -> None:
        """Under a lock of its row: what the provider is told and what is noted keep one order."""
        async with self.sessions.begin() as session:
            stands = await repository.hold(session, credential_id, partners.today())
            now = datetime.now(UTC)
            if stands is None or views.is_current(stands, now):
                return
            one, standing = stands.credential, views.wanted(stands, now)
            try:
                await self._tell(one, standing)
            except (MissingError, RefusedByProviderError) as error:
                problem = Problem.MISSING if isinstance(error, MissingError) else Problem.REFUSED
                if one.problem != problem:
                    log.warning("credential %s: %s at the identity provider", one.id, problem)
                one.problem = problem
                return
            one.done, one.done_version, one.problem = standing, one.version, None

    async def _tell(self, one: Credential, standing: Standing) -> None:
        if standing == Standing.REMOVED:
            await in_time(self.registrar.remove(one.sign_in_id, one.client_id))
            return
        try:
            await in_time(self.registrar.change(one.sign_in_id, one.client_id, enabled=standing == Standing.ENABLED, keys=one.keys))
        except MissingError:
            if standing == Standing.ENABLED:
                raise


async def follow_what_is_wanted(state: Mapping[str, Any]) -> None:
    """As long as the process."""
    await Follower(state["sessions"], state["registrar"]).run(state[CHANNEL])
