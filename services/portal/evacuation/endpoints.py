"""Pages of an evacuation: registration, who goes first, journeys, the manifest at the border and at the airport."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from contracts.days import DHAKA
from kit.auth import public
from services.portal.access import EvacuationMover, EvacuationReceiver
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with, body_of
from services.portal.incidents import clients
from services.portal.incidents.endpoints import choices
from services.portal.nationals import clients as nationals
from services.portal.page import language_of, often, page

router = APIRouter(prefix="/evacuation", dependencies=[public()], include_in_schema=False)

PERSON: Final = (
    "person",
    "name",
    "name_bn",
    "sex",
    "age_band",
    "district",
    "phone",
    "document.kind",
    "document.number",
    "papers",
    "guardian",
    "escort",
)
LEG: Final = ("mode", "from_place", "from_country", "to_place", "to_country", "operator", "transit_hours", "capacity")
# What the register says of people, and why they go first.
REASONS: Final = {"pregnant": "pregnant", "ill": "sick", "disabled": "disabled"}
HANDOVER: Final = ("to_unit", "received", "discrepancies")


@router.get("/legs")
async def list_incoming(request: Request, _: EvacuationReceiver, services: ServicesDep) -> Response:
    return page(request, "evacuation/incoming.html", items=(await clients.get(services, "legs"))["items"])


@router.get("/{incident}")
async def read_evacuation(request: Request, incident: UUID, _: EvacuationMover, services: ServicesDep, national: str = "") -> Response:
    """`national`: whose registration is begun, by their reference in the register of nationals."""
    return await _page(request, services, incident, await _begun(services, national) if national else Form())


async def _begun(services: Services, national: str) -> Form:
    """The form as the register would fill it in: who is known there stands in the sum of people once."""
    person = await nationals.read(services, national, "emergency")
    values = {"person": person["id"], "phone": next((one["address"] for one in person["contacts"] if one["whose"] == "own"), None)}
    values |= {name: person[name] for name in ("name", "name_bn", "sex", "age_band", "district")}
    reasons = [REASONS[one] for one in person["flags"] if one in REASONS]
    return Form({name: [str(value)] for name, value in values.items() if value} | {"reasons": reasons})


async def _page(request: Request, services: Services, incident: UUID, form: Form, status: int = 200) -> Response:
    language, at = language_of(request), f"incidents/{incident}"
    lists = await clients.get(services, "evacuation/lists")
    papers = request.query_params.get("papers", "")
    narrowed = {"papers": papers} if papers in {one["code"] for one in lists["papers"]} else {}
    people = await clients.get(services, f"{at}/evacuation/evacuees", limit="100", **narrowed)
    shown: dict[str, Any] = {
        "incident": await clients.get(services, at),
        "windows": await clients.get(services, f"{at}/evacuation/windows"),
        "people": people["items"],
        "more": people["next"] is not None,
        "queues": await clients.get(services, f"{at}/evacuation/queues"),
        "legs": (await clients.get(services, f"{at}/evacuation/legs"))["items"],
        "reasons": choices(lists["reasons"], language),
        "papers": choices(lists["papers"], language),
        "often": often(request),
    }
    return page(request, "evacuation/one.html", status=status, form=form, **shown)


@router.post("/{incident}/{act}")
async def act(request: Request, incident: UUID, act: str, form: Posted, _: EvacuationMover, services: ServicesDep) -> Response:
    try:
        await _do(services, f"incidents/{incident}/evacuation", act, form)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, (*PERSON, *LEG, "departs"), language_of(request))
        return await _page(request, services, incident, again, error.code)
    return RedirectResponse(f"/evacuation/{incident}#{act}", 303)


async def _do(services: Services, at: str, act: str, form: Form) -> None:
    if act == "window":
        await clients.post(services, f"{at}/windows" if form.value("to") == "open" else f"{at}/windows/closing", {}, key=form.key)
    elif act == "seats":
        await clients.post(services, f"legs/{UUID(form.value('leg'))}/seats", {"evacuees": form.chosen("evacuees")}, key=form.key)
    elif act == "leg":
        body = body_of({name: form.value(name) for name in LEG}) | {"departs": dhaka_time(form.value("departs"))}
        await clients.post(services, f"{at}/legs", body, key=form.key)
    else:
        body = body_of({name: form.value(name) for name in PERSON})
        body["reasons"] = form.chosen("reasons")
        await clients.post(services, f"{at}/evacuees", body, key=form.key)


def dhaka_time(written: str) -> str:
    """What a browser's field of date and time gives, as Dhaka's; anything else goes on as it is, to be refused."""
    try:
        return datetime.fromisoformat(written).replace(tzinfo=DHAKA).isoformat()
    except ValueError:
        return written


@router.get("/legs/{leg}")
async def read_leg(request: Request, leg: UUID, _: EvacuationReceiver, services: ServicesDep) -> Response:
    return await _leg_page(request, services, leg, Form())


async def _leg_page(request: Request, services: Services, leg: UUID, form: Form, status: int = 200) -> Response:
    manifest = await clients.get(services, f"legs/{leg}")
    return page(request, "evacuation/leg.html", status=status, form=form, manifest=manifest, leg=manifest["leg"])


@router.post("/legs/{leg}/{act}")
async def act_on_leg(request: Request, leg: UUID, act: str, form: Posted, _: EvacuationReceiver, services: ServicesDep) -> Response:
    at = f"legs/{leg}/" + ("handover/countersignature" if act == "countersignature" else act)
    bodies: dict[str, dict[str, Any]] = {
        "departure": {"no_shows": form.chosen("no_shows")},
        "handover": body_of({name: form.value(name) for name in HANDOVER}),
    }
    try:
        await clients.post(services, at, bodies.get(act, {}), key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, HANDOVER, language_of(request))
        return await _leg_page(request, services, leg, again, error.code)
    return RedirectResponse(f"/evacuation/legs/{leg}", 303)
