"""A wing's day: who waits, one case and what is written into it. Duties: `duty`; the December report: `december`."""

import asyncio
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from kit.errors import NotFoundError
from services.portal.access import WingOfficer
from services.portal.act_forms import act_page, body, day_of_today, names_of
from services.portal.acts import Act
from services.portal.clients import AwayError, RefusedError, ServicesDep
from services.portal.forms import Form, Posted, answered_with, blank_or_parked
from services.portal.language import said
from services.portal.page import language_of, page
from services.portal.sections import load_sections
from services.portal.wing import clients
from services.portal.wing.rules import ACTS, details_act, new_act
from services.portal.wing.sections import SECTIONS

router = APIRouter(dependencies=[public()], include_in_schema=False)
QUEUES: Final = ("waiting", "family", "due", "overdue", "mine", "open", "closed")


def own(reference: str) -> str:
    return f"/wing/cases/{quote(reference, safe='')}"


@router.get("/wing")
async def day(request: Request, _: WingOfficer, services: ServicesDep) -> Response:
    asked = (clients.queue(services, name) for name in ("due", "waiting", "mine"))
    counted, duties, due, waiting, mine = await asyncio.gather(
        clients.get(services, f"{clients.CASES}/day"), clients.get(services, clients.DUTY), *asked
    )
    known = await clients.kinds(services)
    away = [one for one in duties["items"] if one["handover"] and one["may_move"]]
    lists = {"due": due, "waiting": waiting, "mine": mine}
    return page(request, "wing/day.html", day=counted, away=away, lists=lists, kinds=known["kinds"])


@router.get("/wing/cases")
async def list_cases(request: Request, _: WingOfficer, services: ServicesDep, queue: str = "waiting", cursor: str = "") -> Response:
    if queue not in QUEUES:
        raise NotFoundError
    items, following = await clients.queue(services, queue, cursor)
    return page(request, "wing/list.html", items=items, next=following, queue=queue, queues=QUEUES, found=None, form=Form())


@router.post("/wing/cases/find")
async def find(request: Request, form: Posted, _: WingOfficer, services: ServicesDep) -> Response:
    """Posted: a number of a passport stands in no address. A reference leads to its case."""
    typed = form.value("wanted")
    if typed.upper().startswith("A-"):
        return RedirectResponse(own(typed), 303)
    found = await clients.post(services, f"{clients.CASES}/search", {"passport": typed or "-"}, key=form.key)
    return page(request, "wing/list.html", items=found["items"], next="", queue="", queues=QUEUES, found=typed, form=form)


@router.get("/wing/cases/new")
async def new_case(request: Request, visitor: WingOfficer, services: ServicesDep, kind: str = "") -> Response:
    known = await clients.kinds(services)
    if kind not in known["kinds"]:
        return page(request, "wing/choose.html", kinds=known["kinds"])
    form = await blank_or_parked(request, visitor)
    countries = sorted(visitor.caller.countries - {"*"})
    if not form.values and countries:
        form = Form({"country": [countries[0]], "of": [kind]})
    return _new_page(request, known, kind, form)


@router.post("/wing/cases/new")
async def open_case(request: Request, form: Posted, _: WingOfficer, services: ServicesDep) -> Response:
    known, kind = await clients.kinds(services), form.value("of")
    if kind not in known["kinds"]:
        raise NotFoundError
    act = new_act(known["kinds"][kind])
    try:
        made = await clients.post(services, clients.CASES, {"kind": kind, **body(act, form)}, key=form.key)
    except (RefusedError, AwayError) as error:
        return _new_page(request, known, kind, answered_with(form, error, names_of(act), language_of(request)), error.code)
    return RedirectResponse(own(made["reference"]), 303)


def _new_page(request: Request, known: dict[str, Any], kind: str, form: Form, status: int = 200) -> Response:
    form = replace(form, values={**form.values, "of": [kind]})
    lists = clients.lists_of(known, language_of(request))
    return act_page(request, new_act(known["kinds"][kind]), form, lists, "/wing/cases/new", back="/wing", status=status)


@router.post("/wing/cases/from/{complaint}")
async def from_complaint(complaint: str, form: Posted, _: WingOfficer, services: ServicesDep) -> Response:
    """One press on the page of a complaint."""
    made = await clients.post(services, clients.CASES, {"kind": form.value("kind"), "complaint": complaint}, key=form.key)
    return RedirectResponse(own(made["reference"]), 303)


@router.get("/wing/cases/{reference}")
async def read_case(request: Request, reference: str, visitor: WingOfficer, services: ServicesDep) -> Response:
    case = await clients.get(services, clients.address(reference))
    sections = await load_sections(services, visitor.caller, case, SECTIONS)
    return page(request, "wing/one.html", case=case, sections=sections, own=own(case["reference"]), form=Form())


@router.post("/wing/cases/{reference}/take")
async def take(reference: str, form: Posted, _: WingOfficer, services: ServicesDep) -> Response:
    await clients.post(services, f"{clients.address(reference)}/taking", {}, key=form.key, version=form.value("version"))
    return RedirectResponse(own(reference), 303)


@router.post("/wing/cases/{reference}/restrict")
async def restrict(reference: str, form: Posted, _: WingOfficer, services: ServicesDep) -> Response:
    narrowed = {"restricted": form.value("restricted") == "yes"}
    await clients.post(services, f"{clients.address(reference)}/details", narrowed, key=form.key, version=form.value("version"))
    return RedirectResponse(own(reference), 303)


@router.get("/wing/cases/{reference}/{act}")
async def write(request: Request, reference: str, act: str, _: WingOfficer, services: ServicesDep, of: str = "") -> Response:
    case, known = await asyncio.gather(clients.get(services, clients.address(reference)), clients.kinds(services))
    asked = _act(act, case, known)
    values = {"of": [of], "step": [of], "version": [str(case["version"])], **day_of_today(asked)}
    values |= _known_values(case) if act == "details" else {}
    return _act_page(request, asked, Form(values), (case, known), act)


@router.post("/wing/cases/{reference}/{act}")
async def written(request: Request, reference: str, act: str, form: Posted, _: WingOfficer, services: ServicesDep) -> Response:
    case, known = await asyncio.gather(clients.get(services, clients.address(reference)), clients.kinds(services))
    asked = _act(act, case, known)
    path = clients.address(reference) + asked.path.format(of=quote(form.value("of"), safe=""))
    try:
        await clients.post(services, path, _sent(act, asked, form), key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, names_of(asked), language_of(request))
        # They are told that somebody changed it meanwhile, and may then send it again.
        again = replace(again, values={**again.values, "version": [str(case["version"])]})
        return _act_page(request, asked, again, (case, known), act, error.code)
    return RedirectResponse(own(reference), 303)


def _sent(act: str, asked: Act, form: Form) -> dict[str, Any]:
    made = body(asked, form)
    if act == "worker":
        return {"workers": [made]}
    if act == "answer":
        made["handled_only"] = form.value("handled_only") != "no"
    return made


def _act(name: str, case: dict[str, Any], known: dict[str, Any]) -> Act:
    if name == "details":
        return details_act(known["kinds"][case["kind"]])
    if name not in ACTS:
        raise NotFoundError
    return ACTS[name]


def _known_values(case: dict[str, Any]) -> dict[str, list[str]]:
    """What is known stands in the form; a day in its three parts."""
    values = {f"details.{one['code']}": [one["value"]] for one in case["details"] if one["value"]}
    for name, (value,) in list(values.items()):
        year, _, rest = value.partition("-")
        if len(year) == len("2026") and year.isdigit() and rest:
            values |= {f"{name}.{part}": [piece] for part, piece in zip(("year", "month", "day"), value.split("-"), strict=False)}
    person = {f"person.{name}": [value] for name, value in case["person"].items() if value}
    return {**values, **person, "sex": [case["sex"]], "age_band": [case["age_band"]]}


def _act_page(
    request: Request, asked: Act, form: Form, about: tuple[dict[str, Any], dict[str, Any]], act: str, status: int = 200
) -> Response:
    (case, known), language = about, language_of(request)
    kind = known["kinds"][case["kind"]]
    owed = [one for one in case["steps"] if not one["is_visit"] and not one["elsewhere"] and one["code"] != "family_answered"]
    lists = {
        **clients.lists_of(known, language),
        "steps": [(one["code"], said(one["label"], language)) for one in owed],
        "outcomes": [(one["code"], said(one["label"], language)) for one in kind["outcomes"]],
    }
    address = own(case["reference"])
    return act_page(request, asked, form, lists, f"{address}/{act}", back=address, status=status)
