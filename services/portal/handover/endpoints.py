"""Pages of a protected case, and of a grievance that becomes a complaint."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from contracts.text import Text
from kit.auth import public
from services.portal.access import SUPERVISE, CaseOfficer
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.complaints.clients import categories
from services.portal.forms import Form, Posted, answered_with, body_of, iso_date, refused
from services.portal.handover import clients
from services.portal.language import said
from services.portal.page import language_of, page
from services.portal.people.access import people_of
from services.portal.returnees.clients import read

router = APIRouter(dependencies=[public()], include_in_schema=False)

COMPLAINT: Final = ("category", "narrative", "respondent.name", "agreed", "way", "witness")
FIELDS: Final = ("indicators", "finding", "forms", "reasons", "kind", "due_on", "note", "answer", "account", "reason")
CHOICES: Final = ("findings", "forms", "testimony", "kinds", "areas", "groups", "closing_reasons")
_NOT_AGREED: Final = Text("A complaint is lodged only if the person agrees.", "ব্যক্তি সম্মত হলেই কেবল অভিযোগ দাখিল করা যায়।")
# How the one record names the other, in the history of the complaint; read by officers alone.
_NOTED: Final = Text("Told at the desk by returnee {}.", "প্রত্যাগত {} কার্যালয়ে এসে জানিয়েছেন।")


@router.get("/returnees/{reference}/complaint")
async def new_complaint(request: Request, reference: str, _: CaseOfficer, services: ServicesDep) -> Response:
    return await _complaint_page(request, services, reference, Form())


@router.post("/returnees/{reference}/complaint")
async def lodge_complaint(request: Request, reference: str, form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    language = language_of(request)
    if form.value("agreed") != "yes":
        again = refused(form, [{"pointer": "/agreed", "detail": _NOT_AGREED.in_language(language)}], COMPLAINT)
        return await _complaint_page(request, services, reference, again, 422)
    returnee = await read(services, reference)
    consent = {
        "purpose": "complaint",
        "recipient": "complaints",
        "granted": True,
        **body_of({n: form.value(n) for n in ("way", "witness")}),
    }
    note = _NOTED.in_language(language).format(returnee["reference"])
    try:
        await clients.agree(services, reference, consent, key=f"{form.key}-consent")
        await clients.complain(services, reference, complaint_of(returnee, form), note, key=form.key)
    except (RefusedError, AwayError) as error:
        return await _complaint_page(request, services, reference, answered_with(form, error, COMPLAINT, language), error.code)
    return RedirectResponse(f"/returnees/{quote(reference, safe='')}#handover", 303)


def complaint_of(returnee: Mapping[str, Any], form: Form) -> dict[str, Any]:
    """What is known of the person goes along, as the page showed it; they speak for themselves."""
    values: dict[str, Any] = {name: form.value(name) for name in ("category", "narrative", "respondent.name")}
    values |= {"channel": "counter", "country": returnee["country"], "district": returnee["district"], "reporter.relation": "self"}
    values |= {f"{who}.{name}": returnee[name] or "" for who in ("reporter", "victim") for name in ("name", "phone")}
    values |= {"victim.sex": returnee["sex"], "victim.age_band": returnee["age_band"]}
    if values["respondent.name"]:
        values["respondent.kind"] = "unknown"
    return body_of(values)


async def _complaint_page(request: Request, services: Services, reference: str, form: Form, status: int = 200) -> Response:
    language = language_of(request)
    procedure = await clients.lists(services, "procedure")
    shown = {
        "returnee": await read(services, reference),
        "categories": await categories(services, language),
        "ways": [(one["code"], said(one, language)) for one in procedure["consent_ways"]],
    }
    return page(request, "handover/complaint.html", status=status, form=form, **shown)


@router.post("/returnees/{reference}/protection")
async def open_protected(reference: str, form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    return RedirectResponse(f"/protected/{await clients.open_protected(services, reference, key=form.key)}", 303)


@router.get("/protected")
async def list_protected(request: Request, visitor: CaseOfficer, services: ServicesDep, cursor: str = "") -> Response:
    (items, following), to_judge = await asyncio.gather(clients.list_protected(services, cursor), clients.has_to_judge(services))
    shown = {"supervises": visitor.caller.has(*SUPERVISE), "to_judge": to_judge}
    return page(request, "handover/list.html", items=items, next=following, **shown)


@router.get("/protected/{case}")
async def read_protected(request: Request, case: str, _: CaseOfficer, services: ServicesDep) -> Response:
    return await _case_page(request, services, case, Form())


@router.post("/protected/{case}/{act}")
async def act(request: Request, case: str, act: str, form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    """What is no act of a case the service does not know."""
    try:
        await _do(services, case, act, form)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, FIELDS, language_of(request))
        return await _case_page(request, services, case, again, error.code)
    return RedirectResponse(f"/protected/{quote(case, safe='')}#{quote(act, safe='')}", 303)


async def _do(services: Services, case: str, act: str, form: Form) -> None:
    version, path = form.value("version"), clients.path_of(case, act)
    if act == "indicators":
        every = [one["code"] for one in (await clients.lists(services, "protection-lists"))["indicators"]]
        seen = set(form.chosen("indicators"))
        answers = {code: "yes" if code in seen else "not_known" for code in every}
        await services.put(clients.NAME, path, {"answers": answers}, version=version)
    elif act == "testimony":
        await services.put(clients.NAME, path, {"answer": form.value("answer")}, version=version)
    elif act == "members":
        await services.put(clients.NAME, clients.path_of(case, act, form.value("account") or "-"), {}, version=version)
    elif act == "step":
        body = {"state": form.value("state")}
        await services.put(clients.NAME, clients.path_of(case, "steps", form.value("step")), body, version=version)
    else:
        await services.post(clients.NAME, path, _said(act, form), key=form.key, version=version)


def _said(act: str, form: Form) -> dict[str, Any]:
    if act == "identification":
        return {**body_of({name: form.value(name) for name in ("finding", "reasons")}), "forms": form.chosen("forms")}
    if act == "steps":
        return body_of({"kind": form.value("kind"), "due_on": iso_date(form, "due_on"), "note": form.value("note")})
    return body_of({"reason": form.value("reason")})


async def _case_page(request: Request, services: Services, case: str, form: Form, status: int = 200) -> Response:
    language = language_of(request)
    lists = await clients.lists(services, "protection-lists")
    choices = {name: [(one["code"], said(one, language)) for one in lists[name]] for name in CHOICES}
    grouped = [
        (words, [(one["code"], said(one, language)) for one in lists["indicators"] if one["group"] == code])
        for code, words in choices["groups"]
    ]
    found = await clients.protected(services, case)
    seen = {one["code"] for one in found["indicators"] if one["answer"] == "yes"}
    people = await people_of(request).names_of(found["members"])
    members = [people.get(one, one) for one in found["members"]]
    shown = {"case": found, "case_members": members, "choices": choices, "grouped": grouped, "seen": seen}
    return page(request, "handover/one.html", status=status, form=form, **shown)
