"""Safe Migration Committees: for everybody what is told of a quarter; for the office in charge, what it returned, and a form to type it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from contracts.days import DHAKA
from contracts.text import Text
from kit.auth import public
from kit.quarters import newest_over
from services.portal.access import COMMITTEES, Anybody, CommitteeReturner
from services.portal.act_forms import act_page, body, names_of
from services.portal.acts import Act
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.committees import clients
from services.portal.committees.rules import CORRECTION, COUNTS, RETURN
from services.portal.forms import Form, PostedFile, answered_with, blank_or_parked
from services.portal.language import Language, district, district_choices, numerals
from services.portal.page import environment, language_of, page
from services.portal.papers.clients import brought
from services.portal.reports.rules import quarters
from services.portal.session.service import Visitor

router = APIRouter(prefix="/framework", dependencies=[public()], include_in_schema=False)
_OFFERED = 8


@router.get("/committees")
async def show_committees(request: Request, visitor: Anybody, services: ServicesDep, quarter: str = "") -> Response:
    found = await clients.told(services, quarter)
    may_return = visitor is not None and visitor.caller.has(*COMMITTEES)
    return page(request, "committees/open.html", found=found, may_return=may_return)


@router.get("/committee-returns")
async def list_returns(request: Request, _: CommitteeReturner, services: ServicesDep, cursor: str = "") -> Response:
    found = await clients.returns(services, cursor)
    return page(request, "committees/returns.html", items=found["items"], next=urlsplit(found["next"] or "").query)


@router.get("/committee-returns/new")
async def new_return(request: Request, visitor: CommitteeReturner, services: ServicesDep) -> Response:
    form = await blank_or_parked(request, visitor)
    return await _return_page(request, visitor, services, form)


@router.post("/committee-returns/new")
async def send_return(request: Request, sent: PostedFile, visitor: CommitteeReturner, services: ServicesDep) -> Response:
    form = sent[0]
    try:
        form = await brought(services, sent)
        made = await clients.send(services, body(RETURN, form), key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, names_of(RETURN), language_of(request))
        return await _return_page(request, visitor, services, again, error.code)
    return RedirectResponse(_place(made), 303)


@router.get("/committee-returns/{identity}")
async def show_return(request: Request, identity: UUID, _: CommitteeReturner, services: ServicesDep) -> Response:
    return page(request, "committees/one.html", one=await clients.one(services, str(identity)))


@router.get("/committee-returns/{identity}/correction/new")
async def new_correction(request: Request, identity: UUID, visitor: CommitteeReturner, services: ServicesDep) -> Response:
    parked, found = await blank_or_parked(request, visitor), await clients.one(services, str(identity))
    stands = {name: [str(found[name])] for name in COUNTS} | {"version": [str(found["version"])]}
    return _correction_page(request, found, parked if parked.values else Form(stands))


@router.post("/committee-returns/{identity}/correction/new")
async def send_correction(request: Request, identity: UUID, sent: PostedFile, _: CommitteeReturner, services: ServicesDep) -> Response:
    """Whoever was overtaken reads on the return's page what the other said before they send again."""
    form = sent[0]
    try:
        form = await brought(services, sent)
        await clients.correct(services, str(identity), body(CORRECTION, form), key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, names_of(CORRECTION), language_of(request))
        return _correction_page(request, await clients.one(services, str(identity)), again, error.code)
    return RedirectResponse(_place(str(identity)), 303)


async def _return_page(request: Request, visitor: Visitor, services: Services, form: Form, status: int = 200) -> Response:
    language = language_of(request)
    covered = [(code, name) for code, name in district_choices(language) if visitor.caller.covers_district(code)]
    known = sorted({f"{one['upazila']} ({district(one['district'], language)})" for one in (await clients.returns(services))["items"]})
    own = {**form.values, "district": [covered[0][0]]} if len(covered) == 1 and not form.value("district") else form.values
    shown = Form(own, form.errors, form.general, form.key, form.was_parked)
    lists = {
        "own": covered,
        "quarters": [(one, _named(one, language)) for one in quarters(newest_over(datetime.now(DHAKA).date()), _OFFERED)],
    }
    back = "/framework/committee-returns"
    return act_page(request, _about(RETURN, ", ".join(known)), shown, lists, f"{back}/new", back=back, status=status)


def _correction_page(request: Request, found: Mapping[str, Any], form: Form, status: int = 200) -> Response:
    language = language_of(request)
    about = f"{found['upazila']}, {district(found['district'], language)}, {_named(found['quarter'], language)}"
    place = _place(found["id"])
    return act_page(request, _about(CORRECTION, about), form, {}, f"{place}/correction/new", back=place, status=status)


def _named(quarter: str, language: Language) -> str:
    words: Any = environment(language).get_template("reports/parts.html").module
    return f"{words.months[quarter[5:]]} {numerals(quarter[:4], language)}"


def _about(act: Act, about: str) -> Act:
    return Act(act.path, act.title, act.asks, hint=Text(about, about) if about else None, button=act.button)


def _place(identity: str) -> str:
    return f"/framework/committee-returns/{identity}"
