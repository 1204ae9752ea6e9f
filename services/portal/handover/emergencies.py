"""Pages of an emergency: open a protected case from outside, read who did and why, judge it."""

from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from services.portal.access import CaseOfficer, EmergencyReader
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with, body_of
from services.portal.handover.clients import EMERGENCIES, NAME, emergencies
from services.portal.page import language_of, page
from services.portal.people.access import people_of

router = APIRouter(dependencies=[public()], include_in_schema=False)

FIELDS: Final = ("reference", "reason", "minutes")
VERDICT: Final = ("justified", "words")


@router.get("/protected/emergency")
async def emergency_page(request: Request, _: CaseOfficer) -> Response:
    return page(request, "handover/emergency.html", form=Form({"minutes": ["60"]}))


@router.post("/protected/emergency")
async def open_case(request: Request, form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    """The reference stands in no address: that this person has a protected case is itself to be kept."""
    body = body_of({name: form.value(name) for name in FIELDS})
    try:
        opened = await services.post(NAME, EMERGENCIES, body, key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, FIELDS, language_of(request))
        return page(request, "handover/emergency.html", status=error.code, form=again)
    return RedirectResponse(f"/protected/{quote(opened['case_id'], safe='')}", 303)


@router.get("/protected/emergencies")
async def list_emergencies(request: Request, _: EmergencyReader, services: ServicesDep, cursor: str = "") -> Response:
    return await _list_page(request, services, Form(), cursor=cursor)


@router.post("/protected/emergencies/{emergency}")
async def judge(request: Request, emergency: str, form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    said: dict[str, Any] = {"words": form.value("words")}
    if form.value("justified") in {"yes", "no"}:
        said["justified"] = form.value("justified") == "yes"
    try:
        await services.post(NAME, f"{EMERGENCIES}/{quote(emergency, safe='')}/verdicts", said, key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, VERDICT, language_of(request))
        return await _list_page(request, services, again, of=emergency, status=error.code)
    return RedirectResponse("/protected/emergencies", 303)


async def _list_page(request: Request, services: Services, form: Form, *, cursor: str = "", of: str = "", status: int = 200) -> Response:
    """`of`: the one whose form is shown again with what was typed."""
    items, following = await emergencies(services, cursor)
    acted = [one["account"] for one in items] + [word["account"] for one in items for word in one["verdicts"]]
    shown = {"items": items, "following": following, "form": form, "of": of, "people": await people_of(request).names_of(acted)}
    return page(request, "handover/emergencies.html", status=status, **shown)
