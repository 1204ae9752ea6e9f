"""Refusals as pages: the same words that the API gives, under our header, with a way on."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from services.portal.access import SignInNeededError
from services.portal.clients import RefusedError
from services.portal.language import chosen_language
from services.portal.page import page
from services.portal.session.endpoints import FORGET

Handler = Callable[[Request, Any], Response | Awaitable[Response]]
# A session that is over needs no more ending.
_ENDINGS: Final = {"/sign-out": "/session/ended", "/switch": "/sign-in"}
_FOR_MACHINES: Final = (
    "/livez",
    "/readyz",
    "/assets/",
    "/session/alive",
    "/alerts/stream",
    "/desk/stream",
    "/desk/drafts/",
    "/track/uploads",
    "/field/sync",
    "/field/key",
    "/field/sw.js",
)


def install_problem_pages(app: FastAPI, front: dict[str, str]) -> None:
    """Wraps what kit installed; `front` holds the headers for pages that leave outside of `Front` (an unexpected error's)."""
    for kind, handler in list(app.exception_handlers.items()):
        app.exception_handlers[kind] = _as_page(handler, front)
    app.exception_handlers[RefusedError] = _refused
    app.exception_handlers[SignInNeededError] = _to_sign_in


def _as_page(handler: Handler, front: dict[str, str]) -> Handler:
    async def handle(request: Request, error: Exception) -> Response:
        answered = handler(request, error)
        answer = answered if isinstance(answered, Response) else await answered
        if request.url.path.startswith(_FOR_MACHINES):
            return answer
        problem = json.loads(bytes(answer.body))
        shown = _problem_page(request, answer.status_code, problem.get("title", ""), problem.get("detail", ""))
        shown.headers.update(front)
        if "retry-after" in answer.headers:
            shown.headers["Retry-After"] = answer.headers["retry-after"]
        return shown

    return handle


async def _refused(request: Request, error: RefusedError) -> Response:
    faults = " ".join(one.get("detail", "") for one in error.errors)
    return _problem_page(request, error.code, str(error), faults)


async def _to_sign_in(request: Request, error: SignInNeededError) -> Response:
    """Back to where they were; after a form that was not sent, to its page."""
    if request.url.path.startswith(_FOR_MACHINES):
        return Response(status_code=error.status, headers={"Cache-Control": "no-store"})
    if request.url.path in _ENDINGS:
        return RedirectResponse(_ENDINGS[request.url.path], 303, FORGET)
    wanted = request.url.path if request.method == "POST" or not request.url.query else f"{request.url.path}?{request.url.query}"
    if request.method == "POST" and error.ended is None:
        wanted = "/"
    return RedirectResponse(f"/sign-in?next={quote(wanted)}", 303, {"Cache-Control": "no-store"})


def _problem_page(request: Request, status: int, title: str, detail: str) -> Response:
    if not hasattr(request.state, "language"):
        request.state.language = chosen_language(request.url.query, request.headers)
    return page(request, "problem.html", status=status, title=title, detail=detail, code=status)
