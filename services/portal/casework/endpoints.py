"""Pages of a returnee's case: each thing that is written down is one short form; what needs no words is one press."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from kit.errors import NotFoundError
from services.portal.access import CaseOfficer
from services.portal.act_forms import Lists, act_page, body, day_of_today, names_of
from services.portal.casework import clients
from services.portal.casework.forms import answers_of, day_fields, goals_of, packed, plan_fields, plan_of
from services.portal.casework.rules import MOST_GOALS, WRITINGS, Writing
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.files.clients import kept_headers
from services.portal.forms import Form, Posted, PostedFile, answered_with, blank_or_parked
from services.portal.language import Language, said
from services.portal.page import language_of, page

router = APIRouter(dependencies=[public()], include_in_schema=False)
_MEMBER: Final = ("relation", "name", "birth_year", "sex", "schooling", "school_class", "credits")


def own(reference: str) -> str:
    return f"/returnees/{quote(reference, safe='')}"


def back_to(reference: str, section: str) -> Response:
    return RedirectResponse(f"{own(reference)}#{section}", 303)


@router.post("/returnees/{reference}/case/tasks/{task}/take")
async def take(reference: str, task: str, form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    path = f"/v1/returnees/tasks/{quote(task, safe='')}/take"
    await clients.write(services, "POST", path, {}, key=form.key, version=form.value("version"))
    return back_to(reference, "urgent")


@router.post("/returnees/{reference}/case/consents/{consent}/withdraw")
async def withdraw(reference: str, consent: str, form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    path = f"{clients.address(reference)}/consents/{quote(consent, safe='')}/withdraw"
    await clients.write(services, "POST", path, {}, key=form.key)
    return back_to(reference, "consents")


@router.post("/returnees/{reference}/case/closing/{decision}")
async def end(reference: str, decision: str, form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    if decision not in {"approve", "send-back"}:
        raise NotFoundError
    path = f"{clients.address(reference)}/case/closing/{decision}"
    await clients.write(services, "POST", path, {}, key=form.key, version=form.value("version"))
    return back_to(reference, "case")


@router.get("/returnees/{reference}/case/matches/{match}")
async def compare(request: Request, reference: str, match: str, _: CaseOfficer, services: ServicesDep) -> Response:
    return await _compare_page(request, services, reference, match, Form())


@router.post("/returnees/{reference}/case/matches/{match}")
async def decide(request: Request, reference: str, match: str, form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    said_of = {name: form.value(name) for name in ("decision", "because") if form.value(name)}
    try:
        await services.put(clients.NAME, f"/v1/returnees/matches/{quote(match, safe='')}/decision", said_of)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, ("decision", "because"), language_of(request))
        return await _compare_page(request, services, reference, match, again, error.code)
    return back_to(reference, "matches")


async def _compare_page(request: Request, services: Services, reference: str, match: str, form: Form, status: int = 200) -> Response:
    returnee = await clients.read(services, reference)
    found = next((one for one in await clients.matches_of(services, returnee) or [] if one["id"] == match), None)
    if found is None:
        raise NotFoundError
    both = await asyncio.gather(*(clients.read(services, found[name]) for name in ("returnee_id", "other_id")))
    shown = {"match": found, "both": both, "form": form, "returnee": returnee}
    return page(request, "casework/compare.html", status=status, **shown)


@router.post("/returnees/{reference}/case/abroad")
async def ask_register(reference: str, form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    await clients.write(services, "POST", f"{clients.address(reference)}/abroad", {}, key=form.key)
    return back_to(reference, "abroad")


@router.post("/returnees/{reference}/case/abroad/{candidate}")
async def link_abroad(reference: str, candidate: str, form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    """The button for *same* says that the person agrees."""
    decision = form.value("decision")
    path = f"/v1/returnees/abroad/{quote(candidate, safe='')}/decision"
    body = {"decision": decision, "agreed": decision == "same"}
    await clients.write(services, "PUT", path, body, key=form.key, version=form.value("version"))
    return back_to(reference, "abroad")


@router.get("/returnees/{reference}/case/assessment")
async def assessment(request: Request, reference: str, visitor: CaseOfficer, services: ServicesDep) -> Response:
    parked = await blank_or_parked(request, visitor)
    form = parked if parked.was_parked else await _again(services, reference, parked)
    return await _assessment_page(request, services, reference, form)


@router.post("/returnees/{reference}/case/assessment")
async def assess(request: Request, reference: str, form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    instrument = await clients.fetched(services, "instrument")
    questions = [item["code"] for dimension in instrument["dimensions"] for item in dimension["items"]]
    path = f"{clients.address(reference)}/case/assessments"
    try:
        await clients.write(services, "POST", path, answers_of(form, questions), key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        again = await _again(services, reference, answered_with(form, error, (), language_of(request)))
        return await _assessment_page(request, services, reference, again, error.code)
    return back_to(reference, "case")


async def _assessment_page(request: Request, services: Services, reference: str, form: Form, status: int = 200) -> Response:
    instrument = await clients.fetched(services, "instrument")
    return page(request, "casework/assessment.html", status=status, form=form, instrument=instrument, own=own(reference))


@router.get("/returnees/{reference}/case/plan")
async def plan(request: Request, reference: str, visitor: CaseOfficer, services: ServicesDep) -> Response:
    parked = await blank_or_parked(request, visitor)
    case = await clients.read_case(services, reference)
    form = parked if parked.was_parked else Form({"version": [str(case["version"])], **goals_of(case["plan"])})
    return await _plan_page(request, services, reference, form)


@router.post("/returnees/{reference}/case/plan")
async def make_plan(request: Request, reference: str, sent: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    form = packed(sent)
    path = f"{clients.address(reference)}/case/plan"
    try:
        await clients.write(services, "PUT", path, plan_of(form), key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        again = await _again(services, reference, answered_with(form, error, plan_fields(), language_of(request)))
        return await _plan_page(request, services, reference, again, error.code)
    return back_to(reference, "case")


async def _plan_page(request: Request, services: Services, reference: str, form: Form, status: int = 200) -> Response:
    language = language_of(request)
    lists, instrument, case = await asyncio.gather(
        clients.lists(services, language), clients.fetched(services, "instrument"), clients.read_case(services, reference)
    )
    dimensions = [(one["code"], said(one, language)) for one in instrument["dimensions"]]
    shown = {"form": form, "lists": lists, "dimensions": dimensions, "case": case, "own": own(reference), "most": MOST_GOALS}
    return page(request, "casework/plan.html", status=status, **shown)


async def _again(services: Services, reference: str, form: Form) -> Form:
    """With the version as it stands now: they are told that somebody changed it meanwhile, and may then send it again."""
    case = await clients.read_case(services, reference)
    return replace(form, values={**form.values, "version": [str(case["version"])]})


@router.get("/returnees/{reference}/case/consents/{consent}/photo")
async def photo_page(request: Request, reference: str, consent: str, _: CaseOfficer) -> Response:
    return page(request, "casework/photo.html", form=Form(), own=own(reference), consent=consent)


@router.post("/returnees/{reference}/case/consents/{consent}/photo")
async def add_photo(request: Request, reference: str, consent: str, sent: PostedFile, _: CaseOfficer, services: ServicesDep) -> Response:
    form, _name, content = sent
    path = f"{clients.address(reference)}/consents/{quote(consent, safe='')}/photo"
    try:
        await services.send("PUT", clients.NAME, path, {"Content-Type": "application/octet-stream"}, content=content)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, ("file",), language_of(request))
        shown = {"form": again, "own": own(reference), "consent": consent}
        return page(request, "casework/photo.html", status=error.code, **shown)
    return back_to(reference, "consents")


@router.get("/returnees/{reference}/case/consents/{consent}/thumbprint")
async def show_photo(reference: str, consent: str, _: CaseOfficer, services: ServicesDep) -> Response:
    path = f"{clients.address(reference)}/consents/{quote(consent, safe='')}/photo"
    answer = await services.send("GET", clients.NAME, path, {})
    return Response(answer.content, headers=kept_headers(answer))


@router.get("/returnees/{reference}/case/{act}")
async def write(request: Request, reference: str, act: str, visitor: CaseOfficer, services: ServicesDep, of: str = "") -> Response:
    known = _known(act)
    parked = await blank_or_parked(request, visitor)
    meant = of or parked.value("of")
    part = await clients.part_of(services, reference, known.source, meant)
    if part is None:
        raise NotFoundError
    if _is_over(known, part):
        return await _answered_page(request, services, reference, part)
    typed = parked.values or {**day_of_today(known.act), **_filled(known, part)}
    version = parked.value("version") or str(part.get("version", ""))  # what its writer saw: a change meanwhile is told
    blank = replace(parked, values={**typed, "of": [meant], "version": [version]})
    lists = await _lists(services, reference, known, language_of(request))
    return act_page(request, known.act, blank, lists, f"{own(reference)}/case/{act}", back=f"{own(reference)}#{known.section}")


@router.post("/returnees/{reference}/case/{act}")
async def written(request: Request, reference: str, act: str, form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    known, language = _known(act), language_of(request)
    path = known.act.path.format(who=quote(reference, safe=""), of=quote(form.value("of"), safe=""))
    said_of = {**body(known.act, form), **known.says}
    try:
        done = await clients.write(services, known.act.method, path, said_of, key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        part = await clients.part_of(services, reference, known.source, form.value("of")) or {}
        if _is_over(known, part):
            return await _answered_page(request, services, reference, part, error.code)
        again = answered_with(form, error, names_of(known.act), language)
        again = replace(again, values={**again.values, "version": [str(part.get("version", ""))]})
        lists = await _lists(services, reference, known, language)
        place = f"{own(reference)}/case/{act}"
        return act_page(request, known.act, again, lists, place, back=f"{own(reference)}#{known.section}", status=error.code)
    if act == "consent" and done["way"] == "thumbprint":
        return RedirectResponse(f"{own(reference)}/case/consents/{done['id']}/photo", 303)
    return back_to(reference, known.section)


def _known(act: str) -> Writing:
    if act not in WRITINGS:
        raise NotFoundError
    return WRITINGS[act]


def _is_over(known: Writing, part: Mapping[str, Any]) -> bool:
    """Somebody wrote it down meanwhile, or it went on: what is known is shown instead of a form that would be refused."""
    return bool(known.in_states) and bool(part) and part["state"] not in known.in_states


async def _answered_page(request: Request, services: Services, reference: str, part: Mapping[str, Any], status: int = 200) -> Response:
    declines = {one["code"]: one for one in (await clients.fetched(services, "helps"))["decline_codes"]}
    return page(request, "casework/answered.html", status=status, one=part, declines=declines, own=own(reference))


def _filled(known: Writing, part: dict[str, Any]) -> dict[str, list[str]]:
    """What is known of a member, to be corrected."""
    if known.source != "member":
        return {}
    papers = {True: "yes", False: "no", None: ""}[part["has_papers"]]
    typed = {name: [str(part[name] or "")] for name in _MEMBER}
    return {**typed, "has_papers": [papers], **day_fields("out_since", part["out_since"])}


async def _lists(services: Services, reference: str, known: Writing, language: Language) -> Lists:
    lists = await clients.lists(services, language)
    if not any(ask.choices == "recipients" for ask in known.act.asks):
        return lists
    returnee = await clients.read(services, reference)
    bodies = {one["recipient"]: said(one["name"], language) for one in await clients.providers(services, returnee["district"])}
    return {**lists, "recipients": [("own", _OWN[language]), *bodies.items()]}


_OWN: Final = {"en": "This office itself", "bn": "এই দপ্তর নিজে"}
