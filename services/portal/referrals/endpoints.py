"""Pages of referrals to other bodies, sent and received, of the letter to one without an account, and of the national GRS."""

from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from services.portal.access import Officer, Receiver
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.complaints.clients import categories
from services.portal.forms import Form, Posted, answered_with, body_of, iso_date
from services.portal.language import said
from services.portal.page import language_of, page
from services.portal.redress import clients

router = APIRouter(dependencies=[public()], include_in_schema=False)

FIELDS: Final = ("to_kind", "to_office", "to_org", "to_name", "purpose", "consent", "summary")
ANSWER: Final = ("answer", "reason", "outcome", "words")
LISTS: Final = ("bodies", "purposes", "consents", "decline_reasons", "outcomes")
GRS: Final = ("begun_on", "tracking")


async def section(services: Services, complaint: Any) -> Any:
    """For the complaint's page; None where nothing was referred and nothing can be."""
    referrals = await clients.one(services, complaint["reference"], "referrals")
    return referrals if referrals["items"] or referrals["may_refer"] else None


async def grs_section(services: Services, complaint: Any) -> Any:
    return await clients.one(services, complaint["reference"], "grs")


@router.get("/complaints/{reference}/referrals/new")
async def new_referral(request: Request, reference: str, _: Officer, services: ServicesDep) -> Response:
    return await _refer_page(request, services, reference, Form())


@router.post("/complaints/{reference}/referrals/new")
async def refer(request: Request, reference: str, form: Posted, _: Officer, services: ServicesDep) -> Response:
    body = body_of({name: form.value(name) for name in FIELDS})
    try:
        await clients.do(services, clients.path_of(reference, "referrals"), body, key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, FIELDS, language_of(request))
        return await _refer_page(request, services, reference, again, error.code)
    return RedirectResponse(f"/complaints/{quote(reference, safe='')}#referrals", 303)


@router.get("/complaints/{reference}/referrals/{referral}/letter")
async def letter(request: Request, reference: str, referral: str, _: Officer, services: ServicesDep) -> Response:
    """For a body without an account: printed, or read out on the telephone."""
    found = await clients.one(services, reference, "referrals")
    sent = next((one for one in found["items"] if one["id"] == referral), None)
    if sent is None:
        return RedirectResponse(f"/complaints/{quote(reference, safe='')}#referrals", 303)
    return page(request, "referrals/letter.html", sent=sent, **await _words(request, services))


@router.post("/complaints/{reference}/referrals/{referral}/{step}")
async def step(reference: str, referral: str, step: str, form: Posted, _: Officer, services: ServicesDep) -> Response:
    """`answers` to a letter, `revocation`, `confirmation`; what is none of these the service does not know."""
    body = body_of({name: form.value(name) for name in (*ANSWER, "confirmed")})
    path = clients.path_of(reference, "referrals", referral, step)
    await clients.do(services, path, body, key=form.key, version=form.value("version"))
    return RedirectResponse(f"/complaints/{quote(reference, safe='')}#referrals", 303)


@router.get("/referrals")
async def list_received(request: Request, _: Receiver, services: ServicesDep, cursor: str = "") -> Response:
    items, following = await clients.listed(services, "/v1/complaints/referrals", cursor)
    return page(request, "referrals/list.html", items=items, next=following)


@router.get("/referrals/{received}")
async def read_received(request: Request, received: str, _: Receiver, services: ServicesDep) -> Response:
    return await _received_page(request, services, received, Form())


@router.post("/referrals/{received}")
async def answer(request: Request, received: str, form: Posted, _: Receiver, services: ServicesDep) -> Response:
    body = body_of({name: form.value(name) for name in ANSWER})
    path = f"/v1/complaints/referrals/{quote(received, safe='')}/answers"
    try:
        await clients.do(services, path, body, key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, ANSWER, language_of(request))
        return await _received_page(request, services, received, again, error.code)
    return RedirectResponse(f"/referrals/{quote(received, safe='')}", 303)


@router.post("/complaints/{reference}/grs")
async def begin_step(reference: str, form: Posted, _: Officer, services: ServicesDep) -> Response:
    body = body_of({"begun_on": iso_date(form, "begun_on"), "tracking": form.value("tracking")})
    await clients.do(services, clients.path_of(reference, "grs", "steps"), body, key=form.key)
    return RedirectResponse(f"/complaints/{quote(reference, safe='')}#grs", 303)


@router.post("/complaints/{reference}/grs/{step}")
async def end_step(reference: str, step: str, form: Posted, _: Officer, services: ServicesDep) -> Response:
    body = body_of({name: form.value(name) for name in ("outcome", "tracking", "words")})
    await clients.do(services, clients.path_of(reference, "grs", "steps", step), body, key=form.key, version=form.value("version"))
    return RedirectResponse(f"/complaints/{quote(reference, safe='')}#grs", 303)


async def _words(request: Request, services: Services) -> dict[str, Any]:
    language = language_of(request)
    lists = await clients.lists(services, "referral-lists")
    choices = {name: [(one["code"], said(one, language)) for one in lists.get(name, [])] for name in LISTS}
    return {"choices": choices, "names": dict(await categories(services, language))}


async def _refer_page(request: Request, services: Services, reference: str, form: Form, status: int = 200) -> Response:
    offices = await clients.lists(services, "offices")
    named = [(one["code"], said(one["name"], language_of(request))) for one in offices.get("items", [])]
    words = await _words(request, services)
    return page(request, "referrals/new.html", status=status, reference=reference, form=form, offices=named, **words)


async def _received_page(request: Request, services: Services, received: str, form: Form, status: int = 200) -> Response:
    one = await services.get(clients.NAME, f"/v1/complaints/referrals/{quote(received, safe='')}")
    return page(request, "referrals/one.html", status=status, one=one, form=form, **await _words(request, services))
