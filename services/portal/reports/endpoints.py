"""Reports with figures: for everybody what is published, edition by edition."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response

from kit.auth import public
from services.portal.access import REPORT_EDIT, Anybody
from services.portal.clients import ServicesDep
from services.portal.page import page
from services.portal.reports import clients
from services.portal.reports.rules import has_left_out, sections_of

router = APIRouter(dependencies=[public()], include_in_schema=False)


@router.get("/framework/reports")
async def list_reports(request: Request, visitor: Anybody, services: ServicesDep, cursor: str = "") -> Response:
    found = await clients.published(services, cursor)
    may_edit = visitor is not None and visitor.caller.has(*REPORT_EDIT)
    return page(request, "reports/list.html", items=found["items"], next=urlsplit(found["next"] or "").query, may_edit=may_edit)


@router.get("/framework/reports/{name}/{period}/{number}")
async def show_report(request: Request, name: str, period: str, number: str, visitor: Anybody, services: ServicesDep) -> Response:
    """`number` of the edition, whose address stays; or latest."""
    found = await clients.edition(services, name, period, number)
    sections = sections_of(found["content"])
    may_edit = visitor is not None and visitor.caller.has(*REPORT_EDIT)
    shown = {"about": found["about"], "newest": found["newest"], "content": found["content"], "sections": sections}
    return page(request, "reports/one.html", **shown, left_out=has_left_out(sections), may_edit=may_edit)
