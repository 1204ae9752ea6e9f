"""Pages of the duty officer: live warnings, newest first, and the word that one has seen them."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

import httpx
from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from kit.auth import public
from services.portal.access import Keeping, Watcher
from services.portal.alerts import clients
from services.portal.clients import AwayError, ServicesDep
from services.portal.forms import Form, Posted
from services.portal.page import page
from services.portal.session.service import Keeper

router = APIRouter(dependencies=[public()], include_in_schema=False)

WAITING: Final = "raised"
# The service ends a stream with the access token that opened it, each few minutes: the browser then comes back at once.
_SOON: Final = b"retry: 500\n\n"


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
    source = clients.changes(services, last_event_id)
    try:
        answer = await source.__aenter__()
    except httpx.HTTPError as error:
        raise AwayError from error
    if not answer.is_success:
        await source.__aexit__(None, None, None)
        raise AwayError
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_relayed(source, answer, keeper, visitor.id_hash), headers=headers, media_type="text/event-stream")


async def _relayed(
    source: AbstractAsyncContextManager[httpx.Response], answer: httpx.Response, keeper: Keeper, id_hash: bytes
) -> AsyncIterator[bytes]:
    try:
        yield _SOON
        async for chunk in answer.aiter_raw():
            if not await keeper.keep_alive(id_hash):
                return
            yield chunk
    except httpx.HTTPError:
        return  # the service went away: the browser asks again by itself
    finally:
        await source.__aexit__(None, None, None)


@router.get("/alerts/{identity}")
async def read_alert(request: Request, identity: UUID, _: Watcher, services: ServicesDep) -> Response:
    return page(request, "alerts/one.html", alert=await clients.read(services, identity), form=Form())


@router.post("/alerts/{identity}/acknowledge")
async def acknowledge(identity: UUID, form: Posted, _: Watcher, services: ServicesDep) -> Response:
    await clients.acknowledge(services, identity, key=form.key)
    return RedirectResponse(f"/alerts#alert-{identity}", 303)
