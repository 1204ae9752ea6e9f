"""Pages of returnees whom a wing registered before the flight: who is expected, and whether they came."""

from typing import Final
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from services.portal.access import Awaiting
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with, iso_date
from services.portal.handover.clients import NAME
from services.portal.page import language_of, page

router = APIRouter(dependencies=[public()], include_in_schema=False)

FIELDS: Final = ("returned_on",)


@router.get("/returnees/expected")
async def list_expected(request: Request, _: Awaiting, services: ServicesDep, cursor: str = "", done: str = "") -> Response:
    found = await services.get(NAME, "/v1/returnees/expected", limit="25", **({"cursor": cursor} if cursor else {}))
    following = urlsplit(found["next"] or "").query
    return page(request, "handover/expected.html", items=found["items"], next=following, done=done)


@router.get("/returnees/expected/{reference}")
async def read_expected(request: Request, reference: str, _: Awaiting, services: ServicesDep) -> Response:
    return await _one(request, services, reference, Form())


@router.post("/returnees/expected/{reference}")
async def note(request: Request, reference: str, form: Posted, _: Awaiting, services: ServicesDep) -> Response:
    came = form.value("came") == "yes"
    said = {"came": came, **({"returned_on": iso_date(form, "returned_on") or None} if came else {})}
    try:
        await services.put(NAME, _at(reference), said, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        return await _one(request, services, reference, answered_with(form, error, FIELDS, language_of(request)), error.code)
    return RedirectResponse("/returnees/expected?done=yes", 303)


def _at(reference: str) -> str:
    return f"/v1/returnees/{quote(reference, safe='')}/arrival"


async def _one(request: Request, services: Services, reference: str, form: Form, status: int = 200) -> Response:
    person = await services.get(NAME, _at(reference))
    return page(request, "handover/expected_one.html", status=status, person=person, form=form)
