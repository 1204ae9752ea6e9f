"""Pages of what warned people wrote and no rule could read: an officer says what it means, and answers."""

from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from services.portal.access import TextReader
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.files.clients import kept_headers
from services.portal.forms import Form, Posted, answered_with, body_of
from services.portal.page import language_of, page
from services.portal.reach import clients

router = APIRouter(dependencies=[public()], include_in_schema=False)

FIELDS: Final = ("status", "answer")


@router.get("/texts")
async def list_texts(request: Request, _: TextReader, services: ServicesDep, due: str = "", after: str = "") -> Response:
    return await _list(request, services, Form(), due=due, after=after)


@router.get("/texts/{identity}/recording")
async def read_recording(identity: UUID, _: TextReader, services: ServicesDep) -> Response:
    found = await clients.recording_of(services, identity)
    return Response(found.content, headers=kept_headers(found))


@router.post("/texts/{identity}")
async def answer(request: Request, identity: UUID, form: Posted, _: TextReader, services: ServicesDep) -> Response:
    said = body_of({name: form.value(name) for name in FIELDS})
    try:
        await clients.answer_text(services, identity, said, version=form.value("version"), key=form.key)
    except (RefusedError, AwayError) as error:
        return await _list(request, services, answered_with(form, error, FIELDS, language_of(request)), status=error.code)
    return RedirectResponse("/texts", 303)


async def _list(request: Request, services: Services, form: Form, *, due: str = "", after: str = "", status: int = 200) -> Response:
    found = await clients.texts(services, due, after)
    following = urlsplit(found["next"] or "").query
    return page(request, "reach/texts.html", status=status, items=found["items"], next=following, form=form)
