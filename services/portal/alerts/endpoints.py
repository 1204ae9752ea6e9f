"""Pages of the duty officer: live warnings, newest first, and the word that one has seen them."""

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from services.portal.access import Keeping, Watcher
from services.portal.alerts import clients
from services.portal.clients import ServicesDep
from services.portal.forms import Form, Posted
from services.portal.page import page
from services.portal.streams import passed_on

router = APIRouter(dependencies=[public()], include_in_schema=False)

WAITING: Final = "raised"


@router.get("/alerts")
async def list_alerts(request: Request, _: Watcher, services: ServicesDep, cursor: str = "", past: bool = False) -> Response:  # noqa: FBT001, FBT002 - a query
    items, following = await clients.newest(services, cursor, past=past)
    shown = {
        "items": items,
        "next": following,
        "past": past,
        "is_first": not cursor and not past,
        "waiting": sum(one["status"] == WAITING for one in items),
        "now": datetime.now(UTC),
        "form": Form(),
    }
    return page(request, "alerts/list.html", **shown)


@router.get("/alerts/stream")
async def stream(
    visitor: Watcher, services: ServicesDep, keeper: Keeping, last_event_id: Annotated[str, Header(max_length=40)] = ""
) -> Response:
    """Passed on as it comes, until the session ends. An open watch counts as use: a duty officer at night looks and does not click."""
    return await passed_on(clients.changes(services, last_event_id), keeper, visitor.id_hash)


@router.get("/alerts/{identity}")
async def read_alert(request: Request, identity: UUID, _: Watcher, services: ServicesDep) -> Response:
    alert, exposure = await clients.read(services, identity), await clients.exposure(services, identity)
    return page(request, "alerts/one.html", alert=alert, exposure=exposure, form=Form())


@router.post("/alerts/{identity}/acknowledge")
async def acknowledge(identity: UUID, form: Posted, _: Watcher, services: ServicesDep) -> Response:
    await clients.acknowledge(services, identity, key=form.key)
    return RedirectResponse(f"/alerts#alert-{identity}", 303)
