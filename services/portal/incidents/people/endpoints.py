"""Whom to look for, by name: everybody who is registered in the country, or whom one warning concerns, each with why."""

from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response

from kit.auth import public
from services.portal.access import EvacuationMover
from services.portal.clients import RefusedError, Services, ServicesDep
from services.portal.incidents import clients
from services.portal.nationals import clients as nationals
from services.portal.page import language_of, page

router = APIRouter(prefix="/incidents", dependencies=[public()], include_in_schema=False)

PAGE: Final = "100"
CLASSES: Final = "inside,near,same_country,unknown"


@router.get("/{identity}/people")
async def list_people(
    request: Request,
    identity: UUID,
    _: EvacuationMover,
    services: ServicesDep,
    warning: int = 0,
    flag: str = "",
    after: str = "",
) -> Response:
    """`warning`: the number of one of the incident's warnings, from 1. Each name that is shown is noted as read."""
    incident = await clients.get(services, f"incidents/{identity}")
    lists = await nationals.lists(services, language_of(request))
    flag = flag if flag in dict(lists["flags"]) else ""
    chosen = warning if 0 < warning <= len(incident["alerts"]) else 0
    alert = incident["alerts"][chosen - 1] if chosen else None
    found = await _people(services, identity, alert, flag, after)
    shown: dict[str, Any] = {
        "incident": incident,
        "people": found["items"] if found else [],
        "is_open": found is not None,
        "next": found["next"].partition("cursor=")[2].partition("&")[0] if found and found["next"] else "",
        "chosen": {"warning": chosen, "flag": "" if alert else flag},
        "flags": lists["flags"],
    }
    return page(request, "incidents/people.html", **shown)


async def _people(services: Services, incident: UUID, alert: str | None, flag: str, after: str) -> clients.Json | None:
    """None where the register is not open to the reader. A warning for which nobody was counted yet concerns nobody so far."""
    more = {"limit": PAGE} | ({"cursor": after} if after else {})
    at = f"{nationals.PLACE}/openings/{incident}"
    if alert:
        exposure = (await clients.get(services, f"alerts/{alert}/exposure"))["exposure"]
        if exposure is None:
            return {"items": [], "next": None}
        at, more = f"{at}/exposures/{exposure}", more | {"classes": CLASSES}
    else:
        at, more = f"{at}/people", more | ({"flag": flag} if flag else {})
    try:
        found: clients.Json = await services.get(nationals.NAME, at, **more)
    except RefusedError as error:
        if error.code == HTTPStatus.CONFLICT:
            return None
        raise
    return found
