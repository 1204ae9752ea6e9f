"""Pages of what a returnee is still owed abroad: open a claim, note a step and the money that came, end it."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from contracts.text import Text
from kit.auth import public
from kit.errors import NotFoundError
from services.portal.access import CaseOfficer
from services.portal.casework.clients import address
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with, blank_or_parked, body_of, iso_date, refused
from services.portal.handover.clients import NAME, lists
from services.portal.language import country_choices, currency_choices, said
from services.portal.page import language_of, page
from services.portal.redress.rules import smallest_units
from services.portal.returnees.clients import read

router = APIRouter(dependencies=[public()], include_in_schema=False)

FIELDS: Final = {
    "new": ("kind", "amount", "currency", "country", "employer"),
    "steps": ("kind", "done_on", "amount", "note"),
    "ending": ("reason",),
    "amount": ("amount",),
}
_NO_AMOUNT: Final = Text(
    "Write the amount in digits, like 12,500; digits of either script will do.", "টাকার পরিমাণ অঙ্কে লিখুন, যেমন ১২,৫০০; ইংরেজি অঙ্কেও লেখা যায়।"
)


@router.get("/returnees/{reference}/claims/new")
async def new_claim(request: Request, reference: str, visitor: CaseOfficer, services: ServicesDep) -> Response:
    return await _new_page(request, services, reference, await blank_or_parked(request, visitor))


@router.post("/returnees/{reference}/claims/new")
async def open_claim(request: Request, reference: str, form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    places = (await lists(services, "claim-lists"))["currencies"].get(form.value("currency"), 2)
    body = said_in(form, "new", places)
    if body is None:
        return await _new_page(request, services, reference, _without_amount(request, form, "new"), 422)
    try:
        claim = await services.post(NAME, f"{address(reference)}/claims", body, key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, FIELDS["new"], language_of(request))
        return await _new_page(request, services, reference, again, error.code)
    return RedirectResponse(_path(reference, claim["id"]), 303)


@router.get("/returnees/{reference}/claims/{claim}")
async def read_claim(request: Request, reference: str, claim: str, _: CaseOfficer, services: ServicesDep) -> Response:
    return await _claim_page(request, services, reference, await _found(services, reference, claim), Form())


@router.get("/returnees/{reference}/claims/{claim}/amount")
async def correct_claim(request: Request, reference: str, claim: str, _: CaseOfficer, services: ServicesDep) -> Response:
    return _amount_page(request, reference, await _found(services, reference, claim), Form())


@router.post("/returnees/{reference}/claims/{claim}/amount")
async def keep_amount(request: Request, reference: str, claim: str, form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    found = await _found(services, reference, claim)
    body = said_in(form, "amount", found["digits"])
    if body is None:
        return _amount_page(request, reference, found, _without_amount(request, form, "amount"), 422)
    try:
        await services.put(NAME, f"/v1/returnees/claims/{quote(claim, safe='')}/amount", body, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, FIELDS["amount"], language_of(request))
        return _amount_page(request, reference, found, again, error.code)
    return RedirectResponse(_path(reference, claim), 303)


def _amount_page(request: Request, reference: str, claim: Mapping[str, Any], form: Form, status: int = 200) -> Response:
    return page(request, "handover/claim_amount.html", status=status, reference=reference, claim=claim, form=form)


@router.post("/returnees/{reference}/claims/{claim}/{act}")
async def change_claim(
    request: Request, reference: str, claim: str, act: str, form: Posted, _: CaseOfficer, services: ServicesDep
) -> Response:
    found = await _found(services, reference, claim)
    if act not in {"steps", "ending"}:
        raise NotFoundError
    body = said_in(form, act, found["digits"])
    if body is None:
        return await _claim_page(request, services, reference, found, _without_amount(request, form, act), 422)
    at = f"/v1/returnees/claims/{quote(claim, safe='')}/{act}"
    try:
        await services.post(NAME, at, body, key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, FIELDS[act], language_of(request))
        return await _claim_page(request, services, reference, found, again, error.code)
    return RedirectResponse(_path(reference, claim), 303)


def said_in(form: Form, act: str, places: int) -> dict[str, Any] | None:
    """What the service takes; None where the amount is none. People write whole units, services keep the smallest."""
    values: dict[str, Any] = {name: form.value(name) for name in FIELDS[act]}
    if "done_on" in values:
        values["done_on"] = iso_date(form, "done_on")
    if values.get("amount"):
        values["amount"] = smallest_units(values["amount"], places)
        if values["amount"] is None:
            return None
    return body_of(values)


def _without_amount(request: Request, form: Form, act: str) -> Form:
    return refused(form, [{"pointer": "/amount", "detail": _NO_AMOUNT.in_language(language_of(request))}], FIELDS[act])


def _path(reference: str, claim: str) -> str:
    return f"/returnees/{quote(reference, safe='')}/claims/{quote(claim, safe='')}"


async def _found(services: Services, reference: str, claim: str) -> dict[str, Any]:
    """Raises `NotFoundError` where the returnee has no such claim."""
    listed = await services.get(NAME, f"{address(reference)}/claims")
    found: dict[str, Any] | None = next((one for one in listed["items"] if one["id"] == claim), None)
    if found is None:
        raise NotFoundError
    return found


async def _new_page(request: Request, services: Services, reference: str, form: Form, status: int = 200) -> Response:
    language = language_of(request)
    known = await lists(services, "claim-lists")
    shown = {
        "returnee": await read(services, reference),
        "kinds": [(one["code"], said(one, language)) for one in known["kinds"]],
        "currencies": currency_choices(tuple(known["currencies"]), language),
        "countries": country_choices(language),
    }
    return page(request, "handover/claim_new.html", status=status, form=form, **shown)


async def _claim_page(
    request: Request, services: Services, reference: str, claim: Mapping[str, Any], form: Form, status: int = 200
) -> Response:
    language = language_of(request)
    known = await lists(services, "claim-lists")
    choices = {name: [(one["code"], said(one, language)) for one in known[name]] for name in ("steps", "endings")}
    return page(request, "handover/claim.html", status=status, form=form, reference=reference, claim=claim, choices=choices)
