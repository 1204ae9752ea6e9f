"""Use cases: the gateways are given parts of a program's quota and tell what it did; an organisation sees that."""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.errors import NotFoundError
from kit.versions import check_version
from services.partners import repository as organisations
from services.partners import rules as partnership
from services.partners import service as partners
from services.partners.models import Client, Organisation
from services.partners.quotas import repository, views
from services.partners.quotas.models import Handed
from services.partners.quotas.rules import Taken
from services.partners.quotas.schemas import LeaseIn, LeaseOut, OriginsIn, QuotaIn, UsageOut

SHOWN: Final = timedelta(days=7)


async def lease(session: AsyncSession, said: LeaseIn) -> LeaseOut:
    """Under a lock of the client's row. Grants nothing to who may not call, and says why."""
    now = datetime.now(UTC)
    found = await organisations.find_client(session, said.client_id)
    if found is None:
        return views.nothing(said.client_id, partnership.NotAPartnerError.slug, now)
    client, organisation = found
    handed = await repository.lock(session, client.client_id, now)
    quota, taken = views.quota_of(client), views.taken_of(handed).at(now)
    if said.lease_of is not None:
        taken = taken.given_back(said.unused, said.lease_of)
    refusal = refusal_of(organisation, client)
    taken, granted = taken.granted(0 if refusal else said.wanted, quota)
    _keep(handed, taken)
    if any(said.counts.model_dump().values()):
        await repository.count(session, client.client_id, now.replace(minute=0, second=0, microsecond=0), said.counts.model_dump())
    return views.lease_of(client, refusal, granted, taken, now)


def _keep(handed: Handed, taken: Taken) -> None:
    handed.minute, handed.in_minute = taken.minute, taken.in_minute
    handed.day, handed.in_day = taken.day, taken.in_day


def refusal_of(organisation: Organisation, client: Client) -> str | None:
    """The type of the problem that a program meets everywhere."""
    try:
        partnership.check_active(organisation.state, client.state)
    except (partnership.SuspendedError, partnership.NotVerifiedError) as error:
        return error.slug
    return None


async def usage(session: AsyncSession, client: Client) -> UsageOut:
    now = datetime.now(UTC)
    handed = await repository.find(session, client.client_id)
    taken = views.taken_of(handed).at(now) if handed else Taken.none(now)
    return views.usage_of(client, taken, await repository.uses(session, client.client_id, now - SHOWN), now)


async def own_usage(session: AsyncSession, client_id: str) -> UsageOut:
    """A suspended program sees it too. Raises `NotAPartnerError`."""
    found = await organisations.find_client(session, client_id)
    if found is None:
        raise partnership.NotAPartnerError
    return await usage(session, found[0])


async def _changed(session: AsyncSession, organisation: Organisation, name: str, expected: int) -> Client:
    client = await organisations.lock_client(session, organisation.id, name)
    if client is None:
        raise NotFoundError
    check_version(expected, client.version)
    client.version += 1
    return client


async def name_origins(
    session: AsyncSession, caller: Caller, organisation: Organisation, name: str, expected: int, said: OriginsIn
) -> Client:
    """Raises `NotAStewardError`, `NotFoundError`, `StaleVersionError`."""
    partners.check_acts_for(caller, organisation)
    client = await _changed(session, organisation, name, expected)
    client.origins = sorted(set(said.origins))
    partners.note(session, organisation, caller, "client_origins", client.client_id)
    return client


async def set_quota(session: AsyncSession, caller: Caller, organisation: Organisation, name: str, expected: int, said: QuotaIn) -> Client:
    """Holds from the next lease on, within seconds. Raises `NotFoundError`, `StaleVersionError`."""
    client = await _changed(session, organisation, name, expected)
    client.per_minute, client.per_day = said.per_minute, said.per_day
    partners.note(session, organisation, caller, "client_quota", client.client_id)
    return client
