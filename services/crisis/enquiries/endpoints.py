"""The HTTP edge of family enquiries: one call into `service` each."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.versions import ExpectedVersion, etag
from services.crisis.enquiries import service, views
from services.crisis.enquiries.access import Answering
from services.crisis.enquiries.schemas import (
    AnswerIn,
    CandidatesOut,
    EndingIn,
    EnquiryIn,
    EnquiryListsOut,
    EnquiryOut,
    EnquiryRow,
    EnquiryRows,
    FindIn,
    MatchIn,
)
from services.crisis.incidents.access import Desk

router = APIRouter(prefix="/v1/crisis", tags=["crisis: family enquiries"])
ONE = "/enquiries/{enquiry_id}"


async def _shown(desk: Desk, enquiry_id: UUID) -> EnquiryOut:
    enquiry, answers = await service.read(desk, enquiry_id)
    return views.enquiry_out(enquiry, answers, desk.keyring)


def _address(one: EnquiryOut) -> str:
    return f"/v1/crisis/enquiries/{one.id}"


@router.post("/incidents/{incident_id}/enquiries", status_code=201, response_model=EnquiryOut)
async def take_enquiry(incident_id: UUID, said: EnquiryIn, desk: Answering, once: OnceDep) -> Response:
    async def effect() -> EnquiryOut:
        enquiry, _ = await service.take(desk, incident_id, said)
        return views.enquiry_out(enquiry, [], desk.keyring)

    return await once(desk.caller.subject, effect, location=_address)


@router.get("/incidents/{incident_id}/enquiries")
async def list_enquiries(
    incident_id: UUID,
    desk: Answering,
    paging: PagingDep,
    waiting: Annotated[bool, Query()] = True,  # noqa: FBT002 - a query
) -> Page[EnquiryRow]:
    rows = await service.list_of(desk, incident_id, paging, waiting=waiting)
    return paging.page(rows, lambda one: Position(one.taken_at, one.id), views.row_out)


@router.post("/incidents/{incident_id}/enquiries/search")
async def find_enquiries(incident_id: UUID, said: FindIn, desk: Answering) -> EnquiryRows:
    return EnquiryRows(items=[views.row_out(one) for one in await service.search(desk, incident_id, said)])


@router.get("/enquiries/lists")
async def read_lists(_: Answering) -> EnquiryListsOut:
    return views.lists_out()


@router.get(ONE)
async def read_enquiry(enquiry_id: UUID, desk: Answering, response: Response) -> EnquiryOut:
    shown = await _shown(desk, enquiry_id)
    response.headers["ETag"] = etag(shown.version)
    return shown


@router.get(ONE + "/candidates")
async def list_candidates(enquiry_id: UUID, desk: Answering, request: Request) -> CandidatesOut:
    found, away = await service.candidates(desk, request.state.calls, enquiry_id)
    return CandidatesOut(items=[views.candidate_out(one) for one in found], register_away=away)


@router.post(ONE + "/match", status_code=201, response_model=EnquiryOut)
async def match_enquiry(enquiry_id: UUID, said: MatchIn, desk: Answering, expected: ExpectedVersion, once: OnceDep) -> Response:
    async def effect() -> EnquiryOut:
        await service.match(desk, enquiry_id, expected, said)
        return await _shown(desk, enquiry_id)

    return await once(desk.caller.subject, effect, location=_address)


@router.post(ONE + "/answers", status_code=201, response_model=EnquiryOut)
async def answer_enquiry(enquiry_id: UUID, said: AnswerIn, desk: Answering, expected: ExpectedVersion, once: OnceDep) -> Response:
    async def effect() -> EnquiryOut:
        await service.answer(desk, enquiry_id, expected, said)
        return await _shown(desk, enquiry_id)

    return await once(desk.caller.subject, effect, location=_address)


@router.post(ONE + "/ending", status_code=201, response_model=EnquiryOut)
async def end_enquiry(enquiry_id: UUID, said: EndingIn, desk: Answering, expected: ExpectedVersion, once: OnceDep) -> Response:
    async def effect() -> EnquiryOut:
        await service.end(desk, enquiry_id, expected, said.outcome)
        return await _shown(desk, enquiry_id)

    return await once(desk.caller.subject, effect, location=_address)
