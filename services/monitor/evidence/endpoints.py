"""The HTTP edge of evidence: figures for anybody, and nothing that leads to a person."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from contracts.text import Bilingual
from kit.auth import public
from kit.database import SessionDep
from kit.quarters import Quarter
from services.monitor.evidence import service
from services.monitor.evidence.rules import Dimension
from services.monitor.evidence.schemas import METHOD, FiguresOut, TableOut

router = APIRouter(prefix="/v1/framework", tags=["framework"])
ActivityId = Annotated[str, Path(max_length=20, description="As the document numbers it: 4.4.2.3.")]


@router.get("/activities/{activity}/figures", dependencies=[public(kept_s=0)])
async def read_figures(
    request: Request, activity: ActivityId, session: SessionDep, by: Dimension = Dimension.DISTRICT, quarter: Quarter = None
) -> FiguresOut:
    """One quarter, the newest that is published where none is asked for, divided one way."""
    chosen, tables, late = await service.divided(session, request.state.counts, activity, quarter, by)
    reasons = service.reasons_of(activity)
    shown = [TableOut.of(one, late[one.event_type], reasons[one.event_type]) for one in tables]
    return FiguresOut(activity=activity, quarter=chosen, by=by, tables=shown, method=Bilingual.of(METHOD))
