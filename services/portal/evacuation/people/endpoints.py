"""One person on the list to leave: registered also by the call centre, moved by hand, with papers and a guardian."""

import asyncio
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from contracts.text import Text
from kit.auth import public
from services.portal.access import EVACUATE, EvacuationMover, IncidentVisitor
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.evacuation.endpoints import PERSON, adults, begun, person_of, search
from services.portal.forms import Form, Posted, answered_with, blank_or_parked, body_of
from services.portal.incidents import clients
from services.portal.incidents.endpoints import choices
from services.portal.page import language_of, page
from services.portal.session.service import Visitor

router = APIRouter(prefix="/evacuation", dependencies=[public()], include_in_schema=False)

ASKED: Final = ("to", "proof", "papers", "document.kind", "document.number", "guardian", "escort")
NOT_FOUND: Final = Text("Nobody on this list has that number.", "এই তালিকায় ওই নম্বরের কেউ নেই।")


@router.get("/{incident}/new")
async def new(request: Request, incident: UUID, visitor: IncidentVisitor, services: ServicesDep, national: str = "") -> Response:
    """`national`: as on the page of the evacuation; families register at the call centre too (Iran 2025)."""
    form = await blank_or_parked(request, visitor)
    if national and not form.was_parked:
        form = await begun(services, national)
    return await _new_page(request, services, incident, visitor, form)


@router.post("/{incident}/new")
async def register(request: Request, incident: UUID, form: Posted, visitor: IncidentVisitor, services: ServicesDep) -> Response:
    try:
        made = await clients.post(services, f"incidents/{incident}/evacuation/evacuees", person_of(form), key=form.key)
    except (RefusedError, AwayError) as error:
        return await _new_page(request, services, incident, visitor, answered_with(form, error, PERSON, language_of(request)), error.code)
    return RedirectResponse(f"/evacuation/people/{made['id']}?done=registered", 303)


async def _new_page(request: Request, services: Services, incident: UUID, visitor: Visitor, form: Form, status: int = 200) -> Response:
    at, language = f"incidents/{incident}", language_of(request)
    known, windows, lists = await asyncio.gather(
        *(clients.get(services, path) for path in (at, f"{at}/evacuation/windows", "evacuation/lists"))
    )
    shown: dict[str, Any] = {
        "incident": known,
        "is_open": windows["open"] and known["state"] != "closed",
        "reasons": choices(lists["reasons"], language),
        "papers": choices(lists["papers"], language),
        "adults": await adults(services, incident) if windows["open"] and visitor.caller.has(*EVACUATE) else [],
    }
    return page(request, "evacuation/new.html", status=status, form=form, **shown)


@router.get("/people/{evacuee}")
async def read(request: Request, evacuee: UUID, visitor: IncidentVisitor, services: ServicesDep, done: str = "") -> Response:
    return await _page(request, services, evacuee, visitor, Form(), done=done)


async def _page(
    request: Request, services: Services, evacuee: UUID, visitor: Visitor, form: Form, *, status: int = 200, done: str = ""
) -> Response:
    one, lists = await asyncio.gather(clients.get(services, f"evacuees/{evacuee}"), clients.get(services, "evacuation/lists"))
    moves = visitor.caller.has(*EVACUATE)
    may_go_with = await adults(services, UUID(one["incident_id"])) if moves and one["is_child"] else []
    shown: dict[str, Any] = {
        "one": one,
        "incident": await clients.get(services, f"incidents/{one['incident_id']}"),
        "papers": choices(lists["papers"], language_of(request)),
        "moves": moves,
        "adults": may_go_with,
        "guardian": await _named(services, one["guardian"]) if one["guardian"] else "",
        "done": done if done in {"registered", "changed"} else "",
    }
    return page(request, "evacuation/person.html", status=status, form=form, **shown)


async def _named(services: Services, guardian: str) -> str:
    known = await clients.get(services, f"evacuees/{guardian}")
    return f"{known['name'] or ''} ({known['reference']})"


@router.post("/people/{evacuee}/{act}")
async def act(request: Request, evacuee: UUID, act: str, form: Posted, visitor: EvacuationMover, services: ServicesDep) -> Response:
    """What is no act the service does not know."""
    try:
        if words := await _do(services, evacuee, act, form):
            again = Form(form.values, errors={"guardian_reference": words.in_language(language_of(request))})
            return await _page(request, services, evacuee, visitor, again, status=422)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, ASKED, language_of(request))
        return await _page(request, services, evacuee, visitor, again, status=error.code)
    return RedirectResponse(f"/evacuation/people/{evacuee}?done=changed", 303)


async def _do(services: Services, evacuee: UUID, act: str, form: Form) -> Text | None:
    """What is wrong with a number that was typed, if anything is."""
    if act == "release":
        at = f"legs/{UUID(form.value('leg'))}/seats/{evacuee}/release"
        await clients.post(services, at, {}, key=form.key)
        return None
    fields = {"state": ("to", "proof"), "papers": ("papers", "document.kind", "document.number"), "guardian": ("guardian", "escort")}
    body = body_of({name: form.value(name) for name in fields.get(act, ())})
    if act == "guardian" and form.value("guardian_reference"):
        one = await clients.get(services, f"evacuees/{evacuee}")
        found = await search(services, UUID(one["incident_id"]), form.value("guardian_reference"), key=form.key)
        if len(found) != 1:
            return NOT_FOUND
        body = {"guardian": found[0]["id"]}
    await clients.put(services, f"evacuees/{evacuee}/{act}", body, version=form.value("version"))
    return None
