"""Pages of an incident: open it, lead it, report on it, close it; and of families who ask in it."""

import asyncio
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from kit.text import digits
from services.portal.access import IncidentLeader, IncidentReader, IncidentVisitor
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with, blank_or_parked, body_of, dhaka_time, iso_date
from services.portal.incidents import clients
from services.portal.language import Language, said
from services.portal.page import language_of, often, page
from services.portal.people.access import people_of

router = APIRouter(prefix="/incidents", dependencies=[public()], include_in_schema=False)

NEW: Final = ("country", "hazard", "phase", "commander", "liaison", "scribe", "reason", "signal")
ROLES: Final = ("phase", "state", "commander", "liaison", "scribe")
OWN: Final = (*ROLES, "en", "bn", "note", "words", "sector", "due", "reason", "task", "owner_shift", "is_urgent", "alert")
FALLBACK: Final = "DHAKA"
LOGGED: Final = 30
ASKER: Final = ("asker.name", "asker.phone", "asker.relation")
SOUGHT: Final = (
    *("sought.name", "sought.name_bn", "sought.sex", "sought.age_band", "sought.phone", "sought.passport"),
    *("sought.last_place", "sought.employer", "sought.marks"),
)
ENQUIRY: Final = (*ASKER, *SOUGHT, "last_contact_on", "may_tell", "note")
HOURS: Final = ("since", "until")
ANSWER: Final = ("status", "channel", "words", "outcome")


def choices(listed: list[dict[str, Any]], language: Language) -> list[tuple[str, str]]:
    return [(one["code"], said(one["name"], language)) for one in listed]


@router.get("")
async def list_incidents(request: Request, visitor: IncidentReader, services: ServicesDep) -> Response:
    found = await clients.get(services, "incidents", limit="50")
    return page(request, "incidents/list.html", items=found["items"], leads=visitor.caller.has("wing", "supervisor", "admin"))


@router.get("/new")
async def new_incident(
    request: Request, visitor: IncidentLeader, services: ServicesDep, alert: str = "", signal: str = "", country: str = "", drill: str = ""
) -> Response:
    form = await blank_or_parked(request, visitor)
    if not form.was_parked:
        known = {"alerts": alert, "signal": signal, "country": country, "is_drill": drill}
        form = Form({name: [value] for name, value in known.items() if value} | {"phase": ["during"]})
    return await _new_page(request, services, form)


@router.post("/new")
async def open_incident(request: Request, form: Posted, _: IncidentLeader, services: ServicesDep) -> Response:
    body = body_of({name: form.value(name) for name in NEW})
    body |= {"alerts": [one for one in form.chosen("alerts") if one], "is_drill": form.value("is_drill") == "yes"}
    try:
        made = await clients.post(services, "incidents", body, key=form.key)
    except (RefusedError, AwayError) as error:
        return await _new_page(request, services, answered_with(form, error, NEW, language_of(request)), error.code)
    return RedirectResponse(f"/incidents/{made['id']}", 303)


async def _new_page(request: Request, services: Services, form: Form, status: int = 200) -> Response:
    language, lists = language_of(request), await clients.get(services, "incidents/lists")
    known = {name: choices(lists[name], language) for name in ("hazards", "phases")}
    return page(request, "incidents/new.html", status=status, form=form, often=often(request), **known)


@router.get("/{identity}")
async def read_incident(request: Request, identity: UUID, visitor: IncidentReader, services: ServicesDep) -> Response:
    return await _page(request, services, identity, Form(), leads=visitor.caller.has("wing", "supervisor", "admin"))


async def _page(request: Request, services: Services, identity: UUID, form: Form, *, leads: bool, status: int = 200) -> Response:
    language, at = language_of(request), f"incidents/{identity}"
    lists, incident = await asyncio.gather(clients.get(services, "incidents/lists"), clients.get(services, at))
    postures, plans = await asyncio.gather(
        clients.get(services, "postures", country=incident["country"], current="true"),
        clients.get(services, "plans", country=incident["country"], newest="true"),
    )
    log = await clients.get(services, f"{at}/log") if leads else None
    shown: dict[str, Any] = {
        "incident": incident,
        "postures": [one for one in postures["items"] if one["is_drill"] == incident["is_drill"]],
        "plans": plans["items"],
        "sectors": (await clients.get(services, f"{at}/tasks"))["sectors"],
        "counts": (await clients.get(services, f"{at}/counts"))["items"],
        "total": await clients.get(services, f"{at}/sum"),
        "log": log,
        "names": await people_of(request).names_of([one["by"] for one in log["items"][:LOGGED]]) if log else {},
        "warnings": await _warnings(services, incident, language) if leads and incident["may_act"] else [],
        "phases": choices(lists["phases"], language),
        "states": [one for one in choices(lists["states"], language) if one[0] != "closed"],
        "leads": leads,
        "officers": await _officers(services, incident["country"], language) if leads and incident["may_act"] else {},
    }
    return page(request, "incidents/one.html", status=status, form=form, **shown)


async def _warnings(services: Services, incident: clients.Json, language: Language) -> list[tuple[str, str]]:
    """Those in force for its country that are none of the incident's yet; a drill takes only drills."""
    found = (await clients.get(services, "alerts", live="true", limit="50"))["items"]
    return [
        (one["id"], said(one["title"], language))
        for one in found
        if incident["country"] in one["countries"]
        and one["id"] not in incident["alerts"]
        and (one["message_status"] != "actual") == incident["is_drill"]
    ]


async def _officers(services: Services, country: str, language: Language) -> dict[str, str]:
    """Whom a task can be given to: who is on the rota of the mission that answers there, or of Dhaka."""
    duties = (await clients.get(services, "duty"))["items"]
    known = {one["mission"]["code"] for one in duties if country in one["countries"]}
    known |= {one["answers"]["code"] for one in duties if country in one["countries"]} | {FALLBACK}
    shifts = (await clients.get(services, "rota", limit="200"))["items"]
    return {
        one["id"]: f"{one['name']}, {said(one['seat_label'], language)}, {said(one['mission']['name'], language)}"
        for one in shifts
        if one["is_now"] and one["mission"]["code"] in known
    }


@router.get("/{identity}/after-action")
async def read_after_action(request: Request, identity: UUID, _: IncidentReader, services: ServicesDep) -> Response:
    at = f"incidents/{identity}"
    incident, total, told = await asyncio.gather(*(clients.get(services, at + part) for part in ("", "/sum", "/figures")))
    return page(request, "incidents/after.html", incident=incident, total=total, warnings=told["warnings"])


@router.post("/{identity}/act/{act}")
async def act(request: Request, identity: UUID, act: str, form: Posted, _: IncidentLeader, services: ServicesDep) -> Response:
    """What is no act the service does not know."""
    try:
        await _do(services, f"incidents/{identity}", act, form)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, OWN, language_of(request))
        return await _page(request, services, identity, again, leads=True, status=error.code)
    return RedirectResponse(f"/incidents/{identity}#{act}", 303)


async def _do(services: Services, at: str, act: str, form: Form) -> None:
    version = form.value("version")
    if act == "change":
        await clients.put(services, at, body_of({name: form.value(name) for name in ROLES}), version=version)
    elif act == "task":
        await clients.put(services, f"{at}/tasks/{UUID(form.value('task'))}", {"state": form.value("to")}, version=version)
    elif act == "giving":
        task, _, seen = form.value("task").partition("/")
        given = {"owner_shift": form.value("owner_shift"), "is_urgent": form.value("is_urgent") == "yes"}
        await clients.put(services, f"{at}/tasks/{UUID(task)}", given, version=seen)
    elif act == "adding":
        due = {"due": dhaka_time(form.value("due"))} if form.value("due") else {}
        await clients.post(services, f"{at}/tasks", {"sector": form.value("sector"), "words": form.value("words")} | due, key=form.key)
    elif act == "warning":
        await clients.post(services, f"{at}/alerts", {"alert": form.value("alert")}, key=form.key)
    elif act == "closing":
        await clients.post(services, f"{at}/closing", {"reason": form.value("reason")}, key=form.key, version=version)
    elif act == "script":
        await clients.post(services, f"{at}/script", {"en": form.value("en"), "bn": form.value("bn")}, key=form.key)
    else:
        await clients.post(services, f"{at}/log", {"note": form.value("note")}, key=form.key)


@router.get("/{identity}/enquiries")
async def list_enquiries(
    request: Request,
    identity: UUID,
    _: IncidentVisitor,
    services: ServicesDep,
    after: str = "",
    every: bool = False,  # noqa: FBT001, FBT002 - a query
) -> Response:
    """Those that wait, the longest first; with `every` also those that were answered, newest first."""
    more = ({"cursor": after} if after else {}) | ({"waiting": "false"} if every else {})
    found = await clients.get(services, f"incidents/{identity}/enquiries", limit="50", **more)
    return await _enquiries_page(request, services, identity, Form(), found, every=every)


@router.post("/{identity}/enquiries/find")
async def find_enquiries(request: Request, identity: UUID, form: Posted, _: IncidentVisitor, services: ServicesDep) -> Response:
    """A family that calls again: by its number, or by the number of its question."""
    typed = form.value("find")
    asked = {"reference": typed} if typed[:1].upper() == "Q" else {"phone": typed}
    try:
        found = await clients.post(services, f"incidents/{identity}/enquiries/search", asked, key=form.key)
    except (RefusedError, AwayError) as error:
        again = _at_find(answered_with(form, error, ("phone", "reference"), language_of(request)))
        listed = await clients.get(services, f"incidents/{identity}/enquiries", limit="50")
        return await _enquiries_page(request, services, identity, again, listed, status=error.code)
    if len(found["items"]) == 1:
        return RedirectResponse(f"/incidents/enquiries/{found['items'][0]['id']}", 303)
    return await _enquiries_page(request, services, identity, form, found | {"next": None}, found=True)


def _at_find(form: Form) -> Form:
    """One question asks for either."""
    words = next(iter(form.errors.values()), "")
    return Form(form.values, {"find": words} if words else {}, form.general, form.key)


async def _enquiries_page(
    request: Request,
    services: Services,
    identity: UUID,
    form: Form,
    listed: clients.Json,
    *,
    every: bool = False,
    found: bool = False,
    status: int = 200,
) -> Response:
    following = listed["next"].partition("cursor=")[2].partition("&")[0] if listed["next"] else ""
    shown: dict[str, Any] = {"items": listed["items"], "next": following, "every": every, "found": found}
    shown["incident"] = await clients.get(services, f"incidents/{identity}")
    return page(request, "incidents/enquiries.html", status=status, identity=identity, form=form, **shown)


@router.get("/{identity}/enquiries/new")
async def new_enquiry(request: Request, identity: UUID, visitor: IncidentVisitor, services: ServicesDep) -> Response:
    return await _enquiry_form(request, services, identity, await blank_or_parked(request, visitor))


@router.post("/{identity}/enquiries/new")
async def take_enquiry(request: Request, identity: UUID, form: Posted, _: IncidentVisitor, services: ServicesDep) -> Response:
    values = {name: form.value(name) for name in ENQUIRY} | {"last_contact_on": iso_date(form, "last_contact_on")}
    body = body_of(values)
    if "asker" in body:
        hours = body_of({name: digits(form.value(name)) for name in HOURS})
        body["asker"]["safe"] = {"may_call": form.value("may_call") != "no", **hours}
    try:
        made = await clients.post(services, f"incidents/{identity}/enquiries", body, key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, _beside_hours(error), (*ENQUIRY, *HOURS), language_of(request))
        return await _enquiry_form(request, services, identity, again, error.code)
    return RedirectResponse(f"/incidents/enquiries/{made['id']}", 303)


def _beside_hours(error: RefusedError | AwayError) -> RefusedError | AwayError:
    """The form asks for the hours by themselves."""
    if isinstance(error, RefusedError):
        error.errors = [{**one, "pointer": one.get("pointer", "").replace("/asker/safe/", "/")} for one in error.errors]
    return error


async def _enquiry_form(request: Request, services: Services, identity: UUID, form: Form, status: int = 200) -> Response:
    language, lists = language_of(request), await clients.get(services, "enquiries/lists")
    incident = await clients.get(services, f"incidents/{identity}")
    known = {name: choices(lists[name], language) for name in ("relations", "may_tell")}
    return page(request, "incidents/ask.html", status=status, form=form, incident=incident, **known)


@router.get("/enquiries/{enquiry}")
async def read_enquiry(request: Request, enquiry: UUID, _: IncidentVisitor, services: ServicesDep) -> Response:
    return await _enquiry_page(request, services, enquiry, Form())


async def _enquiry_page(request: Request, services: Services, enquiry: UUID, form: Form, status: int = 200) -> Response:
    language, one = language_of(request), await clients.get(services, f"enquiries/{enquiry}")
    lists = await clients.get(services, "enquiries/lists")
    candidates = await clients.get(services, f"enquiries/{enquiry}/candidates")
    incident = await clients.get(services, f"incidents/{one['incident_id']}")
    known = {name: choices(lists[name], language) for name in ("statuses", "outcomes")}
    return page(request, "incidents/enquiry.html", status=status, form=form, one=one, incident=incident, candidates=candidates, **known)


@router.post("/enquiries/{enquiry}/{act}")
async def act_on_enquiry(request: Request, enquiry: UUID, act: str, form: Posted, _: IncidentVisitor, services: ServicesDep) -> Response:
    bodies: dict[str, dict[str, Any]] = {
        "match": {"kind": form.value("kind"), "id": form.value("id")},
        "answers": {**body_of({name: form.value(name) for name in ("status", "channel", "words")}), "told": bool(form.value("channel"))},
        "ending": {"outcome": form.value("outcome")},
    }
    try:
        await clients.post(services, f"enquiries/{enquiry}/{act}", bodies.get(act, {}), key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, ANSWER, language_of(request))
        return await _enquiry_page(request, services, enquiry, again, error.code)
    return RedirectResponse(f"/incidents/enquiries/{enquiry}#{act}", 303)
