"""Pages of cases that one district's office passes on to another: ask, accept or decline, recall."""

from typing import Any, Final
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from contracts.text import Text
from kit.auth import public
from services.portal.access import OfficeOfficer
from services.portal.casework.clients import address
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with, blank_or_parked, body_of, refused
from services.portal.handover.clients import NAME, agree, lists
from services.portal.language import district_choices, said
from services.portal.page import language_of, page
from services.portal.returnees.clients import read

router = APIRouter(dependencies=[public()], include_in_schema=False)

ASKED: Final = ("to_district", "reason", "note")
FIELDS: Final = (*ASKED, "agreed", "way", "witness")
# What stands on the record from before does not outweigh a "no" of today.
_NOT_AGREED: Final = Text("A case is passed on only if the person agrees.", "ব্যক্তি সম্মত হলেই কেবল কেস অন্য জেলায় পাঠানো যায়।")
_AT: Final = "/v1/returnees/transfers"
_PAGE: Final = "25"


@router.get("/returnees/{reference}/transfers/new")
async def new_transfer(request: Request, reference: str, visitor: OfficeOfficer, services: ServicesDep) -> Response:
    return await _new_page(request, services, reference, await blank_or_parked(request, visitor))


@router.post("/returnees/{reference}/transfers/new")
async def ask_transfer(request: Request, reference: str, form: Posted, _: OfficeOfficer, services: ServicesDep) -> Response:
    if form.value("agreed") == "no":
        detail = _NOT_AGREED.in_language(language_of(request))
        return await _new_page(request, services, reference, refused(form, [{"pointer": "/agreed", "detail": detail}], FIELDS), 422)
    body = body_of({name: form.value(name) for name in ASKED})
    try:
        if form.value("agreed") == "yes" and body.get("to_district"):
            await agree(services, reference, _consent(form), key=f"{form.key}-consent")
        await services.post(NAME, f"{address(reference)}/case/transfers", body, key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, FIELDS, language_of(request))
        return await _new_page(request, services, reference, again, error.code)
    return RedirectResponse("/transfers#sent", 303)


@router.get("/transfers")
async def list_transfers(request: Request, _: OfficeOfficer, services: ServicesDep) -> Response:
    return await _list_page(request, services, Form())


@router.post("/transfers/received/{transfer}")
async def answer_transfer(request: Request, transfer: str, form: Posted, _: OfficeOfficer, services: ServicesDep) -> Response:
    accepts = form.value("accept") == "yes"
    body: dict[str, Any] = {"accept": accepts}
    if not accepts:
        body |= body_of({"decline_code": form.value("decline_code")})
    try:
        await services.post(NAME, f"{_AT}/received/{quote(transfer, safe='')}/answer", body, key=form.key)
    except (RefusedError, AwayError) as error:
        return await _list_page(request, services, answered_with(form, error, (), language_of(request)), error.code)
    return RedirectResponse("/transfers", 303)


@router.post("/transfers/sent/{transfer}")
async def recall_transfer(request: Request, transfer: str, form: Posted, _: OfficeOfficer, services: ServicesDep) -> Response:
    try:
        await services.post(NAME, f"{_AT}/{quote(transfer, safe='')}/recall", {}, key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        return await _list_page(request, services, answered_with(form, error, (), language_of(request)), error.code)
    return RedirectResponse("/transfers#sent", 303)


def _consent(form: Form) -> dict[str, Any]:
    """That this office is told; without it the service lets nothing leave."""
    how = body_of({name: form.value(name) for name in ("way", "witness")})
    return {"purpose": "transfer", "recipient": f"demo-{form.value('to_district').lower()}", "granted": True, **how}


async def _new_page(request: Request, services: Services, reference: str, form: Form, status: int = 200) -> Response:
    language = language_of(request)
    known = await lists(services, "transfer-lists")
    procedure = await lists(services, "procedure")
    shown = {
        "returnee": await read(services, reference),
        "reasons": [(one["code"], said(one, language)) for one in known["reasons"]],
        "districts": district_choices(language),
        "ways": [(one["code"], said(one, language)) for one in procedure["consent_ways"]],
        "days": known["accept_within_days"],
    }
    return page(request, "handover/transfer_new.html", status=status, form=form, **shown)


async def _list_page(request: Request, services: Services, form: Form, status: int = 200) -> Response:
    """Both lists, each with its own way on."""
    language = language_of(request)
    known = await lists(services, "transfer-lists")
    shown: dict[str, Any] = {"declines": [(one["code"], said(one, language)) for one in known["decline_codes"]]}
    for name in ("received", "sent"):
        cursor = request.query_params.get(name, "")
        found = await services.get(NAME, f"{_AT}/{name}", limit=_PAGE, **({"cursor": cursor} if cursor else {}))
        shown[name] = found["items"]
        shown[f"{name}_next"] = urlsplit(found["next"] or "").query.partition("cursor=")[2].partition("&")[0]
    return page(request, "handover/transfers.html", status=status, form=form, **shown)
