"""Pages of who is given which field: the simulator, and what was decided for partners and other services."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from fastapi import APIRouter, Request, Response

from contracts.text import Text
from kit.auth import public
from services.portal.access import DecisionReader, SharingReader
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, answered_with, iso_date
from services.portal.language import said
from services.portal.page import language_of, page
from services.portal.partners.clients import raw_lists
from services.portal.session.service import Visitor
from services.portal.sharing import clients

router = APIRouter(prefix="/sharing", dependencies=[public()], include_in_schema=False)
Log = Literal["partners", "nationals", "complaints", "returnees"]
ASKERS: Final[Mapping[str, Text]] = {
    "program": Text("A program of the organisation", "সংস্থার একটি প্রোগ্রাম"),
    "member": Text("A person of the organisation, signed in here", "সংস্থার একজন ব্যক্তি, এখানে সাইন ইন করে"),
}
NAMES: Final = ("organisation", "record_type", "asker", "on", "then", "agreement", "consented")


@router.get("/simulator")
async def simulate(request: Request, visitor: SharingReader, services: ServicesDep) -> Response:
    """A second day shows what changes until then. Its address can be kept: nothing in it is personal."""
    form = _asked(request, visitor)
    lists = await raw_lists(services)
    purposes = {one["code"]: one["purpose"] for one in lists["records"]}
    shown: dict[str, Any] = {"found": None, "then": None, "status": 200}
    if form.value("record_type") in purposes and form.value("organisation"):
        try:
            shown |= await _simulated(services, form, purposes)
        except (RefusedError, AwayError) as error:
            form = answered_with(form, error, NAMES, language_of(request))
            shown["status"] = error.code
    language = language_of(request)
    return page(
        request,
        "sharing/simulator.html",
        form=form,
        records=[(one["code"], said(one["name"], language)) for one in lists["records"]],
        askers=[(code, text.in_language(language)) for code, text in ASKERS.items()],
        purpose_words={one["code"]: said(one["name"], language) for one in lists["purposes"]},
        **shown,
    )


def _asked(request: Request, visitor: Visitor) -> Form:
    """Whoever belongs to one organisation asks for that one."""
    values = {name: request.query_params.getlist(name) for name in request.query_params}
    own = sorted(visitor.caller.org - {"*"})
    if not any(values.get("organisation", [])) and len(own) == 1:
        values["organisation"] = own
    return Form(values if any(values.get("asker", [])) else {**values, "asker": ["program"]})


async def _simulated(services: Services, form: Form, purposes: Mapping[str, str]) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "organisation": form.value("organisation").strip(),
        "record_type": form.value("record_type"),
        "purpose": purposes[form.value("record_type")],
        "asker": form.value("asker"),
        "consented": bool(form.value("consented")),
    }
    if form.value("agreement"):
        asked["agreement"] = form.value("agreement")
    days = [iso_date(form, "on"), iso_date(form, "then")]
    found = await clients.simulated(services, asked | ({"on": days[0]} if days[0] else {}))
    then = await clients.simulated(services, asked | {"on": days[1]}) if days[1] else None
    return {"found": found, "then": then}


@router.get("/decisions")
async def list_decisions(request: Request, _: DecisionReader, services: ServicesDep, log: Log = "partners", cursor: str = "") -> Response:
    items, following = await clients.decisions(services, log, cursor)
    return page(request, "sharing/decisions.html", items=items, next=following, log=log)
