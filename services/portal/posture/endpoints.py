"""Pages of the posture of countries, which two people set, and of the plan that a mission keeps for a crisis there."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse

from contracts.days import DHAKA
from contracts.places import countries
from contracts.text import Text
from kit.auth import public
from kit.errors import NotFoundError
from services.portal.access import IncidentLeader, IncidentReader
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.files.clients import kept_headers
from services.portal.forms import Form, Posted, PostedFile, answered_with, iso_date, refused
from services.portal.incidents import clients
from services.portal.page import language_of, page
from services.portal.people.access import people_of
from services.portal.session.service import Visitor

router = APIRouter(prefix="/postures", dependencies=[public()], include_in_schema=False)

Country = Annotated[str, Path(pattern="^[A-Z]{2}$")]
PROPOSED: Final = ("level", "reason_bn", "reason_en", "valid_until", "is_drill")
PLAN: Final = ("title", "dated", "file")
NO_FILE: Final = Text("Choose a file first.", "আগে একটি ফাইল বেছে নিন।")


async def _named(request: Request, postures: Iterable[Mapping[str, Any]], plans: Iterable[Mapping[str, Any]]) -> Mapping[str, str]:
    accounts = [one[by] for one in postures for by in ("set_by", "approved_by")] + [one["attached_by_name"] for one in plans]
    return await people_of(request).names_of(accounts)


@router.get("")
async def list_postures(request: Request, visitor: IncidentReader, services: ServicesDep) -> Response:
    """One country, asked for by the form above the list, has a page of its own."""
    if (asked := request.query_params.get("country", "")) in countries():
        return RedirectResponse(f"/postures/{asked}", 303)
    found, plans = await asyncio.gather(
        clients.get(services, "postures", current="true", limit="200"), clients.get(services, "plans", newest="true", limit="200")
    )
    by_country = {one["country"]: one for one in plans["items"]}
    shown = {"items": found["items"], "plans": by_country, "names": await _named(request, found["items"], plans["items"])}
    own = sorted(visitor.caller.countries & countries().keys())
    return page(request, "posture/list.html", **shown, own=own, form=Form())


@router.get("/plans/{plan}")
async def read_plan(plan: UUID, _: IncidentLeader, services: ServicesDep) -> Response:
    answer = await services.send("GET", clients.NAME, f"/v1/crisis/plans/{plan}", {})
    return Response(answer.content, headers=kept_headers(answer))


@router.get("/{country}")
async def read_country(request: Request, country: Country, visitor: IncidentReader, services: ServicesDep) -> Response:
    return await _page(request, services, country, visitor, Form())


async def _page(request: Request, services: Services, country: str, visitor: Visitor, form: Form, status: int = 200) -> Response:
    if country not in countries():
        raise NotFoundError
    found, plans, levels, duty = await asyncio.gather(
        clients.get(services, "postures", country=country, limit="100"),
        clients.get(services, "plans", country=country, limit="50"),
        clients.get(services, "postures/levels"),
        clients.get(services, f"duty/countries/{country}"),
    )
    shown = {"items": found["items"], "plans": plans["items"], "names": await _named(request, found["items"], plans["items"])}
    leads = visitor.caller.has("supervisor", "admin") or (visitor.caller.has("wing") and visitor.caller.covers_country(country))
    shown |= {"leads": leads and duty["may_act"], "opens": leads, "duty": duty}
    return page(request, "posture/one.html", status=status, form=form, country=country, levels=levels["levels"], **shown)


@router.post("/{country}/propose")
async def propose(request: Request, country: Country, form: Posted, visitor: IncidentLeader, services: ServicesDep) -> Response:
    said = {name: form.value(name) for name in ("level", "reason_en", "reason_bn")}
    body = {**said, "country": country, "is_drill": form.value("is_drill") == "yes"}
    body |= {"valid_from": datetime.now(UTC).isoformat(), "valid_until": _end_of(iso_date(form, "valid_until"))}
    body["level"] = int(said["level"]) if said["level"].isdigit() else None
    try:
        await clients.post(services, "postures", body, key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, PROPOSED, language_of(request))
        return await _page(request, services, country, visitor, again, error.code)
    return RedirectResponse(f"/postures/{country}", 303)


def _end_of(day: str) -> str:
    """The last minute of that day in Dhaka; what is no date goes on as it is, to be refused."""
    try:
        return datetime.combine(datetime.fromisoformat(day), time(23, 59), DHAKA).isoformat()
    except ValueError:
        return day


@router.post("/{country}/plans")
async def attach_plan(request: Request, country: Country, sent: PostedFile, visitor: IncidentLeader, services: ServicesDep) -> Response:
    form, _, content = sent
    if not content:
        empty = refused(form, [{"pointer": "/file", "detail": NO_FILE.in_language(language_of(request))}], PLAN)
        return await _page(request, services, country, visitor, empty, 422)
    said = {"country": country, "title": form.value("title"), "dated": iso_date(form, "dated")}
    headers = {"Content-Type": "application/pdf", "Idempotency-Key": form.key}
    try:
        await services.send("POST", clients.NAME, f"/v1/crisis/plans?{urlencode(said)}", headers, content=content)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, PLAN, language_of(request))
        return await _page(request, services, country, visitor, again, error.code)
    return RedirectResponse(f"/postures/{country}#plan", 303)


@router.post("/{country}/{posture}/{act}")
async def decide(
    request: Request,
    country: Country,
    posture: UUID,
    act: Literal["approval", "refusal"],
    form: Posted,
    visitor: IncidentLeader,
    services: ServicesDep,
) -> Response:
    try:
        await clients.post(services, f"postures/{posture}/{act}", {}, key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, (), language_of(request))
        return await _page(request, services, country, visitor, again, error.code)
    return RedirectResponse(f"/postures/{country}", 303)
