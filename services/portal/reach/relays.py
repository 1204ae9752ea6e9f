"""Pages of relays: associations, employers and agencies who pass a warning on to people that nobody has registered."""

import asyncio
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from contracts.places import countries
from kit.auth import public
from services.portal.access import RelayKeeper
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with, body_of
from services.portal.language import country_choices
from services.portal.page import language_of, page
from services.portal.reach import clients
from services.portal.session.service import Visitor

router = APIRouter(dependencies=[public()], include_in_schema=False)

FIELDS: Final = ("kind", "name", "country", "channel", "address", "language")


@router.get("/relays")
async def list_relays(request: Request, visitor: RelayKeeper, services: ServicesDep, cursor: str = "") -> Response:
    return await _list(request, services, visitor, Form(), cursor=cursor)


@router.post("/relays")
async def add_relay(request: Request, form: Posted, visitor: RelayKeeper, services: ServicesDep) -> Response:
    said: dict[str, Any] = body_of({name: form.value(name) for name in FIELDS})
    try:
        await clients.add_relay(services, said | {"in_drills": form.value("in_drills") == "yes"}, key=form.key)
    except (RefusedError, AwayError) as error:
        return await _list(request, services, visitor, answered_with(form, error, FIELDS, language_of(request)), status=error.code)
    return RedirectResponse("/relays", 303)


@router.post("/relays/{identity}/end")
async def end_relay(request: Request, identity: UUID, form: Posted, visitor: RelayKeeper, services: ServicesDep) -> Response:
    try:
        await clients.end_relay(services, identity, key=form.key)
    except (RefusedError, AwayError) as error:
        return await _list(request, services, visitor, answered_with(form, error, FIELDS, language_of(request)), status=error.code)
    return RedirectResponse("/relays", 303)


async def _list(request: Request, services: Services, visitor: Visitor, form: Form, *, cursor: str = "", status: int = 200) -> Response:
    found = await clients.relays(services, cursor)
    asked = sorted({one["country"] for one in found["items"]} | (visitor.caller.countries & countries().keys()))
    duties = {one["country"]: one for one in await asyncio.gather(*(clients.duty_of(services, code) for code in asked))}
    elsewhere = next((one for one in duties.values() if one["duty_with"]), None)
    shown = {"items": found["items"], "next": urlsplit(found["next"] or "").query, "duties": duties, "elsewhere": elsewhere}
    return page(request, "reach/relays.html", status=status, form=form, countries=country_choices(language_of(request)), **shown)
