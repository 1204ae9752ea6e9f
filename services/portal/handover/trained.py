"""Officers whose training in identifying the trafficked a supervisor noted: the list, and one more."""

from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from services.portal.access import SupervisorOnly
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with, body_of, iso_date
from services.portal.handover.clients import NAME, lists
from services.portal.language import said
from services.portal.page import language_of, page
from services.portal.people.access import people_of

router = APIRouter(dependencies=[public()], include_in_schema=False)

FIELDS: Final = ("account", "training", "trained_on", "until")
_AT: Final = "/v1/returnees/trained-officers"


@router.get("/trained-officers")
async def list_trained(request: Request, _: SupervisorOnly, services: ServicesDep) -> Response:
    return await _page(request, services, Form())


@router.post("/trained-officers")
async def note_trained(request: Request, form: Posted, _: SupervisorOnly, services: ServicesDep) -> Response:
    body = body_of({"training": form.value("training"), **{name: iso_date(form, name) for name in ("trained_on", "until")}})
    try:
        await services.put(NAME, f"{_AT}/{quote(form.value('account') or '-', safe='')}", body)
    except (RefusedError, AwayError) as error:
        return await _page(request, services, answered_with(form, error, FIELDS, language_of(request)), error.code)
    return RedirectResponse("/trained-officers", 303)


async def _page(request: Request, services: Services, form: Form, status: int = 200) -> Response:
    language = language_of(request)
    listed = await services.get(NAME, _AT)
    known = await lists(services, "protection-lists")
    trainings = [(one["code"], said(one, language)) for one in known["trainings"]]
    shown = {"items": listed["items"], "people": await people_of(request).names_of([one["account"] for one in listed["items"]])}
    return page(request, "handover/trained.html", status=status, form=form, trainings=trainings, **shown)
