"""Open pages for whoever is about to pay: whether an agency is licensed."""

from fastapi import APIRouter, Request, Response

from kit.auth import public
from services.portal.access import Anybody
from services.portal.agencies import clients
from services.portal.clients import ServicesDep
from services.portal.page import page

router = APIRouter(dependencies=[public()], include_in_schema=False)


@router.get("/agencies")
async def find_agency(request: Request, _: Anybody, services: ServicesDep, query: str = "", cursor: str = "") -> Response:
    """Nothing is listed until something is asked: a list of names says nothing to a person with one name in hand."""
    asked = query.strip()[:100]
    items, following = await clients.search(services, asked, cursor) if asked else ([], "")
    return page(request, "agencies/search.html", query=asked, items=items, next=following)


@router.get("/agencies/{licence}")
async def read_agency(request: Request, licence: str, _: Anybody, services: ServicesDep) -> Response:
    return page(request, "agencies/one.html", agency=await clients.read(services, licence))
