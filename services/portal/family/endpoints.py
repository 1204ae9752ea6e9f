"""A family's page: ask for somebody who is detained or stranded abroad, and follow it, without an account.

Reference and secret stand in no address: what a shared phone remembers is `/family-request`. No answer is kept by a cache.
"""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response

from kit.auth import public
from services.portal.access import Anybody
from services.portal.clients import AwayError, RefusedError, ServicesDep
from services.portal.family import clients
from services.portal.forms import Form, answered_with, asked_openly, body_of
from services.portal.page import language_of, often, page

router = APIRouter(dependencies=[public()], include_in_schema=False)
FIELDS: Final = (
    "need",
    "country",
    "person.name",
    "person.passport",
    "person.place",
    "person.phone",
    "person.sex",
    "applicant.name",
    "applicant.relation",
    "applicant.phone",
    "applicant.address",
    "words",
)
ENTRY: Final = ("reference", "secret", "phone")


async def _open_form(request: Request, _: Anybody) -> Form:
    return await asked_openly(request)


OpenForm = Annotated[Form, Depends(_open_form)]


def _page(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    answer = page(request, f"family/{template}", status=status, **values)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.get("/family-request")
async def new_request(request: Request, _: Anybody) -> Response:
    return _page(request, "ask.html", form=Form(), often=often(request))


@router.post("/family-request")
async def send_request(request: Request, form: OpenForm, services: ServicesDep) -> Response:
    wanted = body_of({name: form.value(name) for name in (*FIELDS, "website")})
    try:
        receipt = await clients.ask(services, {"person": {}, "applicant": {}, **wanted}, clients.address_of(request), key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, FIELDS, language_of(request))
        return _page(request, "ask.html", status=error.code, form=again, often=often(request))
    return _page(request, "received.html", receipt=receipt)


@router.get("/family-request/status")
async def entry(request: Request, _: Anybody) -> Response:
    return _page(request, "follow.html", form=Form(), needs_phone=False)


@router.post("/family-request/status")
async def follow(request: Request, form: OpenForm, services: ServicesDep) -> Response:
    try:
        status = await clients.follow(services, body_of({name: form.value(name) for name in ENTRY}), clients.address_of(request))
    except (RefusedError, AwayError) as error:
        needs_phone = bool(form.value("phone")) or str(getattr(error, "kind", "")).endswith("phone-needed")
        again = answered_with(form, error, ENTRY, language_of(request))
        return _page(request, "follow.html", status=error.code, form=again, needs_phone=needs_phone)
    return _page(request, "status.html", asked=status)
