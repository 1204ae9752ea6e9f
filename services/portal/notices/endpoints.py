"""The worker that shows notifications, and where a browser subscribes: from one's own record, or from the page behind a warning's link."""

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response

from kit.auth import public
from services.portal.access import Anybody
from services.portal.assets import worker
from services.portal.clients import ServicesDep
from services.portal.forms import Form, address_of, asked_openly
from services.portal.nationals import clients as nationals
from services.portal.notices import clients

router = APIRouter(dependencies=[public()], include_in_schema=False)

KEYS: Final = ("endpoint", "p256dh", "auth")
ENTRY: Final = ("reference", "secret")
OpenForm = Annotated[Form, Depends(asked_openly)]


@router.get("/notices/sw.js")
async def service_worker() -> Response:
    """The portal's one worker with nothing to keep: whoever wants notifications fetches no page for later."""
    return worker("notices", pages=(), files=())


@router.post("/notices")
async def subscribe(form: OpenForm, request: Request, _: Anybody, services: ServicesDep) -> Response:
    """Of the page's script. Reference and secret, or the link's token, and what the browser gave; `off`: none of it any more."""
    subscription = {name: form.value(name) for name in KEYS}
    if form.value("token"):
        await clients.subscribe_by_link(services, form.value("token"), subscription)
    else:
        more = {"phone": form.value("number")} if form.value("number") else {}
        change: dict[str, Any] = {"push_off": form.value("endpoint")} if form.value("off") else {"push": subscription}
        body = {name: form.value(name) for name in ENTRY} | more | change
        await nationals.own(services, body, address_of(request), changes=True)
    return Response(status_code=HTTPStatus.NO_CONTENT, headers={"Cache-Control": "no-store"})
