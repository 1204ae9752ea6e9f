"""Pages of what the stream of complaints suggests: drafts, which a person confirms or sets aside."""

from typing import Final, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from services.portal.access import SignalReader
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.complaints.clients import categories
from services.portal.forms import Form, Posted, answered_with
from services.portal.page import language_of, page
from services.portal.signals import clients

router = APIRouter(dependencies=[public()], include_in_schema=False)

FIELDS: Final = ("because",)


@router.get("/signals")
async def list_signals(request: Request, _: SignalReader, services: ServicesDep, cursor: str = "", past: bool = False) -> Response:  # noqa: FBT001, FBT002 - a query
    items, following = await clients.newest(services, cursor, past=past)
    names = dict(await categories(services, language_of(request)))
    return page(request, "signals/list.html", items=items, next=following, past=past, is_first=not cursor, names=names)


@router.get("/signals/{identity}")
async def read_signal(request: Request, identity: UUID, _: SignalReader, services: ServicesDep) -> Response:
    return await _one(request, services, identity, Form())


@router.post("/signals/{identity}/{act}")
async def answer(
    request: Request, identity: UUID, act: Literal["confirmation", "dismissal"], form: Posted, _: SignalReader, services: ServicesDep
) -> Response:
    try:
        await clients.answer(services, identity, act, form.value("because"), version=form.value("version"), key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, FIELDS, language_of(request))
        return await _one(request, services, identity, again, error.code)
    return RedirectResponse(f"/signals/{identity}", 303)


async def _one(request: Request, services: Services, identity: UUID, form: Form, status: int = 200) -> Response:
    signal = await clients.read(services, identity)
    names = dict(await categories(services, language_of(request)))
    return page(request, "signals/one.html", status=status, signal=signal, names=names, form=form)
