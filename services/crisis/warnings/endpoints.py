"""The HTTP edge: one call into `service` each."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from contracts.text import Text
from kit.database import SessionDep
from kit.errors import ProblemError
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from services.crisis.sources.reading import take_posted
from services.crisis.warnings import service, stream
from services.crisis.warnings.access import Poster, Reader
from services.crisis.warnings.schemas import AlertDetail, AlertOut
from services.crisis.warnings.taking import Arrival

router = APIRouter(prefix="/v1/crisis/alerts", tags=["crisis"])

CONTENT_TYPES: Final = ("application/cap+xml", "application/xml", "text/xml")
_XML_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "One CAP message (OASIS CAP 1.2; 1.1 and 1.0 leniently), at most 2 MiB, without a DOCTYPE.",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in CONTENT_TYPES},
    },
}


class NotCapError(ProblemError):
    status = 415
    slug = "unsupported-media-type"
    title = Text("A warning is taken as application/cap+xml.", "সতর্কবার্তা application/cap+xml হিসেবে পাঠাতে হয়।")


@router.post("", status_code=201, response_model=AlertOut, openapi_extra=_XML_BODY)
async def take_alert(
    request: Request,
    caller: Poster,
    session: SessionDep,
    once: OnceDep,
    country: Annotated[list[str], Query(default_factory=list, max_length=50, description="ISO 3166-1 alpha-2; counts before the message.")],
) -> Response:
    content_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if content_type not in CONTENT_TYPES:
        raise NotCapError
    arrival = Arrival(await request.body(), content_type, country)

    async def effect() -> AlertOut:
        return await take_posted(request.state.sessions, session, request.state.sources, caller, arrival)

    return await once(caller.subject, effect, location=lambda alert: f"/v1/crisis/alerts/{alert.id}")


@router.get("")
async def list_alerts(
    caller: Reader,
    session: SessionDep,
    paging: PagingDep,
    live: Annotated[bool, Query(description="Only warnings in force: not expired, replaced or taken back.")] = False,  # noqa: FBT002 - a query
) -> Page[AlertOut]:
    records = await service.list_alerts(session, caller, paging, live=live)
    return paging.page(records, lambda one: Position(one.alert.raised_at, one.alert.id), lambda one: service.row_of(one, caller))


@router.get("/stream", response_class=StreamingResponse, responses={200: {"content": {"text/event-stream": {}}}})
async def stream_alerts(
    request: Request,
    caller: Reader,
    last_event_id: Annotated[str | None, Header(description="Where an earlier stream ended.")] = None,
) -> StreamingResponse:
    events = stream.follow(request.state.sessions, request.state.pulse, caller, stream.position_in(last_event_id or ""))
    return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


@router.get("/{alert_id}")
async def read_alert(alert_id: UUID, caller: Reader, session: SessionDep) -> AlertDetail:
    return await service.get_alert(session, caller, alert_id)
