"""The HTTP edge of the public look-up, open to anybody. A telephone number travels in a body, never in an address."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from contracts.places import CountryCode
from contracts.text import Bilingual
from kit.auth import public
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.paging import PagingDep
from kit.text import Day
from services.agencies.check import rules, service, views
from services.agencies.check.schemas import Asked, CeilingsOut, CheckIn, CheckOut
from services.agencies.evidence.service import CEILINGS

router = APIRouter(prefix="/v1/agencies", tags=["before you pay"], dependencies=[public()])
OnDay = Annotated[Day | None, Query(description="A day of Dhaka; today unless given.")]
CountryQuery = Annotated[CountryCode | None, Query()]


@router.post("/check")
async def check(asked: CheckIn, session: SessionDep, keyring: KeyringDep, paging: PagingDep) -> CheckOut:
    """An agency or a sub-agent by name, number or telephone: whether they may recruit today, what may be charged, what to look at."""
    return views.check_view(await service.check(session, keyring, asked.query, paging), asked)


@router.get("/check")
async def check_by_name(
    session: SessionDep, keyring: KeyringDep, paging: PagingDep, query: Annotated[Asked, Query()], country: CountryQuery = None
) -> CheckOut:
    """By name or number; a telephone number is refused here, for addresses are written down everywhere."""
    if rules.asked_as(query)[0] is rules.AskedAs.PHONE:
        raise rules.PhoneInAddressError
    asked = CheckIn(query=query, country=country)
    return views.check_view(await service.check(session, keyring, asked.query, paging), asked)


@router.get("/ceilings")
async def list_ceilings(country: CountryQuery = None, on: OnDay = None) -> CeilingsOut:
    """What may lawfully be charged on a day, each with its source and how sure it is."""
    day: date = on or service.today()
    items = [one for one in CEILINGS.entries if one.holds(day) and country in {None, one.country}]
    return CeilingsOut(version=CEILINGS.version, notice=Bilingual.of(CEILINGS.notice), items=[views.ceiling_view(one) for one in items])


@router.get("/open-data/agencies.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def open_csv(session: SessionDep) -> Response:
    content = views.open_csv(await service.whole_register(session), service.today())
    return Response(content, media_type="text/csv; charset=utf-8", headers={"Cache-Control": "public, max-age=300"})


@router.get("/open-data/agencies.json", response_class=JSONResponse)
async def open_json(session: SessionDep) -> Response:
    rows: list[dict[str, Any]] = views.open_rows(await service.whole_register(session), service.today())
    return JSONResponse(rows, headers={"Cache-Control": "public, max-age=300"})


@router.get("/open-data/datapackage.json", response_class=JSONResponse)
async def data_package(request: Request) -> Response:
    base = f"{request.state.settings.public_url}/v1/agencies/open-data"
    return JSONResponse(views.data_package(base), headers={"Cache-Control": "public, max-age=3600"})
