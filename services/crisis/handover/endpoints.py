"""The HTTP edge of the duties: one call into `service` each."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response

from contracts.places import CountryCode
from kit.database import SessionDep
from kit.idempotency import OnceDep
from services.crisis.handover import service, views
from services.crisis.handover.access import DutyReader, Mover
from services.crisis.handover.schemas import DutiesOut, DutyOfOut, HandoverIn, HandoverOut

router = APIRouter(prefix="/v1/crisis/duty", tags=["duty of missions"])
MissionCode = Annotated[str, Path(pattern=r"^[A-Z-]{3,40}$")]


@router.get("")
async def list_duties(caller: DutyReader, session: SessionDep) -> DutiesOut:
    return views.duties_out(*await service.shown(session), caller, datetime.now(UTC).date())


@router.get("/countries/{country}")
async def read_duty_of(country: CountryCode, caller: DutyReader, session: SessionDep) -> DutyOfOut:
    """Whether the caller acts there, before a form is filled in: of a wing whose duty is with another, no."""
    holder = await views.duty_with(session, caller, [country])
    return DutyOfOut(country=country, may_act=holder is None, duty_with=holder)


@router.post("/{mission}/handovers", status_code=201, response_model=HandoverOut)
async def hand_over(mission: MissionCode, said: HandoverIn, caller: Mover, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> HandoverOut:
        return views.handover_out(await service.hand_over(session, caller, mission, said.to, said.reason))

    return await once(caller.subject, effect, location=lambda _: "/v1/crisis/duty")


@router.post("/{mission}/taking-back", status_code=201, response_model=HandoverOut)
async def take_back(mission: MissionCode, caller: Mover, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> HandoverOut:
        return views.handover_out(await service.take_back(session, caller, mission))

    return await once(caller.subject, effect, location=lambda _: "/v1/crisis/duty")
