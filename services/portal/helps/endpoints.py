"""Pages of a referral: who may get which help and why not, who gives it, sending it with consent, and the letter to print."""

import asyncio
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from kit.auth import public
from kit.errors import NotFoundError
from services.portal.access import CaseOfficer
from services.portal.act_forms import body, choices_of
from services.portal.acts import Act
from services.portal.casework import clients
from services.portal.casework.endpoints import back_to, own
from services.portal.casework.rules import CONSENT
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with
from services.portal.page import language_of, page

router = APIRouter(dependencies=[public()], include_in_schema=False)
ASKED: Final = ("went_legally", "is_sick_or_injured")
_KNOWN: Final = {"yes": True, "no": False}
_PURPOSE: Final = "referral"
_CONSENT: Final = Act("", CONSENT[0].label, CONSENT)


@router.get("/returnees/{reference}/helps")
async def list_helps(request: Request, reference: str, _: CaseOfficer, services: ServicesDep) -> Response:
    return await _helps_page(request, services, reference, Form())


@router.post("/returnees/{reference}/helps")
async def judge(request: Request, reference: str, form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    """Posted: whether somebody is ill stands in no address."""
    return await _helps_page(request, services, reference, form)


async def _helps_page(request: Request, services: Services, reference: str, form: Form) -> Response:
    facts = {name: _KNOWN[form.value(name)] for name in ASKED if form.value(name) in _KNOWN}
    judged = await services.post(clients.NAME, f"{clients.address(reference)}/eligibility", facts, key=form.key)
    return page(request, "helps/list.html", form=form, helps=judged["items"], own=own(reference))


@router.get("/returnees/{reference}/helps/{code}")
async def list_givers(request: Request, reference: str, code: str, _: CaseOfficer, services: ServicesDep) -> Response:
    returnee = await clients.read(services, reference)
    givers, lists = await asyncio.gather(
        clients.providers(services, returnee["district"], code), clients.lists(services, language_of(request))
    )
    shown = {"givers": givers, "code": code, "help": dict(lists["helps"]).get(code), "kinds": dict(lists["provider_kinds"])}
    if shown["help"] is None:
        raise NotFoundError
    return page(request, "helps/givers.html", own=own(reference), returnee=returnee, **shown)


@router.get("/returnees/{reference}/helps/{code}/{provider}")
async def send_page(request: Request, reference: str, code: str, provider: str, _: CaseOfficer, services: ServicesDep) -> Response:
    return await _send_page(request, services, (reference, code, provider), Form({"language": ["bn"]}))


@router.post("/returnees/{reference}/helps/{code}/{provider}")
async def send(request: Request, reference: str, code: str, provider: str, form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    """The consent is taken down first; a no is kept, and nothing is sent."""
    giver = await _giver(services, provider)
    try:
        if not await _is_consented(services, reference, giver):
            said_of = {"purpose": _PURPOSE, "recipient": giver["recipient"], **body(_CONSENT, form)}
            path = f"{clients.address(reference)}/consents"
            consent = await clients.write(services, "POST", path, said_of, key=f"{form.key}-consent")
            if not consent["granted"]:
                return back_to(reference, "consents")
        referral = {"provider_id": provider, "help": code} | ({"reason": form.value("reason")} if form.value("reason") else {})
        await clients.write(services, "POST", f"{clients.address(reference)}/referrals", referral, key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, _fields(), language_of(request))
        return await _send_page(request, services, (reference, code, provider), again, error.code)
    return back_to(reference, "referrals")


async def _send_page(request: Request, services: Services, which: tuple[str, str, str], form: Form, status: int = 200) -> Response:
    reference, code, provider = which
    language = language_of(request)
    giver, lists = await asyncio.gather(_giver(services, provider), clients.lists(services, language))
    if code not in {one["code"] for one in giver["helps"]}:
        raise NotFoundError
    shown: dict[str, Any] = {
        "giver": giver,
        "code": code,
        "help": dict(lists["helps"])[code],
        "form": form,
        "own": own(reference),
        "must_ask": not await _is_consented(services, reference, giver),
        "choices": {ask.name: choices_of(ask, lists, language) for ask in CONSENT},
        "labels": {ask.name: ask.label.in_language(language) for ask in CONSENT},
        "hints": {ask.name: ask.hint.in_language(language) if ask.hint else "" for ask in CONSENT},
    }
    return page(request, "helps/send.html", status=status, **shown)


@router.get("/returnees/{reference}/letters/{referral}")
async def letter(request: Request, reference: str, referral: str, _: CaseOfficer, services: ServicesDep) -> Response:
    """For a body without an account: printed, signed and stamped."""
    found = await services.get(clients.NAME, f"/v1/returnees/referrals/{quote(referral, safe='')}/letter")
    return page(request, "helps/letter.html", own=own(reference), letter=found)


async def _giver(services: Services, provider: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(clients.NAME, f"/v1/returnees/providers/{quote(provider, safe='')}")
    return found


async def _is_consented(services: Services, reference: str, giver: dict[str, Any]) -> bool:
    said_of = await services.get(clients.NAME, f"{clients.address(reference)}/consents")
    about = (_PURPOSE, giver["recipient"])
    return any(one["in_force"] and (one["purpose"], one["recipient"]) == about for one in said_of["items"])


def _fields() -> list[str]:
    return [*(ask.name for ask in CONSENT), "reason"]
