"""The HTTP edge of what agencies say of their workers in a crisis."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi import APIRouter, Response

from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from services.crisis.deployed import service, views
from services.crisis.deployed.access import Agency, Reader
from services.crisis.deployed.schemas import AnswerIn, AskIn, DeployedListOut, DeployedOut, RequestOut
from services.crisis.incidents.access import Leader

router = APIRouter(prefix="/v1/crisis", tags=["crisis: deployed workers"])


@router.post("/incidents/{incident_id}/deployed", status_code=201, response_model=DeployedListOut)
async def ask_agencies(incident_id: UUID, said: AskIn, desk: Leader, once: OnceDep) -> Response:
    async def effect() -> DeployedListOut:
        return views.list_out(await service.ask(desk, incident_id, said), datetime.now(UTC))

    return await once(desk.caller.subject, effect, location=lambda _: f"/v1/crisis/incidents/{incident_id}/deployed")


@router.get("/incidents/{incident_id}/deployed")
async def list_asked(incident_id: UUID, desk: Leader) -> DeployedListOut:
    return views.list_out(await service.list_asked(desk, incident_id), datetime.now(UTC))


@router.get("/deployed")
async def list_own(desk: Agency, paging: PagingDep) -> Page[RequestOut]:
    now = datetime.now(UTC)
    rows = await service.list_own(desk, paging)
    return paging.page(rows, lambda one: Position(one[0].asked_at, one[0].id), lambda one: views.request_out(one, now))


@router.get("/deployed/{request_id}")
async def read_answer(request_id: UUID, desk: Reader) -> DeployedOut:
    asked, workers = await service.read(desk, request_id)
    return views.answer_out(asked, workers, desk.keyring, datetime.now(UTC))


@router.post("/deployed/{request_id}", status_code=201, response_model=DeployedOut)
async def answer(request_id: UUID, said: AnswerIn, desk: Agency, once: OnceDep) -> Response:
    async def effect() -> DeployedOut:
        asked, workers = await service.answer(desk, request_id, said)
        return views.answer_out(asked, workers, desk.keyring, datetime.now(UTC))

    return await once(desk.caller.subject, effect, location=lambda one: f"/v1/crisis/deployed/{one.id}")
