"""The district's office as one stop: the officer's day on one page, the counter, and the district's picture."""

import asyncio
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from contracts.places import districts
from kit.auth import public
from kit.errors import NotFoundError
from services.portal.access import CASES, LODGE, OFFICES, CaseOfficer
from services.portal.clients import ServicesDep
from services.portal.forms import Form, Posted
from services.portal.handover.clients import has_to_judge
from services.portal.page import page
from services.portal.today import clients

router = APIRouter(dependencies=[public()], include_in_schema=False)


@router.get("/today")
async def today(request: Request, visitor: CaseOfficer, services: ServicesDep, district: str = "", taken: str = "") -> Response:
    known = _known(district)
    day, to_judge = await asyncio.gather(clients.day_of(services, known), has_to_judge(services))
    may = {"lodge": visitor.caller.has(*LODGE), "cases": visitor.caller.has(*CASES), "transfer": visitor.caller.has(*OFFICES)}
    many = "*" in visitor.caller.districts or len(visitor.caller.districts) > 1
    shown: dict[str, Any] = {"day": day, "district": known, "may": may, "many": many, "to_judge": to_judge, "new_key": lambda: str(uuid4())}
    return page(request, "today/day.html", taken=taken if taken.isdecimal() else "", **shown)


@router.get("/today/district")
async def picture(request: Request, visitor: CaseOfficer, services: ServicesDep, district: str = "", days: str = "365") -> Response:
    chosen = days if days in {"30", "92", "365"} else "365"
    found = await clients.picture_of(services, _known(district), chosen)
    many = "*" in visitor.caller.districts or len(visitor.caller.districts) > 1
    form = Form({"district": [_known(district)], "days": [chosen]})
    return page(request, "today/district.html", picture=found, form=form, days=chosen, many=many)


@router.post("/today/tickets")
async def take_ticket(form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    """The number is shown on the page that follows: it is told or printed to whoever waits."""
    said = {name: form.value(name) for name in ("purpose", "district") if form.value(name)}
    ticket = await services.post(clients.NAME, "/v1/returnees/counter/tickets", said, key=form.key)
    return RedirectResponse(f"/today?{_with(form)}taken={ticket['number']}#counter", 303)


@router.post("/today/tickets/{ticket}/{act}")
async def move_ticket(ticket: str, act: str, form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    if act not in {"call", "leave"}:
        raise NotFoundError
    await services.post(clients.NAME, f"/v1/returnees/counter/tickets/{quote(ticket, safe='')}/{act}", {}, key=form.key)
    return RedirectResponse(f"/today?{_with(form)}#counter", 303)


@router.post("/today/told")
async def tell(form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    said = {name: form.value(name) for name in ("topic", "district") if form.value(name)}
    await services.post(clients.NAME, "/v1/returnees/counter/told", said, key=form.key)
    return RedirectResponse(f"/today?{_with(form)}#told", 303)


def _known(district: str) -> str:
    return district if district in districts() else ""


def _with(form: Form) -> str:
    district = _known(form.value("district"))
    return f"district={district}&" if district else ""
