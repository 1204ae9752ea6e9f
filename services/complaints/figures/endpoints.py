"""The HTTP edge of the figures."""

from datetime import date

from fastapi import APIRouter, Response

from kit.auth import public
from kit.database import SessionDep
from kit.quarters import Quarter
from kit.spreadsheet import csv_file
from services.complaints.figures import service
from services.complaints.figures.access import Counter
from services.complaints.figures.schemas import FiguresOut, PublicFiguresOut
from services.complaints.figures.views import csv_of

router = APIRouter(prefix="/v1/complaints/figures", tags=["figures"])


@router.get("")
async def read_figures(caller: Counter, session: SessionDep, since: date | None = None, until: date | None = None) -> FiguresOut:
    return await service.figures_for(session, caller, since, until, purpose="figures")


@router.get("/export", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def export_figures(caller: Counter, session: SessionDep, since: date | None = None, until: date | None = None) -> Response:
    found = await service.figures_for(session, caller, since, until, purpose="export")
    return csv_file(csv_of(found.cells, found.offices), "complaints.csv")


@router.get("/public", dependencies=[public()])
async def read_public_figures(session: SessionDep, quarter: Quarter = None) -> PublicFiguresOut:
    return await service.public_figures(session, quarter)


@router.get("/public/export", dependencies=[public()], response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def export_public_figures(session: SessionDep, quarter: Quarter = None) -> Response:
    found = await service.public_figures(session, quarter)
    return csv_file(csv_of(found.cells), f"complaints-{found.quarter}.csv")
