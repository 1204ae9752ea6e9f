"""Statements of the December report. What it counts it reads from what happened, and from nothing that may change."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.crisis.cases.december.models import DecemberReport
from services.crisis.cases.models import WingCase, WingHappening, WingVisit, WingWorker


async def find(session: AsyncSession, mission: str, year: int, *, lock: bool = False) -> DecemberReport | None:
    statement = select(DecemberReport).where(col(DecemberReport.mission) == mission, col(DecemberReport.year) == year)
    return (await session.execute(statement.with_for_update() if lock else statement)).scalar_one_or_none()


async def list_of_year(session: AsyncSession, missions: Sequence[str], year: int) -> Sequence[DecemberReport]:
    rows = select(DecemberReport).where(col(DecemberReport.year) == year, col(DecemberReport.mission).in_(missions))
    return (await session.execute(rows.order_by(col(DecemberReport.mission)))).scalars().all()


async def happened(session: AsyncSession, mission: str, until: datetime) -> Sequence[tuple[WingCase, WingHappening]]:
    """Of each case its happenings in their order: index scans on wing_case_mission and wing_happening_case."""
    rows = (
        select(WingCase, WingHappening)
        .join(WingHappening, col(WingHappening.case_id) == col(WingCase.id))
        .where(col(WingCase.mission) == mission, col(WingHappening.at) <= until)
        .order_by(col(WingCase.id), col(WingHappening.position))
    )
    return [(found, happening) for found, happening in (await session.execute(rows)).all()]


async def visits(session: AsyncSession, mission: str, first: date, last: date, until: datetime) -> Sequence[WingVisit]:
    """Of these days, written down until the cut-off."""
    rows = (
        select(WingVisit)
        .join(WingCase, col(WingCase.id) == col(WingVisit.case_id))
        .where(col(WingCase.mission) == mission, col(WingVisit.visited_on).between(first, last), col(WingVisit.at) <= until)
        .order_by(col(WingVisit.id))
    )
    return (await session.execute(rows)).scalars().all()


async def spoken(session: AsyncSession, mission: str, first: date, last: date, until: datetime) -> Sequence[WingWorker]:
    """Workers who were spoken with at visits of these days, written down until the cut-off."""
    rows = (
        select(WingWorker)
        .join(WingVisit, col(WingVisit.id) == col(WingWorker.visit_id))
        .join(WingCase, col(WingCase.id) == col(WingVisit.case_id))
        .where(col(WingCase.mission) == mission, col(WingVisit.visited_on).between(first, last), col(WingWorker.at) <= until)
        .order_by(col(WingWorker.id))
    )
    return (await session.execute(rows)).scalars().all()
