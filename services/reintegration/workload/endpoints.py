"""The HTTP edge of workloads."""

from typing import Annotated

from fastapi import APIRouter, Query

from contracts.places import DistrictCode
from kit.database import SessionDep
from services.reintegration.access import Officer
from services.reintegration.workload import service
from services.reintegration.workload.schemas import DistrictOut, LoadsOut

router = APIRouter(prefix="/v1/returnees", tags=["returnees"])


@router.get("/load")
async def read_load(caller: Officer, session: SessionDep, district: DistrictCode | None = None) -> LoadsOut:
    return await service.loads(session, caller, district)


@router.get("/district")
async def read_district(
    caller: Officer, session: SessionDep, district: DistrictCode | None = None, days: Annotated[int, Query(ge=1, le=731)] = 365
) -> DistrictOut:
    return await service.district_picture(session, caller, district, days)
