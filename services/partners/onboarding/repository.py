"""Statements about credentials. Those of a person's organisation are asked by its id, which `service.get` gave them."""

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import Exists, Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from services.partners.models import Agreement, Client, Organisation
from services.partners.onboarding.models import Credential
from services.partners.onboarding.rules import Standing
from services.partners.rules import AgreementState

CHANNEL: Final = "credentials"
_KEPT: Final = col(Credential.done).is_distinct_from(Standing.REMOVED)


class Stands(NamedTuple):
    """A credential, and what decides what is wanted of it."""

    credential: Credential
    client: str
    organisation: str
    is_agreed: bool


def _agreed(organisation_id: SQLCoreOperations[UUID] | UUID, today: date) -> Exists:
    """Whether an agreement is in force."""
    return exists().where(
        col(Agreement.organisation_id) == organisation_id,
        col(Agreement.state) == AgreementState.APPROVED,
        col(Agreement.valid_from) <= today,
        col(Agreement.valid_until) >= today,
    )


def _standing(today: date) -> Select[Credential, str, str, bool]:
    rows = select(Credential, col(Client.state), col(Organisation.state), _agreed(col(Client.organisation_id), today))
    rows = rows.join(Client, col(Client.client_id) == col(Credential.client_id))
    return rows.join(Organisation, col(Organisation.id) == col(Client.organisation_id))


async def list_of(session: AsyncSession, organisation_id: UUID, today: date) -> list[Stands]:
    """What the provider still has, or is to have; by program, newest first."""
    rows = _standing(today).where(col(Client.organisation_id) == organisation_id, _KEPT)
    return [Stands._make(row) for row in await session.execute(rows.order_by(col(Credential.client_id), col(Credential.number).desc()))]


async def list_kept(session: AsyncSession, today: date) -> list[Stands]:
    """Of all organisations: some hundreds."""
    return [Stands._make(row) for row in await session.execute(_standing(today).where(_KEPT).order_by(col(Credential.made_at)))]


async def hold(session: AsyncSession, credential_id: UUID, today: date) -> Stands | None:
    """None where another replica holds it."""
    rows = _standing(today).where(col(Credential.id) == credential_id, _KEPT)
    row = (await session.execute(rows.with_for_update(of=Credential, skip_locked=True))).one_or_none()
    return Stands._make(row) if row else None


async def find(session: AsyncSession, client_id: str, number: int, today: date) -> Stands | None:
    """Locked."""
    rows = _standing(today).where(col(Credential.client_id) == client_id, col(Credential.number) == number)
    row = (await session.execute(rows.with_for_update(of=Credential))).one_or_none()
    return Stands._make(row) if row else None


async def lock_kept(session: AsyncSession, client_id: str) -> Sequence[Credential]:
    rows = select(Credential).where(col(Credential.client_id) == client_id, _KEPT).order_by(col(Credential.number))
    return (await session.execute(rows.with_for_update())).scalars().all()


async def last_number(session: AsyncSession, client_id: str) -> int:
    last = select(func.coalesce(func.max(col(Credential.number)), 0)).where(col(Credential.client_id) == client_id)
    return (await session.execute(last)).scalar_one()


async def is_agreed(session: AsyncSession, organisation_id: UUID, today: date) -> bool:
    return (await session.execute(select(_agreed(organisation_id, today)))).scalar_one()
