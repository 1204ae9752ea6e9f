"""Calls of one service to another: as itself in consumers, timers and loops; where a person asks, with their own token (`get_as`).

Each call has a deadline, is tried again where that is safe, and carries the trace.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Final

import httpx
from opentelemetry.propagate import inject

from contracts.text import Text
from kit.errors import UnavailableError
from kit.settings import Settings

DEADLINE_S: Final = 10.0
_PAUSES_S: Final = (0.2, 0.8)
_BEFORE_IT_EXPIRES_S: Final = 30.0
AWAY: Final = Text(
    "Another part of the system does not answer. Try again shortly.", "ব্যবস্থার অন্য একটি অংশ সাড়া দিচ্ছে না। একটু পরে আবার চেষ্টা করুন।"
)


class AwayError(UnavailableError):
    """No answer within the deadline: whether the other did anything is not known."""

    def __init__(self) -> None:
        super().__init__(AWAY)


class RefusedCallError(Exception):
    """The other service said no: a fault of ours, or of a record that both know. `kind`: the problem's type."""

    def __init__(self, answer: httpx.Response) -> None:
        body = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        self.code = answer.status_code
        self.kind = str(body.get("type", ""))
        super().__init__(f"{answer.request.method} {answer.request.url.path}: {self.code} {self.kind}")


class Calls:
    """One per process, over a client that the process closes. Holds one token, renewed before it ends."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        if settings.client_id is None or settings.client_secret is None or not settings.identity_url:
            raise ValueError("Calls to other services need PROBASHI_CLIENT_ID, PROBASHI_CLIENT_SECRET and PROBASHI_IDENTITY_URL")
        self._http = http
        self._urls = settings.service_urls
        self._auth = httpx.BasicAuth(settings.client_id, settings.client_secret.get_secret_value())
        self._tokens_at = f"{settings.identity_url}{httpx.URL(settings.issuer).path}/protocol/openid-connect/token"
        self._token, self._token_until = "", 0.0
        self._renewing = asyncio.Lock()

    async def get(self, service: str, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """Raises `AwayError`, `RefusedCallError`."""
        return (await self._send("GET", service, path, {}, params=params)).json()

    async def get_as(self, token: str, service: str, path: str) -> Any:
        """Where a person asks: with their own token, so that they learn here no more than there. Raises `AwayError`, `RefusedCallError`."""
        return (await self._send("GET", service, path, {"Authorization": f"Bearer {token}"})).json()

    async def post(self, service: str, path: str, body: Mapping[str, Any], *, key: str) -> Any:
        """Raises `AwayError`, `RefusedCallError`. `key` is sent as Idempotency-Key: the same again is safe."""
        answer = await self._send("POST", service, path, {"Idempotency-Key": key}, json=body)
        return answer.json() if answer.content else None

    async def _send(self, method: str, service: str, path: str, headers: Mapping[str, str], **content: Any) -> httpx.Response:
        try:
            async with asyncio.timeout(DEADLINE_S):
                return await self._tried(method, self._urls[service] + path, headers, content)
        except (KeyError, httpx.HTTPError, TimeoutError) as error:
            raise AwayError from error

    async def _tried(self, method: str, url: str, headers: Mapping[str, str], content: Mapping[str, Any]) -> httpx.Response:
        for pause in (*_PAUSES_S, None):
            try:
                answer = await self._http.request(method, url, headers=await self._headers(headers), timeout=DEADLINE_S, **content)
            except httpx.TransportError:
                if pause is None:
                    raise
            else:
                if not _is_to_be_tried_again(answer):
                    if not answer.is_success:
                        raise RefusedCallError(answer)
                    return answer
            if pause is not None:
                await asyncio.sleep(pause)
        raise AwayError

    async def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        own = {} if "Authorization" in more else {"Authorization": f"Bearer {await self._current_token()}"}
        headers = {"Accept": "application/json", **own, **more}
        inject(headers)
        return headers

    async def _current_token(self) -> str:
        async with self._renewing:
            if time.time() > self._token_until - _BEFORE_IT_EXPIRES_S:
                answer = await self._http.post(
                    self._tokens_at, data={"grant_type": "client_credentials"}, auth=self._auth, timeout=DEADLINE_S
                )
                if not answer.is_success:
                    raise RefusedCallError(answer)
                granted = answer.json()
                self._token, self._token_until = granted["access_token"], time.time() + float(granted.get("expires_in", 60))
            return self._token


def _is_to_be_tried_again(answer: httpx.Response) -> bool:
    """A server in trouble, one that asks for patience, or the same key still at work."""
    if answer.status_code == httpx.codes.CONFLICT:
        return "idempotency-still-running" in answer.text
    return answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS
