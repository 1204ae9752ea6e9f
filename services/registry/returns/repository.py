"""Statements that find whom a returnee may be in the register, all by blind index, and that keep a return beside the record."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.registry.models import National, NationalContact, NationalDocument
from services.registry.returns.models import NationalReturn
from services.registry.rules import State, Whose

# A name that thousands share finds nobody: a person could not look at them.
MOST: Final = 20


async def with_papers(session: AsyncSession, indexes: Collection[bytes]) -> Sequence[tuple[UUID, str]]:
    """Who has one of these numbers, and on which paper. Index scan on national_document_number."""
    if not indexes:
        return []
    rows = select(col(NationalDocument.person_id), col(NationalDocument.kind)).where(col(NationalDocument.number_index).in_(indexes))
    return [(row[0], row[1]) for row in await session.execute(rows.limit(MOST))]


async def with_phones(session: AsyncSession, indexes: Collection[bytes]) -> Sequence[UUID]:
    """Their own or their family's; an employer's says nothing of who somebody is. Index scan on national_contact_address."""
    if not indexes:
        return []
    rows = select(col(NationalContact.person_id)).where(
        col(NationalContact.address_index).in_(indexes), col(NationalContact.whose) != Whose.EMPLOYER
    )
    return (await session.execute(rows.limit(MOST))).scalars().all()


async def with_names(session: AsyncSession, keys: Collection[bytes], years: range | None, district: str | None) -> Sequence[UUID]:
    """Namesakes of about the same year, or else of the same district; those of the district first. Index scan on national_name."""
    if not keys or (years is None and district is None):
        return []
    near = col(National.district) == district if years is None else col(National.birth_year).between(years.start, years.stop - 1)
    rows = select(col(National.id)).where(col(National.name_key).in_(keys), near, col(National.state) != State.WITHDRAWN)
    of_the_district = (col(National.district) == district).desc().nulls_last()
    return (await session.execute(rows.order_by(of_the_district, col(National.registered_at).desc()).limit(MOST))).scalars().all()


async def keep_return(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """A link's last word."""
    statement = insert(NationalReturn).values(**values)
    newest = {"returned_on": statement.excluded.returned_on, "taken_back_at": statement.excluded.taken_back_at}
    await session.execute(statement.on_conflict_do_update(index_elements=["link"], set_=newest))


async def list_returns(session: AsyncSession, person_id: UUID) -> Sequence[NationalReturn]:
    """Those that stand, newest first."""
    rows = select(NationalReturn).where(col(NationalReturn.person_id) == person_id, col(NationalReturn.taken_back_at).is_(None))
    return (await session.execute(rows.order_by(col(NationalReturn.told_at).desc()))).scalars().all()
