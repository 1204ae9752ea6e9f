"""Pages of people whom a crisis brought home: the desk of the home district says who is there. Nobody is made a returnee by a machine."""

from typing import Annotated, Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from services.portal.access import CaseOfficer
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with, body_of
from services.portal.handover.clients import NAME
from services.portal.language import district_choices
from services.portal.page import language_of, often, page
from services.portal.returnees import clients as returnees
from services.portal.returnees import forms
from services.portal.returnees.endpoints import mended

router = APIRouter(dependencies=[public()], include_in_schema=False)

ArrivalId = Annotated[UUID, Path()]
DECIDING: Final = ("because", "returnee", "send_to")
KNOWN: Final = ("sex", "age_band", "district", "country")
# Of a crisis' list: what the form asks under the same names. That somebody was evacuated is why they came.
EVACUATED: Final = "evacuated"
_AT: Final = "/v1/returnees/arrivals"


@router.get("/arrivals")
async def list_arrivals(request: Request, _: CaseOfficer, services: ServicesDep, cursor: str = "", done: str = "") -> Response:
    found = await services.get(NAME, _AT, limit="25", **({"cursor": cursor} if cursor else {}))
    following = urlsplit(found["next"] or "").query
    return page(request, "handover/arrivals.html", items=found["items"], next=following, done=done)


@router.get("/arrivals/{identity}")
async def read_arrival(request: Request, identity: ArrivalId, _: CaseOfficer, services: ServicesDep) -> Response:
    arrival = await _arrival(services, identity)
    return await _page(request, services, arrival, Form(forms.typed_again(registration_of(arrival))))


@router.post("/arrivals/{identity}/confirmation")
async def confirm(request: Request, identity: ArrivalId, form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    path, body = f"{_AT}/{identity}/confirmation", forms.returnee_of(form)
    try:
        receipt = await services.post(NAME, path, body, key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        again = mended(form, error, language_of(request))
        return await _page(request, services, await _arrival(services, identity), again, error.code)
    return RedirectResponse(f"/returnees/{receipt['reference']}?new=person", 303)


@router.post("/arrivals/{identity}/decision")
async def decide(request: Request, identity: ArrivalId, form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    """Not registered here: closed with a reason, linked to the record that the person has, or sent to another district's desk."""
    try:
        await _decide(services, identity, form)
    except (RefusedError, AwayError) as error:
        arrival = await _arrival(services, identity)
        said = {name: [form.value(name)] for name in DECIDING if form.value(name)}
        typed = Form(forms.typed_again(registration_of(arrival)) | said)
        again = answered_with(typed, _as_asked(error), (*forms.FIELDS, *DECIDING), language_of(request))
        return await _page(request, services, arrival, again, error.code)
    return RedirectResponse("/arrivals?done=yes", 303)


async def _decide(services: Services, identity: UUID, form: Form) -> None:
    version = form.value("version")
    if form.value("do") == "send":
        body = {"district": form.value("send_to")}
        await services.put(NAME, f"{_AT}/{identity}/district", body, version=version)
        return
    body = body_of({name: form.value(name) for name in ("because", "returnee")})
    await services.post(NAME, f"{_AT}/{identity}/dismissal", body, key=form.key, version=version)


def _as_asked(error: RefusedError | AwayError) -> RefusedError | AwayError:
    """The district to send to has a name of its own on this page, which asks for the person's too; a fault of both is the record's."""
    if isinstance(error, RefusedError):
        at = {"/district": "/send_to", "": "/returnee"}
        error.errors = [{**one, "pointer": at.get(one.get("pointer", ""), one.get("pointer", ""))} for one in error.errors]
    return error


def registration_of(arrival: dict[str, Any]) -> dict[str, Any]:
    """As the form would have been filled in with what the crisis' list says; what it does not say is left to be asked."""
    person = arrival["person"] or {}
    told = {name: arrival[name] for name in KNOWN if arrival[name] not in {None, "unknown"}}
    named = {name: person[name] for name in ("name", "name_bn", "phone", "documents", "flags") if person.get(name)}
    return {**told, **named, "returned_on": arrival["arrived_on"], "return_reason": EVACUATED}


async def _arrival(services: Services, identity: UUID) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, f"{_AT}/{identity}")
    return found


async def _page(request: Request, services: Services, arrival: dict[str, Any], form: Form, status: int = 200) -> Response:
    language = language_of(request)
    shown = {
        "arrival": arrival,
        "lists": await returnees.lists(services, language),
        "often": often(request),
        "districts": district_choices(language),
    }
    return page(request, "handover/arrival.html", status=status, form=form, **shown)
