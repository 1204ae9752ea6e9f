"""Pages of the December report: counted, its words written, approved by a second person, sent, printed."""

from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from contracts.days import DHAKA
from kit.auth import public
from kit.errors import NotFoundError
from services.portal.access import WingOfficer
from services.portal.act_forms import act_page, body, names_of
from services.portal.clients import AwayError, RefusedError, ServicesDep
from services.portal.files.clients import kept_headers
from services.portal.forms import Form, Posted, answered_with
from services.portal.page import language_of, page
from services.portal.wing import clients
from services.portal.wing.rules import WORDS

router = APIRouter(dependencies=[public()], include_in_schema=False)
# The button's name → the act of the service.
PRESSES: Final = {"count": "counting", "approve": "approval", "send": "sending"}


def own(mission: str, year: str) -> str:
    return f"/wing/december/{mission}/{year}"


@router.get("/wing/december")
async def list_reports(request: Request, _: WingOfficer, services: ServicesDep, year: int = 0) -> Response:
    wanted = year or datetime.now(DHAKA).year
    listed = await clients.get(services, clients.DECEMBER, year=str(wanted))
    if len(listed["items"]) == 1:
        return RedirectResponse(own(listed["items"][0]["mission"], str(wanted)), 303)
    return page(request, "wing/reports.html", listed=listed)


@router.get("/wing/december/{mission}/{year}")
async def read_report(request: Request, mission: str, year: str, _: WingOfficer, services: ServicesDep) -> Response:
    report = await clients.get(services, clients.report_address(mission, year))
    return page(request, "wing/report.html", report=report, own=own(mission, year), form=Form())


@router.get("/wing/december/{mission}/{year}/file")
async def read_file(mission: str, year: str, _: WingOfficer, services: ServicesDep) -> Response:
    answer = await services.send("GET", clients.NAME, f"{clients.report_address(mission, year)}/file", {})
    return Response(answer.content, headers=kept_headers(answer))


@router.post("/wing/december/{mission}/{year}/begin")
async def begin(mission: str, year: str, form: Posted, _: WingOfficer, services: ServicesDep) -> Response:
    await clients.post(services, clients.report_address(mission, year), {}, key=form.key)
    return RedirectResponse(own(mission, year), 303)


@router.get("/wing/december/{mission}/{year}/words")
async def words(request: Request, mission: str, year: str, _: WingOfficer, services: ServicesDep) -> Response:
    report = await clients.get(services, clients.report_address(mission, year))
    typed = {one["point"]: one["typed"]["words"] for one in report["points"] if one["typed"]}
    values = {"market": [typed.get("e", "")], "other": [typed.get("g", "")], "version": [str(report["version"])]}
    return act_page(request, WORDS, Form(values), {}, f"{own(mission, year)}/words", back=own(mission, year))


@router.post("/wing/december/{mission}/{year}/words")
async def write_words(request: Request, mission: str, year: str, form: Posted, _: WingOfficer, services: ServicesDep) -> Response:
    path = f"{clients.report_address(mission, year)}/words"
    try:
        await clients.post(services, path, body(WORDS, form), key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, names_of(WORDS), language_of(request))
        return act_page(request, WORDS, again, {}, f"{own(mission, year)}/words", back=own(mission, year), status=error.code)
    return RedirectResponse(own(mission, year), 303)


@router.post("/wing/december/{mission}/{year}/{press}")
async def move_on(mission: str, year: str, press: str, form: Posted, _: WingOfficer, services: ServicesDep) -> Response:
    if press not in PRESSES:
        raise NotFoundError
    path = f"{clients.report_address(mission, year)}/{PRESSES[press]}"
    await clients.post(services, path, {}, key=form.key, version=form.value("version"))
    return RedirectResponse(own(mission, year), 303)
