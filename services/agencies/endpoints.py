"""The HTTP edge: one call into `service` each."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import AfterValidator

from contracts.days import DHAKA
from kit.auth import public
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from services.agencies import service, views
from services.agencies.access import Overseer, Registrar
from services.agencies.rules import licence_number
from services.agencies.schemas import AgencyIn, AgencyOut, AgencyRow, EvidenceSummaryOut, RegisteredOut

router = APIRouter(prefix="/v1/agencies", tags=["agencies"])

LicencePath = Annotated[str, Path(max_length=40), AfterValidator(licence_number)]
SearchQuery = Annotated[str | None, Query(max_length=100, description="Words of a name in either script, or a licence number.")]


@router.post("", status_code=201, response_model=RegisteredOut)
async def register_agency(agency: AgencyIn, caller: Registrar, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> RegisteredOut:
        return views.receipt_of(await service.register_agency(session, caller, agency), _today())

    return await once(caller.subject, effect, location=lambda receipt: f"/v1/agencies/{receipt.licence}")


@router.get("", dependencies=[public(kept_s=0)])
async def list_agencies(session: SessionDep, paging: PagingDep, query: SearchQuery = None) -> Page[AgencyRow]:
    rows, today = await service.list_agencies(session, paging, query), _today()
    return paging.page(rows, lambda one: Position(one.agency.registered_at, one.agency.id), lambda one: views.row_of(one, today))


@router.get("/evidence/summary")
async def summarise_evidence(_: Overseer, session: SessionDep) -> EvidenceSummaryOut:
    return await service.summarise_evidence(session)


@router.get("/{licence}", dependencies=[public(kept_s=0)])
async def read_agency(licence: LicencePath, session: SessionDep) -> AgencyOut:
    return views.view_of(await service.get_agency(session, licence), _today())


def _today() -> date:
    return datetime.now(DHAKA).date()
