"""The HTTP edge of the duty: one call into `service` each."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from kit.database import SessionDep
from kit.idempotency import OnceDep
from services.crisis.duty import service
from services.crisis.duty.access import Acknowledger
from services.crisis.duty.schemas import DutyMapOut, DutyViewOut
from services.crisis.outreach.access import FigureReader
from services.crisis.warnings import stream
from services.crisis.warnings.schemas import AlertOut

router = APIRouter(prefix="/v1/crisis/alerts", tags=["crisis"])


@router.post("/{alert_id}/acknowledgements", status_code=201, response_model=AlertOut)
async def acknowledge_alert(alert_id: UUID, caller: Acknowledger, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> AlertOut:
        return await service.acknowledge_alert(session, caller, alert_id)

    return await once(caller.subject, effect, location=lambda alert: f"/v1/crisis/alerts/{alert.id}")


@router.get("/{alert_id}/duty")
async def read_duty(alert_id: UUID, caller: FigureReader, session: SessionDep) -> DutyViewOut:
    """All that whoever has the duty works from: what happened, who has seen it, whom it concerns, the vulnerable first, what to do now."""
    return await service.get_duty(session, caller, alert_id)


@router.get("/{alert_id}/duty/map")
async def read_map(alert_id: UUID, caller: FigureReader, session: SessionDep) -> DutyMapOut:
    """The area and the land around it as paths, to be drawn without asking anybody for a map."""
    return await service.get_map(session, caller, alert_id)


@router.get("/{alert_id}/duty/stream", response_class=StreamingResponse, responses={200: {"content": {"text/event-stream": {}}}})
async def stream_duty(
    request: Request,
    alert_id: UUID,
    caller: FigureReader,
    session: SessionDep,
    after: Annotated[str, Query(max_length=40, description="`position` of the answer that a page was drawn from.")] = "",
    last_event_id: Annotated[str, Header(description="Where an earlier stream ended; counts before `after`.")] = "",
) -> StreamingResponse:
    """Each change of one warning, once, in order, from where the reader was: nothing is missed over a reconnect."""
    await service.check_sight(session, caller, alert_id)
    position = stream.position_in(last_event_id)
    start = stream.position_in(after) if position is None else position
    look = partial(service.changes_since, alert_id)
    events = stream.follow(request.state.sessions, request.state.pulse, caller, start, look)
    return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
