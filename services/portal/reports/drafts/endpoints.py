"""Reports before everybody reads them: an analyst drafts one, another approves it, it is published, or withdrawn; or corrected later."""

from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from services.portal.access import ReportEditor
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with, blank_or_parked, body_of, iso_date
from services.portal.page import language_of, page
from services.portal.reports import clients
from services.portal.reports.endpoints import edition_shown
from services.portal.reports.rules import half_years

router = APIRouter(prefix="/framework/report-drafts", dependencies=[public()], include_in_schema=False)
_NEW: Final = ("report", "period", "cut_off")
_OFFERED: Final = 10


@router.get("")
async def list_drafts(request: Request, _: ReportEditor, services: ServicesDep, cursor: str = "") -> Response:
    found = await clients.drafts(services, cursor)
    return page(request, "reports/drafts.html", items=found["items"], next=urlsplit(found["next"] or "").query)


@router.get("/new")
async def new_draft(request: Request, visitor: ReportEditor, services: ServicesDep, report: str = "", period: str = "") -> Response:
    """`report` and `period`: of the published edition that is to be corrected."""
    parked = await blank_or_parked(request, visitor)
    chosen = {name: [value] for name, value in (("report", report), ("period", period)) if value}
    return await _new_page(request, services, parked if parked.values else Form(chosen))


@router.post("/new")
async def make_draft(request: Request, form: Posted, _: ReportEditor, services: ServicesDep) -> Response:
    said = body_of({"report": form.value("report"), "period": form.value("period"), "cut_off": iso_date(form, "cut_off")})
    try:
        made = await clients.make_draft(services, said, key=form.key)
    except (RefusedError, AwayError) as error:
        return await _new_page(request, services, answered_with(form, error, _NEW, language_of(request)), error.code)
    return RedirectResponse(f"/framework/report-drafts/{made}", 303)


@router.get("/{identity}")
async def show_draft(request: Request, identity: UUID, _: ReportEditor, services: ServicesDep) -> Response:
    return await _draft_page(request, services, identity, Form())


@router.post("/{identity}/approval")
async def approve(request: Request, identity: UUID, form: Posted, _: ReportEditor, services: ServicesDep) -> Response:
    return await _step(request, services, identity, "approval", form)


@router.post("/{identity}/publication")
async def publish(request: Request, identity: UUID, form: Posted, _: ReportEditor, services: ServicesDep) -> Response:
    return await _step(request, services, identity, "publication", form)


@router.post("/{identity}/withdrawal")
async def withdraw(request: Request, identity: UUID, form: Posted, _: ReportEditor, services: ServicesDep) -> Response:
    return await _step(request, services, identity, "withdrawal", form)


async def _step(request: Request, services: Services, identity: UUID, to: clients.Step, form: Form) -> Response:
    """Whoever was overtaken sees the draft as it stands now, with what the monitor says to it."""
    try:
        draft = await clients.step(services, str(identity), to, key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        return await _draft_page(request, services, identity, answered_with(form, error, (), language_of(request)), error.code)
    place = f"/framework/reports/{draft['report']}/{draft['period']}/{draft['edition']}"
    return RedirectResponse(place if draft["state"] == "published" else f"/framework/report-drafts/{identity}", 303)


async def _new_page(request: Request, services: Services, form: Form, status: int = 200) -> Response:
    known: dict[str, Any] = await clients.kinds(services)
    periods = half_years(known["newest_period"], _OFFERED)
    if (asked := form.value("period")) and asked not in periods:
        periods.append(asked)
    return page(request, "reports/new.html", status=status, form=form, kinds=known["items"], periods=periods)


async def _draft_page(request: Request, services: Services, identity: UUID, form: Form, status: int = 200) -> Response:
    found = await clients.draft(services, str(identity))
    shown = edition_shown(found["content"], language_of(request))
    return page(request, "reports/draft.html", status=status, form=form, draft=found["draft"], **shown)
