"""Every SQL statement about organisations. Each read for a person takes a `Sight`: there is no way to read past it."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.partners.access import Sight
from services.partners.models import Act, Agreement, Client, Organisation


def seen_by(sight: Sight) -> ColumnElement[bool]:
    return true() if sight.everything else col(Organisation.code).in_(sight.codes)


async def find(session: AsyncSession, code: str, sight: Sight, *, lock: bool = False) -> Organisation | None:
    statement = select(Organisation).where(col(Organisation.code) == code, seen_by(sight))
    return (await session.execute(statement.with_for_update() if lock else statement)).scalar_one_or_none()


async def list_organisations(session: AsyncSession, sight: Sight, paging: Paging, *, state: str | None) -> Sequence[Organisation]:
    rows = select(Organisation).where(seen_by(sight))
    if state is not None:
        rows = rows.where(col(Organisation.state) == state)
    return (await session.execute(paging.of(rows, col(Organisation.applied_at), col(Organisation.id)))).scalars().all()


async def list_acts(session: AsyncSession, organisation_id: UUID) -> Sequence[Act]:
    """Newest first, the last hundred."""
    rows = select(Act).where(col(Act.organisation_id) == organisation_id).order_by(col(Act.at).desc(), col(Act.id).desc())
    return (await session.execute(rows.limit(100))).scalars().all()


# Asked at each request of a program: built once, which costs more than to run them.
_AGREEMENTS: Final = (
    select(Agreement)
    .where(col(Agreement.organisation_id) == bindparam("organisation_id"))
    .order_by(col(Agreement.proposed_at).desc(), col(Agreement.id).desc())
)
_CLIENT: Final = (
    select(Client, Organisation)
    .join(Organisation, col(Client.organisation_id) == col(Organisation.id))
    .where(col(Client.client_id) == bindparam("client_id"))
)


async def list_agreements(session: AsyncSession, organisation_id: UUID) -> Sequence[Agreement]:
    """Newest first."""
    return (await session.execute(_AGREEMENTS, {"organisation_id": organisation_id})).scalars().all()


async def lock_agreement(session: AsyncSession, agreement_id: UUID) -> tuple[Agreement, Organisation] | None:
    rows = select(Agreement, Organisation).join(Organisation, col(Agreement.organisation_id) == col(Organisation.id))
    row = (await session.execute(rows.where(col(Agreement.id) == agreement_id).with_for_update())).one_or_none()
    return (row[0], row[1]) if row else None


async def list_clients(session: AsyncSession, organisation_id: UUID) -> Sequence[Client]:
    rows = select(Client).where(col(Client.organisation_id) == organisation_id)
    return (await session.execute(rows.order_by(col(Client.added_at).desc(), col(Client.id).desc()))).scalars().all()


async def lock_client(session: AsyncSession, organisation_id: UUID, name: str) -> Client | None:
    rows = select(Client).where(col(Client.organisation_id) == organisation_id, col(Client.name) == name)
    return (await session.execute(rows.with_for_update())).scalar_one_or_none()


async def find_client(session: AsyncSession, client_id: str) -> tuple[Client, Organisation] | None:
    row = (await session.execute(_CLIENT, {"client_id": client_id})).one_or_none()
    return (row[0], row[1]) if row else None
