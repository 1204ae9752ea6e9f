"""The HTTP edge of what is known of an incident, and of what desks tell callers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import StreamingResponse

from kit.files import FilesDep, file_response, one_part
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from services.crisis.enquiries.repository import waiting_of
from services.crisis.incidents.access import Leader, Onlooker
from services.crisis.incidents.schemas import Line
from services.crisis.reports import service, views
from services.crisis.reports.schemas import BriefingsOut, CountsIn, CountsOut, PlanOut, PlansOut, ReportIn, ReportOut, ScriptIn
from services.crisis.warnings.cap import MAX_BYTES

router = APIRouter(prefix="/v1/crisis", tags=["crisis: incidents"])
AT = "/incidents/{incident_id}"


@router.post(AT + "/reports", status_code=201, response_model=ReportOut)
async def make_report(incident_id: UUID, said: ReportIn, desk: Leader, once: OnceDep) -> Response:
    async def effect() -> ReportOut:
        return views.report_out(await service.report(desk, incident_id, said), desk.keyring)

    return await once(desk.caller.subject, effect, location=lambda _: f"/v1/crisis/incidents/{incident_id}/reports")


@router.get(AT + "/reports")
async def list_reports(incident_id: UUID, desk: Leader, paging: PagingDep) -> Page[ReportOut]:
    rows = await service.list_reports(desk, incident_id, paging)
    return paging.page(rows, lambda one: Position(one[0].made_at, one[0].id), lambda one: views.report_out(one, desk.keyring))


@router.post(AT + "/counts", status_code=201, response_model=CountsOut)
async def add_counts(incident_id: UUID, said: CountsIn, desk: Leader, once: OnceDep) -> Response:
    async def effect() -> CountsOut:
        return CountsOut(items=views.beside_out(await service.count(desk, incident_id, said.counts)))

    return await once(desk.caller.subject, effect, location=lambda _: f"/v1/crisis/incidents/{incident_id}/counts")


@router.get(AT + "/counts")
async def read_counts(incident_id: UUID, desk: Onlooker) -> CountsOut:
    return CountsOut(items=views.beside_out(await service.counts_of(desk, incident_id)))


@router.post(AT + "/script", status_code=201, response_model=BriefingsOut)
async def write_script(incident_id: UUID, said: ScriptIn, desk: Leader, once: OnceDep) -> Response:
    async def effect() -> BriefingsOut:
        await service.write_script(desk, incident_id, said)
        return await read_briefings(desk)

    return await once(desk.caller.subject, effect, location=lambda _: "/v1/crisis/briefings")


@router.get("/briefings")
async def read_briefings(desk: Onlooker) -> BriefingsOut:
    open_, facts, scripts = await service.briefed(desk)
    waiting = await waiting_of(desk.session, [one.id for one in open_])
    return BriefingsOut(items=[views.briefing_out(one, facts, scripts, waiting) for one in open_])


@router.post(
    AT + "/plans",
    status_code=201,
    response_model=PlanOut,
    openapi_extra={"requestBody": {"required": True, "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}},
)
async def attach_plan(
    incident_id: UUID, request: Request, desk: Leader, files: FilesDep, once: OnceDep, title: Annotated[Line, Query()]
) -> Response:
    content = await request.body()

    async def effect() -> PlanOut:
        stored = await files.put(one_part(content), most=MAX_BYTES, kinds=frozenset({"application/pdf"}))
        return views.plan_out(await service.attach(desk, incident_id, title, stored))

    return await once(desk.caller.subject, effect, location=lambda one: f"/v1/crisis/incidents/{incident_id}/plans/{one.id}")


@router.get(AT + "/plans")
async def list_plans(incident_id: UUID, desk: Onlooker) -> PlansOut:
    return PlansOut(items=[views.plan_out(one) for one in await service.plans_of(desk, incident_id)])


@router.get(AT + "/plans/{plan_id}", response_class=StreamingResponse)
async def read_plan(incident_id: UUID, plan_id: UUID, desk: Leader, files: FilesDep) -> StreamingResponse:
    plan = await service.plan(desk, incident_id, plan_id)
    return file_response(files.open(plan.file_id), plan.media_type, name=f"plan-{plan.id}.pdf", size=plan.size)
