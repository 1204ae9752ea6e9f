"""The HTTP edge of the simulator, and of the log of what was decided."""

from typing import Annotated

from fastapi import APIRouter, Query

from kit.database import SessionDep
from kit.paging import Page, PagingDep
from kit.sharing_log import DecisionOut, list_decisions
from services.partners.access import DecisionReader, Simulator
from services.partners.schemas import CODE
from services.partners.simulator import service
from services.partners.simulator.schemas import SimulationIn, SimulationOut

router = APIRouter(prefix="/v1/partners", tags=["partners"])
OfOrganisation = Annotated[
    str | None, Query(max_length=40, pattern=CODE, description="Decisions for this organisation alone, by its code.")
]


@router.post("/simulations")
async def simulate(asked: SimulationIn, caller: Simulator, session: SessionDep) -> SimulationOut:
    """Every field of a kind of record, with allow or deny and why, on any day and under a draft too. Nothing is read and nothing kept."""
    return await service.simulate(session, caller, asked)


@router.get("/decisions")
async def read_decisions(
    _: DecisionReader, session: SessionDep, paging: PagingDep, organisation: OfOrganisation = None
) -> Page[DecisionOut]:
    """What was given to whom and by which version of the policy: each reading of the feed and each sending, newest first."""
    return await list_decisions(session, paging, organisation)
