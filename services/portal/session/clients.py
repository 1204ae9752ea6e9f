"""The identity provider: where a browser is sent, and the calls that the portal makes itself.

Paths are Keycloak's; the local provider has the same.
"""

import base64
import hashlib
import json
import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Self
from urllib.parse import urlencode

import httpx
import jwt

from contracts.text import Text
from kit.errors import UnauthenticatedError, UnavailableError
from kit.settings import Settings

log = logging.getLogger(__name__)

_PATH: Final = "/protocol/openid-connect"
SCOPE: Final = "openid"
REFUSED: Final = Text("Signing in did not succeed. Try once more.", "সাইন ইন সম্পন্ন হয়নি। আরেকবার চেষ্টা করুন।")
AWAY: Final = Text("Signing in is not possible at the moment. Try again shortly.", "এই মুহূর্তে সাইন ইন করা যাচ্ছে না। একটু পরে আবার চেষ্টা করুন।")


class SignInRefusedError(UnauthenticatedError):
    slug = "sign-in-refused"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to the provider and back: kept sealed in a cookie of ten minutes, so that only the browser that left may return."""

    state: str
    nonce: str
    verifier: str
    path: str

    @classmethod
    def begin(cls, path: str) -> Self:
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(64), path)

    @property
    def challenge(self) -> str:
        """RFC 7636 §4.2, S256."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Tokens:
    subject: str
    access: str
    refresh: str | None
    identity: str
    expires_at: float
    name: str
    name_bn: str

    def dump(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> Self:
        return cls(**json.loads(text))


class Provider:
    """The portal as an OpenID client. A browser uses the provider's public address, the portal its direct one."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        if settings.client_id is None or settings.client_secret is None or not settings.identity_url:
            raise ValueError("The portal needs PROBASHI_CLIENT_ID, PROBASHI_CLIENT_SECRET and PROBASHI_IDENTITY_URL")
        self._http = http
        self._client = settings.client_id
        self._auth = httpx.BasicAuth(settings.client_id, settings.client_secret.get_secret_value())
        self._issuer = settings.issuer
        self._public = settings.public_url
        self._direct = settings.identity_url + httpx.URL(settings.issuer).path + _PATH

    def authorization_url(self, attempt: Attempt, *, language: str) -> str:
        """Always asks for the password: where people share a computer, a session that the provider still holds is another's."""
        query = {
            "client_id": self._client,
            "response_type": "code",
            "redirect_uri": f"{self._public}/session/callback",
            "scope": SCOPE,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
            "ui_locales": language,
            "prompt": "login",
        }
        return f"{self._issuer}{_PATH}/auth?{urlencode(query)}"

    async def redeem(self, code: str, attempt: Attempt) -> Tokens:
        """Raises `SignInRefusedError` where the provider does not take the code or its answer is not for this attempt."""
        granted = await self._grant(
            grant_type="authorization_code",
            code=code,
            redirect_uri=f"{self._public}/session/callback",
            code_verifier=attempt.verifier,
        )
        if granted is None:
            raise SignInRefusedError(REFUSED)
        claims = self._checked_identity(granted.get("id_token", ""), attempt.nonce)
        person = {"subject": str(claims["sub"]), "name": str(claims.get("name", "")), "name_bn": str(claims.get("name#bn", ""))}
        return _tokens(granted, person)

    async def refresh(self, tokens: Tokens) -> Tokens | None:
        """None where the provider has ended the person's session."""
        if tokens.refresh is None:
            return None
        granted = await self._grant(grant_type="refresh_token", refresh_token=tokens.refresh)
        return None if granted is None else _tokens({**_kept(tokens), **granted}, asdict(tokens))

    async def end(self, tokens: Tokens) -> None:
        """Ends the provider's session behind the browser's back: an address with an identity token would name a person.

        Keycloak takes a refresh token for that; a provider that does not is asked to revoke it. Never raises: the portal's own session is
        over by then, and signing in always asks for a password.
        """
        if tokens.refresh is None:
            return
        try:
            answer = await self._http.post(f"{self._direct}/logout", data={"refresh_token": tokens.refresh}, auth=self._auth, timeout=5)
            if not answer.is_success:
                await self._http.post(f"{self._direct}/revoke", data={"token": tokens.refresh}, auth=self._auth, timeout=5)
        except httpx.HTTPError:
            log.warning("the provider was not told that a session ended")

    async def _grant(self, **form: str) -> dict[str, Any] | None:
        try:
            answer = await self._http.post(f"{self._direct}/token", data=form, auth=self._auth, timeout=5)
        except httpx.HTTPError as error:
            raise UnavailableError(AWAY) from error
        if answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise UnavailableError(AWAY)
        granted: dict[str, Any] | None = answer.json() if answer.is_success else None
        return granted

    def _checked_identity(self, token: str, nonce: str) -> dict[str, Any]:
        """Who it is. The access token's signature is checked on each use.

        This one's needs no check: it came straight from the token endpoint (OpenID Connect Core 3.1.3.7, 6).
        """
        try:
            claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False, "verify_exp": True}, leeway=5)
        except jwt.InvalidTokenError as error:
            raise SignInRefusedError(REFUSED) from error
        audience = claims.get("aud")
        for_us = self._client in (audience if isinstance(audience, list) else [audience])
        if not for_us or claims.get("iss") != self._issuer or not secrets.compare_digest(str(claims.get("nonce")), nonce):
            raise SignInRefusedError(REFUSED)
        return claims


def _kept(tokens: Tokens) -> dict[str, Any]:
    """A refresh may leave out what has not changed."""
    return {"refresh_token": tokens.refresh, "id_token": tokens.identity}


def _tokens(granted: Mapping[str, Any], person: Mapping[str, Any]) -> Tokens:
    return Tokens(
        subject=person["subject"],
        access=granted["access_token"],
        refresh=granted.get("refresh_token"),
        identity=granted.get("id_token", ""),
        expires_at=time.time() + float(granted.get("expires_in", 60)),
        name=person["name"],
        name_bn=person["name_bn"],
    )
