"""Pages of an evacuation: registration, who goes first, journeys, the manifest at the border and at the airport."""

from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from services.portal.access import EvacuationMover, EvacuationReceiver
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with, body_of, dhaka_time
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
    "place",
    "next_of_kin",
    "medical",
)
LEG: Final = ("mode", "from_place", "from_country", "to_place", "to_country", "operator", "transit_hours", "capacity")
# What the register says of people, and why they go first.
REASONS: Final = {"pregnant": "pregnant", "ill": "sick", "disabled": "disabled"}
HANDOVER: Final = ("to_unit", "received", "discrepancies")
PAGE: Final = 100
# How many adults are offered as guardians before one writes a number instead.
OFFERED: Final = "200"


@router.get("/legs")
async def list_incoming(request: Request, _: EvacuationReceiver, services: ServicesDep) -> Response:
    return page(request, "evacuation/incoming.html", items=(await clients.get(services, "legs"))["items"])


@router.get("/{incident}")
async def read_evacuation(request: Request, incident: UUID, _: EvacuationMover, services: ServicesDep, national: str = "") -> Response:
    """`national`: whose registration is begun, by their reference in the register of nationals."""
    return await _page(request, services, incident, await begun(services, national) if national else Form())


async def begun(services: Services, national: str) -> Form:
    """The form as the register would fill it in: who is known there stands in the sum of people once."""
    person = await nationals.read(services, national, "emergency")
    values = {"person": person["id"], "phone": next((one["address"] for one in person["contacts"] if one["whose"] == "own"), None)}
    values |= {name: person[name] for name in ("name", "name_bn", "sex", "age_band", "district")}
    reasons = [REASONS[one] for one in person["flags"] if one in REASONS]
    return Form({name: [str(value)] for name, value in values.items() if value} | {"reasons": reasons})


async def _page(
    request: Request, services: Services, incident: UUID, form: Form, status: int = 200, found: list[clients.Json] | None = None
) -> Response:
    language, at = language_of(request), f"incidents/{incident}"
    lists = await clients.get(services, "evacuation/lists")
    chosen = _chosen(request, lists)
    listed: clients.Json | None = {"items": found, "next": None} if found is not None else None
    people = listed or await clients.get(services, f"{at}/evacuation/evacuees", limit=str(PAGE), **{k: v for k, v in chosen.items() if v})
    windows = await clients.get(services, f"{at}/evacuation/windows")
    shown: dict[str, Any] = {
        "incident": await clients.get(services, at),
        "windows": windows,
        "people": people["items"],
        "next": people["next"].partition("?")[2] if people["next"] else "",
        "chosen": chosen,
        "found": found is not None,
        "queues": await clients.get(services, f"{at}/evacuation/queues"),
        "legs": (await clients.get(services, f"{at}/evacuation/legs"))["items"],
        "reasons": choices(lists["reasons"], language),
        "papers": choices(lists["papers"], language),
        "states": choices(lists["states"], language),
        "adults": await adults(services, incident) if windows["open"] else [],
        "often": often(request),
    }
    return page(request, "evacuation/one.html", status=status, form=form, **shown)


def _chosen(request: Request, lists: clients.Json) -> dict[str, str]:
    """What the list is narrowed by; what is none of ours narrows nothing."""
    asked = {name: request.query_params.get(name, "") for name in ("papers", "state", "after")}
    known = {"papers": {one["code"] for one in lists["papers"]}, "state": {one["code"] for one in lists["states"]}}
    kept = {name: asked[name] if asked[name] in codes else "" for name, codes in known.items()}
    return kept | {"after": asked["after"] if asked["after"].isdecimal() else ""}


async def adults(services: Services, incident: UUID) -> list[tuple[str, str]]:
    """Who a child may go with, by name and number."""
    listed = await clients.get(services, f"incidents/{incident}/evacuation/evacuees", limit=OFFERED)
    return [(one["id"], f"{one['name'] or ''} ({one['reference']})") for one in listed["items"] if not one["is_child"]]


@router.post("/{incident}/find")
async def find(request: Request, incident: UUID, form: Posted, _: EvacuationMover, services: ServicesDep) -> Response:
    """By whatever the person shows or says: the number of the registration, a telephone, a paper, else the whole name."""
    try:
        found = await search(services, incident, form.value("find"), key=form.key)
    except (RefusedError, AwayError) as error:
        return await _page(request, services, incident, answered_with(form, error, ("find",), language_of(request)), error.code)
    if len(found) == 1:
        return RedirectResponse(f"/evacuation/people/{found[0]['id']}", 303)
    return await _page(request, services, incident, form, found=found)


async def search(services: Services, incident: UUID, typed: str, *, key: str) -> list[clients.Json]:
    at = f"incidents/{incident}/evacuation/evacuees/search"
    found: list[clients.Json] = []
    for name in _may_be(typed):
        try:
            found += (await clients.post(services, at, {name: typed}, key=f"{key}-{name}"))["items"]
        except RefusedError as error:
            if error.code != HTTPStatus.UNPROCESSABLE_ENTITY:
                raise
    return list({one["id"]: one for one in found}.values())


def _may_be(typed: str) -> tuple[str, ...]:
    """What somebody may have typed; where there is no digit it is a name."""
    if not any(letter.isdecimal() for letter in typed):
        return ("name",) if typed else ()
    return ("reference", "phone", "document")


@router.post("/{incident}/{act}")
async def act(request: Request, incident: UUID, act: str, form: Posted, _: EvacuationMover, services: ServicesDep) -> Response:
    try:
        await _do(services, f"incidents/{incident}/evacuation", act, form)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, (*PERSON, *LEG, "departs", "closes_at"), language_of(request))
        return await _page(request, services, incident, again, error.code)
    return RedirectResponse(f"/evacuation/{incident}#{act}", 303)


async def _do(services: Services, at: str, act: str, form: Form) -> None:
    if act == "window":
        until = {"closes_at": dhaka_time(form.value("closes_at"))} if form.value("closes_at") else {}
        opens = form.value("to") == "open"
        await clients.post(services, f"{at}/windows" if opens else f"{at}/windows/closing", until if opens else {}, key=form.key)
    elif act == "seats":
        await clients.post(services, f"legs/{UUID(form.value('leg'))}/seats", {"evacuees": form.chosen("evacuees")}, key=form.key)
    elif act == "leg":
        body = body_of({name: form.value(name) for name in LEG}) | {"departs": dhaka_time(form.value("departs"))}
        await clients.post(services, f"{at}/legs", body, key=form.key)
    else:
        await clients.post(services, f"{at}/evacuees", person_of(form), key=form.key)


def person_of(form: Form) -> dict[str, Any]:
    body = body_of({name: form.value(name) for name in PERSON})
    return body | {"reasons": form.chosen("reasons"), "consented": form.value("consented") == "yes"}


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
