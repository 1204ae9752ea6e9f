"""What holds for every answer of the portal: its language, and headers that keep strangers' scripts, frames and caches out."""

from typing import Final
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.portal.language import COOKIE, chosen_language

_YEAR_S: Final = 31_536_000


def content_policy(issuer: str) -> str:
    """Nothing inline, nothing from elsewhere. `form-action` holds for redirects too: *Next person* leads to the identity provider."""
    provider = "{0.scheme}://{0.netloc}".format(urlsplit(issuer))
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; media-src 'self'; "
        f"manifest-src 'self'; connect-src 'self'; form-action 'self' {provider}; base-uri 'none'; frame-ancestors 'none'"
    )


def front_headers(issuer: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": content_policy(issuer),
        # Not `no-referrer`: a form would then send `Origin: null`, and the check against forged posts would know nothing.
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }


class Front:
    """Outermost ASGI layer. `?lang=` is remembered in a cookie; further in, `Accept-Language` names the one language that was chosen."""

    def __init__(self, app: ASGIApp, *, issuer: str, is_secure: bool) -> None:
        self._app = app
        self._secure = is_secure
        self._headers = front_headers(issuer)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        query = scope["query_string"].decode("latin-1")
        language = chosen_language(query, Headers(scope=scope))
        kept = [(name, value) for name, value in scope["headers"] if name != b"accept-language"]
        scope.setdefault("state", {})["language"] = language
        scope["headers"] = [*kept, (b"accept-language", language.encode())]
        asked = language if parse_qs(query).get("lang") == [language] else None

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._complete(MutableHeaders(scope=message), asked)
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _complete(self, headers: MutableHeaders, asked: str | None) -> None:
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        if asked is not None:
            secure = "; Secure" if self._secure else ""
            headers.append("Set-Cookie", f"{COOKIE}={asked}; Path=/; Max-Age={_YEAR_S}; SameSite=Lax; HttpOnly{secure}")
