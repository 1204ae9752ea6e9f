"""The HTTP edge of sources: one call into `service` each."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from kit.auth import public
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.versions import ExpectedVersion, etag
from services.crisis.sources import service
from services.crisis.sources.access import Handler, LogReader, QuarantineReader, Viewer
from services.crisis.sources.rules import Beat
from services.crisis.sources.schemas import Closing, FetchOut, HeartbeatOut, RawDetail, RawOut, Rereading, SourcesOut
from services.crisis.warnings.schemas import AlertOut

router = APIRouter(prefix="/v1/crisis", tags=["crisis"])


@router.get("/sources")
async def read_sources(request: Request, caller: Viewer, session: SessionDep) -> SourcesOut:
    return await service.overview(session, request.state.sources, caller, is_reading=request.state.is_reading)


@router.get("/heartbeat", dependencies=[public()], responses={503: {"model": HeartbeatOut, "description": "Nothing is being read"}})
async def read_heartbeat(request: Request, session: SessionDep, response: Response) -> HeartbeatOut:
    """For a watcher outside this house, who has no account here and rings somebody on any answer but 200."""
    beat = await service.heartbeat(session, request.state.sources)
    response.headers["Cache-Control"] = "no-store"
    response.status_code = 200 if beat.state is Beat.BEATING else 503
    return beat


@router.get("/sources/{code}/fetches")
async def list_fetches(request: Request, code: str, _: LogReader, session: SessionDep, paging: PagingDep) -> Page[FetchOut]:
    rows = await service.list_fetches(session, request.state.sources, code, paging)
    return paging.page(rows, lambda one: Position(one.began_at, one.id), FetchOut.of)


@router.get("/quarantine")
async def list_quarantined(request: Request, caller: QuarantineReader, session: SessionDep, paging: PagingDep) -> Page[RawOut]:
    rows = await service.list_quarantined(session, request.state.sources, caller, paging)
    return paging.page(rows, lambda one: Position(one.received_at, one.id), RawOut.of)


@router.get("/quarantine/{raw_id}")
async def read_raw(request: Request, raw_id: UUID, caller: QuarantineReader, session: SessionDep, response: Response) -> RawDetail:
    detail = await service.get_raw(session, request.state.sources, caller, raw_id)
    response.headers["ETag"] = etag(detail.version)
    return detail


@router.post("/quarantine/{raw_id}/closing", status_code=201, response_model=RawOut)
async def close(
    request: Request, raw_id: UUID, closing: Closing, caller: Handler, session: SessionDep, once: OnceDep, expected: ExpectedVersion
) -> Response:
    async def effect() -> RawOut:
        return await service.close(session, request.state.sources, caller, raw_id, expected, closing)

    return await once(caller.subject, effect, location=lambda one: f"/v1/crisis/quarantine/{one.id}")


@router.post("/quarantine/{raw_id}/reading", status_code=201, response_model=AlertOut)
async def read_again(
    request: Request, raw_id: UUID, how: Rereading, caller: Handler, session: SessionDep, once: OnceDep, expected: ExpectedVersion
) -> Response:
    async def effect() -> AlertOut:
        return await service.read_again(session, request.state.sources, caller, raw_id, expected, how)

    return await once(caller.subject, effect, location=lambda alert: f"/v1/crisis/alerts/{alert.id}")
