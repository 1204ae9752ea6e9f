"""The identity provider: where a browser is sent, and the calls that the portal makes itself.

Paths are Keycloak's; the local provider has the same.
"""

import base64
import hashlib
import json
import secrets
import time
from dataclasses import asdict, dataclass
from typing import Any, Final, Self
from urllib.parse import urlencode

import httpx
import jwt

from contracts.text import Text
from kit.errors import UnauthenticatedError, UnavailableError
from kit.settings import Settings

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

    def authorization_url(self, attempt: Attempt, *, language: str, again: bool) -> str:
        """`again` asks for the password even where the browser is still signed in at the provider."""
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
        }
        return f"{self._issuer}{_PATH}/auth?{urlencode(query | ({'prompt': 'login'} if again else {}))}"

    def end_session_url(self, identity_token: str, *, state: str) -> str:
        """The browser comes back to `/session/ended` with this `state`."""
        query = {
            "client_id": self._client,
            "id_token_hint": identity_token,
            "post_logout_redirect_uri": f"{self._public}/session/ended",
            "state": state,
        }
        return f"{self._issuer}{_PATH}/logout?{urlencode(query)}"

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
        return _tokens(granted, subject=self._check_identity(granted.get("id_token", ""), attempt.nonce))

    async def refresh(self, tokens: Tokens) -> Tokens | None:
        """None where the provider has ended the person's session."""
        if tokens.refresh is None:
            return None
        granted = await self._grant(grant_type="refresh_token", refresh_token=tokens.refresh)
        return None if granted is None else _tokens(granted, subject=tokens.subject, before=tokens)

    async def _grant(self, **form: str) -> dict[str, Any] | None:
        try:
            answer = await self._http.post(f"{self._direct}/token", data=form, auth=self._auth, timeout=5)
        except httpx.HTTPError as error:
            raise UnavailableError(AWAY) from error
        if answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise UnavailableError(AWAY)
        granted: dict[str, Any] | None = answer.json() if answer.is_success else None
        return granted

    def _check_identity(self, token: str, nonce: str) -> str:
        """The subject. The access token's signature is checked on each use.

        This one's needs no check: it came straight from the token endpoint (OpenID Connect Core 3.1.3.7, 6).
        """
        try:
            claims = jwt.decode(token, options={"verify_signature": False, "verify_exp": True}, leeway=5)
        except jwt.InvalidTokenError as error:
            raise SignInRefusedError(REFUSED) from error
        audience = claims.get("aud")
        for_us = self._client in (audience if isinstance(audience, list) else [audience])
        if not for_us or claims.get("iss") != self._issuer or not secrets.compare_digest(str(claims.get("nonce")), nonce):
            raise SignInRefusedError(REFUSED)
        return str(claims["sub"])


def _tokens(granted: dict[str, Any], *, subject: str, before: Tokens | None = None) -> Tokens:
    """A refresh may leave out what has not changed."""
    return Tokens(
        subject=subject,
        access=granted["access_token"],
        refresh=granted.get("refresh_token") or (before.refresh if before else None),
        identity=granted.get("id_token") or (before.identity if before else ""),
        expires_at=time.time() + float(granted.get("expires_in", 60)),
    )
