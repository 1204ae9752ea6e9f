"""Pages of duties: whose duty is with whom, handed over and taken back with one press."""

from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from services.portal.access import Watcher, WingOfficer
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with
from services.portal.language import said
from services.portal.page import language_of, page
from services.portal.wing import clients

router = APIRouter(dependencies=[public()], include_in_schema=False)


async def _page(request: Request, services: Services, form: Form, status: int = 200) -> Response:
    duties, language = await clients.get(services, clients.DUTY), language_of(request)
    reasons = [(one["code"], said(one["label"], language)) for one in duties["reasons"]]
    others = [(one["mission"]["code"], said(one["mission"]["name"], language)) for one in duties["items"]]
    return page(request, "wing/duty.html", duties=duties, reasons=reasons, others=others, form=form, status=status)


@router.get("/wing/duty")
async def list_duties(request: Request, _: Watcher, services: ServicesDep) -> Response:
    return await _page(request, services, Form())


@router.post("/wing/duty/{mission}/hand-over")
async def hand_over(request: Request, mission: str, form: Posted, _: WingOfficer, services: ServicesDep) -> Response:
    wanted = {name: form.value(name) for name in ("reason", "to") if form.value(name)}
    try:
        await clients.post(services, f"{clients.DUTY}/{quote(mission, safe='')}/handovers", wanted, key=form.key)
    except (RefusedError, AwayError) as error:
        return await _page(request, services, answered_with(form, error, ("reason", "to"), language_of(request)), error.code)
    return RedirectResponse("/wing/duty", 303)


@router.post("/wing/duty/{mission}/take-back")
async def take_back(mission: str, form: Posted, _: WingOfficer, services: ServicesDep) -> Response:
    await clients.post(services, f"{clients.DUTY}/{quote(mission, safe='')}/taking-back", {}, key=form.key)
    return RedirectResponse("/wing/duty", 303)
