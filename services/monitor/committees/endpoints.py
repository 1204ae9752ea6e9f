"""The HTTP edge of Safe Migration Committees. Anybody reads what is told of a quarter; the office that returns it sees its own."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from kit.auth import public
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.quarters import Quarter
from kit.versions import ExpectedVersion, etag
from services.monitor.committees import service
from services.monitor.committees.access import Returner, ReturnReader
from services.monitor.committees.schemas import CommitteesOut, CorrectionIn, ReturnDetail, ReturnIn, ReturnOut

router = APIRouter(prefix="/v1/framework", tags=["framework"])
Identity = Annotated[UUID, Path(description="As the return was made.")]


@router.get("/committees", dependencies=[public()])
async def read_committees(session: SessionDep, quarter: Quarter = None) -> CommitteesOut:
    """Formed, met, trained and cases referred, by district and upazila. Small numbers of cases are left out."""
    return await service.told(session, quarter)


@router.get("/committee-returns")
async def list_returns(caller: ReturnReader, session: SessionDep, paging: PagingDep, quarter: Quarter = None) -> Page[ReturnOut]:
    """Of the caller's districts, the one returned last first."""
    found = await service.own(session, caller, paging, quarter)
    return paging.page(found, lambda one: Position(one.returned_at, one.first), ReturnOut.of)


@router.post("/committee-returns", status_code=201, response_model=ReturnOut)
async def send_return(given: ReturnIn, caller: Returner, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> ReturnOut:
        return ReturnOut.of(await service.send(session, caller, given))

    return await once(caller.subject, effect, location=lambda made: f"/v1/framework/committee-returns/{made.id}")


@router.get("/committee-returns/{identity}")
async def read_return(identity: Identity, caller: ReturnReader, session: SessionDep, response: Response) -> ReturnDetail:
    """Its ETag is what a correction sends as If-Match."""
    found = ReturnDetail.whole(await service.find(session, caller, identity))
    response.headers["ETag"] = etag(found.version)
    return found


@router.post("/committee-returns/{identity}/corrections", status_code=201, response_model=ReturnDetail)
async def correct_return(
    identity: Identity, given: CorrectionIn, caller: Returner, session: SessionDep, once: OnceDep, expected: ExpectedVersion
) -> Response:
    async def effect() -> ReturnDetail:
        return ReturnDetail.whole(await service.correct(session, caller, identity, given, expected))

    return await once(caller.subject, effect, location=lambda _: f"/v1/framework/committee-returns/{identity}")
