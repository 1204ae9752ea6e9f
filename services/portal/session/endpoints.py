"""Signing in, out and over to another person, at a computer that several may share."""

import base64
import json
import secrets
from dataclasses import asdict
from typing import Any, Final

import jwt
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from kit.crypto import Keyring, SealError, UnknownKeyError
from services.portal.access import Anybody, Keeping, SignedIn, cookie_name
from services.portal.forms import Posted, check_origin, keep_draft
from services.portal.language import COOKIE
from services.portal.page import page
from services.portal.session.clients import Attempt
from services.portal.session.rules import safe_path
from services.portal.session.service import Keeper, Visitor

ATTEMPT_COOKIE: Final = "signing-in"
_CALLBACK: Final = "/session/callback"
_ATTEMPT: Final = "cookie.attempt"
_ATTEMPT_LIVES_S: Final = 600
# Cookies are deleted by name: this header would take the choice of language too. Storage stays: there lie registrations that wait for a
# line, sealed for the service, and what the desk keeps, sealed with a key that only its own agent is given again.
FORGET: Final = {"Clear-Site-Data": '"cache"', "Cache-Control": "no-store"}

router = APIRouter(dependencies=[public()], include_in_schema=False)


@router.get("/sign-in")
async def sign_in(request: Request, visitor: Anybody, keeper: Keeping, next: str = "/") -> Response:  # noqa: A002  # the parameter is part of the address
    path = safe_path(next)
    if visitor is not None:
        return RedirectResponse(path, 303)
    attempt = Attempt.begin(path)
    address = keeper.provider.authorization_url(attempt, language=request.state.language)
    answer = RedirectResponse(address, 303, {"Cache-Control": "no-store"})
    answer.set_cookie(
        ATTEMPT_COOKIE,
        _sealed(keeper.keyring, attempt),
        max_age=_ATTEMPT_LIVES_S,
        path=_CALLBACK,
        httponly=True,
        samesite="lax",
        secure=request.state.is_secure,
    )
    return answer


@router.get(_CALLBACK)
async def callback(request: Request, keeper: Keeping, visitor: Anybody, code: str = "", state: str = "") -> Response:
    attempt = _opened(keeper.keyring, request.cookies.get(ATTEMPT_COOKIE, ""))
    if attempt is None or not code or not secrets.compare_digest(attempt.state.encode(), state.encode()):
        return page(request, "sign_in_failed.html", status=400)
    tokens = await keeper.provider.redeem(code, attempt)
    cookie, caller = await keeper.start(tokens)
    if visitor is not None:
        await keeper.end(visitor.id_hash)
    path = await keeper.parked_path(caller.subject) or attempt.path
    answer = RedirectResponse(path, 303, {"Cache-Control": "no-store"})
    _set_cookies(request, answer, cookie, tokens.access)
    return answer


def _set_cookies(request: Request, answer: Response, cookie: str, access: str) -> None:
    """The session's cookie ends with the browser. A person who never chose a language gets the one of their account."""
    secure = request.state.is_secure
    answer.set_cookie(cookie_name(is_secure=secure), cookie, path="/", httponly=True, samesite="lax", secure=secure)
    answer.delete_cookie(ATTEMPT_COOKIE, path=_CALLBACK)
    locale = str(_claims(access).get("locale", ""))
    if COOKIE not in request.cookies and locale in {"en", "bn"}:
        answer.set_cookie(COOKIE, locale, max_age=31_536_000, path="/", httponly=True, samesite="lax", secure=secure)


@router.post("/sign-out")
async def sign_out(request: Request, _: Posted, visitor: SignedIn, keeper: Keeping) -> Response:
    return await _end(request, visitor, keeper, "/session/ended")


@router.post("/switch")
async def switch(request: Request, form: Posted, visitor: SignedIn, keeper: Keeping) -> Response:
    """The next person at this computer: one press, then their own password, wherever they go from here.

    A page that nobody touched for a while presses it by itself. What stood half written waits for its writer.
    """
    await keep_draft(request, visitor, form)
    return await _end(request, visitor, keeper, "/sign-in")


async def _end(request: Request, visitor: Visitor, keeper: Keeper, address: str) -> Response:
    await keeper.end(visitor.id_hash)
    answer = RedirectResponse(address, 303, FORGET)
    secure = request.state.is_secure
    answer.delete_cookie(cookie_name(is_secure=secure), path="/", secure=secure, httponly=True, samesite="lax")
    return answer


@router.get("/session/ended")
async def ended(request: Request) -> Response:
    answer = page(request, "signed_out.html")
    answer.headers.update(FORGET)
    return answer


@router.post("/session/alive")
async def alive(request: Request, visitor: Anybody) -> Response:
    """Asked by the page while somebody types: a long call must not end the session under the form."""
    check_origin(request)
    return Response(status_code=204 if visitor else 401, headers={"Cache-Control": "no-store"})


def _sealed(keyring: Keyring, attempt: Attempt) -> str:
    return base64.urlsafe_b64encode(keyring.seal(json.dumps(asdict(attempt)), _ATTEMPT)).decode()


def _opened(keyring: Keyring, cookie: str) -> Attempt | None:
    try:
        return Attempt(**json.loads(keyring.open(base64.urlsafe_b64decode(cookie), _ATTEMPT)))
    except (SealError, UnknownKeyError, ValueError):
        return None


def _claims(access: str) -> dict[str, Any]:
    """Of a token that was verified when the session began."""
    claims: dict[str, Any] = jwt.decode(access, options={"verify_signature": False})
    return claims
