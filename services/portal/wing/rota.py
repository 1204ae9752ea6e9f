"""The page of who is paged: alarms that nobody has taken yet, with one button; who is on duty when; a shift more."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from contracts.days import DHAKA
from kit.auth import public
from services.portal.access import WingOfficer
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with
from services.portal.language import said
from services.portal.page import language_of, page
from services.portal.people.access import people_of
from services.portal.wing import clients

router = APIRouter(dependencies=[public()], include_in_schema=False)

ROTA: Final = "/v1/crisis/rota"
ALARMS: Final = "/v1/crisis/pagings"
NAMES: Final = ("mission", "seat", "name", "phone", "language")
SEATS: Final = ("on_duty", "second", "head")
LENGTHS: Final = ("8", "12", "24", "72", "168", "720")
DAYS_AHEAD: Final = 14
HOURS: Final = tuple(str(hour) for hour in range(24))


async def _page(request: Request, services: Services, form: Form, status: int = 200) -> Response:
    language = language_of(request)
    alarms = (await clients.get(services, ALARMS, open="true"))["items"]
    shifts = (await clients.get(services, ROTA, limit="200"))["items"]
    duties = (await clients.get(services, clients.DUTY))["items"]
    missions = [(one["mission"]["code"], said(one["mission"]["name"], language)) for one in duties if one["may_move"]]
    today = datetime.now(DHAKA).date()
    names = await people_of(request).names_of([said["by"] for one in alarms for said in one["acknowledgements"]])
    shown: dict[str, Any] = {"alarms": alarms, "shifts": shifts, "missions": missions, "names": names}
    return page(request, "wing/rota.html", **shown, seats=SEATS, days=_days(today), hours=HOURS, lengths=LENGTHS, form=form, status=status)


@router.get("/wing/rota")
async def read_rota(request: Request, _: WingOfficer, services: ServicesDep) -> Response:
    return await _page(request, services, Form({"seat": ["on_duty"], "language": ["bn"], "hours": ["12"]}))


@router.post("/wing/rota")
async def add_shift(request: Request, form: Posted, _: WingOfficer, services: ServicesDep) -> Response:
    try:
        await clients.post(services, ROTA, _shift(form), key=form.key)
    except (RefusedError, AwayError) as error:
        return await _page(request, services, answered_with(form, error, NAMES, language_of(request)), error.code)
    return RedirectResponse("/wing/rota", 303)


@router.post("/wing/rota/{shift}/end")
async def end_shift(shift: str, form: Posted, _: WingOfficer, services: ServicesDep) -> Response:
    path = f"{ROTA}/{quote(shift, safe='')}/ending"
    await clients.post(services, path, {}, key=form.key, version=form.value("version"))
    return RedirectResponse("/wing/rota", 303)


@router.post("/wing/pagings/{paging}/acknowledge")
async def acknowledge(paging: str, form: Posted, _: WingOfficer, services: ServicesDep) -> Response:
    await clients.post(services, f"{ALARMS}/{quote(paging, safe='')}/acknowledgements", {}, key=form.key)
    return RedirectResponse("/wing/rota", 303)


def _shift(form: Form) -> dict[str, Any]:
    """Hours are Dhaka's, as on every page. Without a day it begins now."""
    wanted: dict[str, Any] = {name: form.value(name) for name in NAMES}
    begins = datetime.now(DHAKA)
    day, hour, hours = form.value("begins"), form.value("hour"), form.value("hours")
    if day in _days(begins.date()):
        begins = datetime.combine(date.fromisoformat(day), time(int(hour) if hour in HOURS else 0), DHAKA)
        wanted["starts_at"] = begins.isoformat()
    length = timedelta(hours=int(hours if hours in LENGTHS else LENGTHS[0]))
    return wanted | {"ends_at": (begins + length).isoformat()}


def _days(today: date) -> list[str]:
    return [(today + timedelta(days=ahead)).isoformat() for ahead in range(DAYS_AHEAD)]
