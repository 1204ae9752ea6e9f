"""Every statement on known persons."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.portal.people.models import KnownPerson


async def put(session: AsyncSession, person: KnownPerson) -> None:
    """The later sign-in stands."""
    values = person.model_dump()
    changed = {name: value for name, value in values.items() if name != "account"}
    await session.execute(insert(KnownPerson).values(values).on_conflict_do_update(index_elements=["account"], set_=changed))


async def list_known(session: AsyncSession, accounts: Collection[str]) -> Sequence[KnownPerson]:
    return (await session.execute(select(KnownPerson).where(col(KnownPerson.account).in_(accounts)))).scalars().all()
