"""Every SQL statement of imports."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from kit.paging import Paging
from services.agencies.evidence.models import Deployment
from services.agencies.imports.models import ImportRun
from services.agencies.models import Agency


async def agencies_by_licence(session: AsyncSession, licences: Collection[str]) -> dict[str, Agency]:
    rows = (await session.execute(select(Agency).where(col(Agency.licence).in_(licences)))).scalars()
    return {agency.licence: agency for agency in rows}


async def lock_agencies(session: AsyncSession, licences: Collection[str]) -> set[str]:
    """Those of the register, in one order: two imports of the same year's lines wait for one another."""
    rows = select(col(Agency.licence)).where(col(Agency.licence).in_(licences)).order_by(col(Agency.licence)).with_for_update()
    return set((await session.execute(rows)).scalars())


async def standing_deployments(session: AsyncSession, licences: Collection[str], years: Collection[int]) -> Sequence[Deployment]:
    """The lines that nothing supersedes. Index scan on deployment_key."""
    newer = aliased(Deployment)
    rows = select(Deployment).where(
        col(Deployment.licence).in_(licences),
        col(Deployment.year).in_(years),
        ~select(newer).where(col(newer.supersedes) == col(Deployment.id)).exists(),
    )
    return (await session.execute(rows)).scalars().all()


async def add_deployments(session: AsyncSession, rows: Sequence[Deployment]) -> None:
    if rows:
        await session.execute(insert(Deployment), [row.model_dump() for row in rows])


async def add_import(session: AsyncSession, run: ImportRun) -> None:
    session.add(run)
    await session.flush()


async def find_import(session: AsyncSession, identity: UUID) -> ImportRun | None:
    return (await session.execute(select(ImportRun).where(col(ImportRun.id) == identity))).scalar_one_or_none()


async def list_imports(session: AsyncSession, paging: Paging) -> Sequence[ImportRun]:
    return (await session.execute(paging.of(select(ImportRun), col(ImportRun.imported_at), col(ImportRun.id)))).scalars().all()
