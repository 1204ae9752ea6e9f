"""The HTTP edge of the monitor: open to anybody, for it holds no person's data."""

from typing import Annotated

from fastapi import APIRouter, Query

from kit.auth import public
from kit.database import SessionDep
from services.monitor import service
from services.monitor.schemas import ActivitiesOut

router = APIRouter(prefix="/v1/framework", tags=["framework"])


@router.get("/activities", dependencies=[public()])
async def list_activities(session: SessionDep, goal: Annotated[str | None, Query(pattern=r"^[1-6]$")] = None) -> ActivitiesOut:
    return await service.list_activities(session, goal=goal)
