"""Every statement on sessions and parked forms."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.portal.session.models import ParkedForm, WebSession


async def find_session(session: AsyncSession, id_hash: bytes) -> WebSession | None:
    return await session.get(WebSession, id_hash)


async def lock_session(session: AsyncSession, id_hash: bytes) -> WebSession | None:
    """Holds the row until the transaction ends."""
    return await session.scalar(select(WebSession).where(WebSession.id_hash == id_hash).with_for_update())  # type: ignore[arg-type]


async def touch(session: AsyncSession, id_hash: bytes, seen_at: datetime) -> None:
    await session.execute(update(WebSession).where(WebSession.id_hash == id_hash).values(seen_at=seen_at))  # type: ignore[arg-type]


async def delete_session(session: AsyncSession, id_hash: bytes) -> None:
    await session.execute(delete(WebSession).where(WebSession.id_hash == id_hash))  # type: ignore[arg-type]


async def sweep(session: AsyncSession, *, sessions_before: datetime, forms_before: datetime) -> None:
    await session.execute(delete(WebSession).where(WebSession.started_at < sessions_before))  # type: ignore[arg-type]
    await session.execute(delete(ParkedForm).where(ParkedForm.parked_at < forms_before))  # type: ignore[arg-type]


async def park(session: AsyncSession, form: ParkedForm) -> None:
    """One form per person: the newest."""
    values = form.model_dump()
    changed = {name: value for name, value in values.items() if name != "owner_hash"}
    await session.execute(insert(ParkedForm).values(values).on_conflict_do_update(index_elements=["owner_hash"], set_=changed))


async def find_parked(session: AsyncSession, owner_hash: bytes) -> ParkedForm | None:
    return await session.get(ParkedForm, owner_hash)


async def take_parked(session: AsyncSession, owner_hash: bytes, path: str) -> ParkedForm | None:
    """Deletes and returns it: it is shown once."""
    found = delete(ParkedForm).where(ParkedForm.owner_hash == owner_hash, ParkedForm.path == path).returning(ParkedForm)  # type: ignore[arg-type]
    return await session.scalar(found)
