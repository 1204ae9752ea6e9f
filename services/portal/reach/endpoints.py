"""The page behind the link of a message: what is going on, *how are you?*, a card to show, a question. Without an account or JavaScript."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from services.portal.access import Anybody
from services.portal.clients import AwayError, RefusedError, ServicesDep
from services.portal.forms import Form, answered_with, asked_openly, body_of
from services.portal.notices.clients import push_key
from services.portal.page import language_of, page
from services.portal.reach import clients

router = APIRouter(dependencies=[public()], include_in_schema=False)

FIELDS: Final = ("status", "people_with", "place", "note", "text")
Token = Annotated[str, Path(min_length=16, max_length=40, pattern="^[0-9A-Za-z-]+$")]


async def _form(request: Request, _: Anybody) -> Form:
    return await asked_openly(request)


OpenForm = Annotated[Form, Depends(_form)]


async def _page(request: Request, services: ServicesDep, token: str, form: Form, status: int = 200, done: str = "") -> Response:
    """No cache keeps it, and no other site learns its address."""
    opened = await clients.open_link(services, token)
    key = await push_key(services) if opened["kind"] == "person" else ""
    answer = page(request, "reach/link.html", status=status, told=opened, form=form, token=token, done=done, push_key=key)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "same-origin"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@router.get("/c/{token}")
async def open_link(request: Request, token: Token, _: Anybody, services: ServicesDep, done: str = "") -> Response:
    return await _page(request, services, token, Form(), done=done)


@router.post("/c/{token}")
async def answer(request: Request, token: Token, form: OpenForm, services: ServicesDep) -> Response:
    try:
        if form.value("action") == "ask":
            await clients.ask(services, token, form.value("text"), key=form.key)
            return RedirectResponse(f"/c/{token}?done=asked", 303)
        await clients.check_in(services, _said(token, form), key=form.key)
    except (RefusedError, AwayError) as error:
        return await _page(request, services, token, answered_with(form, error, FIELDS, language_of(request)), error.code)
    return RedirectResponse(f"/c/{token}?done=said", 303)


def _said(token: str, form: Form) -> dict[str, Any]:
    values: dict[str, Any] = {name: form.value(name) for name in ("status", "place", "note")}
    return body_of({**values, "token": token, "people_with": form.value("people_with"), "needs": form.chosen("needs")})
