"""The HTTP edge of contingency plans."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import StreamingResponse

from contracts.places import CountryCode
from kit.files import FilesDep, file_response, one_part
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from services.crisis.contingency import service
from services.crisis.contingency.schemas import CountryPlanOut, PlanSaid
from services.crisis.incidents.access import Leader, Onlooker
from services.crisis.incidents.service import leads
from services.crisis.warnings.cap import MAX_BYTES

router = APIRouter(prefix="/v1/crisis/plans", tags=["crisis: incidents"])
PDF: Final = "application/pdf"


@router.post(
    "",
    status_code=201,
    response_model=CountryPlanOut,
    openapi_extra={"requestBody": {"required": True, "content": {PDF: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def attach_plan(request: Request, said: PlanSaid, desk: Leader, files: FilesDep, once: OnceDep) -> Response:
    content = await request.body()

    async def effect() -> CountryPlanOut:
        leads(desk, said.country)
        stored = await files.put(one_part(content), most=MAX_BYTES, kinds=frozenset({PDF}))
        return CountryPlanOut.of(await service.attach(desk, said, stored))

    return await once(desk.caller.subject, effect, location=lambda one: f"/v1/crisis/plans/{one.id}")


@router.get("")
async def list_plans(
    desk: Onlooker,
    paging: PagingDep,
    country: CountryCode | None = None,
    newest: Annotated[bool, Query()] = False,  # noqa: FBT002 - a query
) -> Page[CountryPlanOut]:
    """`newest`: of each country the one that holds."""
    rows = await service.list_plans(desk, country, paging, newest=newest)
    return paging.page(rows, lambda one: Position(one.attached_at, one.id), CountryPlanOut.of)


@router.get("/{plan_id}", response_class=StreamingResponse)
async def read_plan(plan_id: UUID, desk: Leader, files: FilesDep) -> StreamingResponse:
    plan = await service.read(desk, plan_id)
    return file_response(files.open(plan.file_id), plan.media_type, name=f"plan-{plan.country}-{plan.number}.pdf", size=plan.size)
