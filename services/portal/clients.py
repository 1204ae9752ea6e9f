"""Calls to the suite's services, always as the person who asked: with a deadline, once more where that is safe, and in their language."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Annotated, Any, Final

import httpx
from fastapi import Depends, Request
from opentelemetry.propagate import inject

from contracts.text import Text
from kit.errors import ProblemError, UnavailableError
from services.portal.access import Anybody
from services.portal.session.service import Visitor

STILL_RUNNING: Final = "urn:probashi:problem:idempotency-still-running"
_AGAIN_AFTER_S: Final = 0.3


class AwayError(UnavailableError):
    """No answer: whether the service did anything is not known."""

    code = 503


class RefusedError(ProblemError):
    """A service said no, in words for the person who asked."""

    slug = "refused"

    def __init__(self, answer: httpx.Response) -> None:
        body = _problem(answer)
        words = str(body.get("detail") or body.get("title") or "")
        super().__init__(Text(words, words))
        self.code = answer.status_code
        self.kind = str(body.get("type", ""))
        self.errors: Sequence[Mapping[str, str]] = body.get("errors", [])


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


@dataclass(frozen=True, slots=True)
class Services:
    http: httpx.AsyncClient
    streams: httpx.AsyncClient
    urls: Mapping[str, str]
    until: float
    language: str
    visitor: Visitor | None
    remembered: dict[str, Any]

    async def get(self, service: str, path: str, **params: str) -> Any:
        """Raises `RefusedError`, `AwayError`. Asked once more when the connection fails."""
        return (await self._send("GET", service, path, {}, params=params)).json()

    async def post(self, service: str, path: str, body: Mapping[str, Any], *, key: str, version: str = "") -> Any:
        """Raises `RefusedError`, `AwayError`. The key makes it safe to ask once more. `version`: what the person saw of it."""
        headers = {"Idempotency-Key": key} | ({"If-Match": f'"{version}"'} if version else {})
        answer = await self._send("POST", service, path, headers, json=body)
        return answer.json() if answer.content else None

    async def put(self, service: str, path: str, body: Mapping[str, Any], *, version: str = "") -> Any:
        """Raises `RefusedError`, `AwayError`. The same twice is the same. `version`: what the person saw of it."""
        headers = {"If-Match": f'"{version}"'} if version else {}
        answer = await self._send("PUT", service, path, headers, json=body)
        return answer.json() if answer.content else None

    async def send(self, method: str, service: str, path: str, headers: Mapping[str, str], **content: Any) -> httpx.Response:
        """For a call with headers of its own. Raises `RefusedError`, `AwayError`; asked once more when the connection fails."""
        return await self._send(method, service, path, headers, **content)

    async def pass_on(self, method: str, service: str, path: str, headers: Mapping[str, str], content: bytes) -> httpx.Response:
        """One call with its answer as it is, also a refusal: whoever asked reads it. Raises `AwayError`."""
        try:
            async with asyncio.timeout_at(self.until):
                return await self.http.request(method, self._url(service, path), headers=self._headers() | dict(headers), content=content)
        except (httpx.HTTPError, TimeoutError) as error:
            raise AwayError from error

    def stream(self, service: str, path: str, more: Mapping[str, str]) -> AbstractAsyncContextManager[httpx.Response]:
        """An open answer to be passed on as it comes; silence between two events may last."""
        headers = self._headers() | {"Accept": "text/event-stream"} | dict(more)
        return self.streams.stream("GET", self._url(service, path), headers=headers, timeout=httpx.Timeout(5, read=None))

    async def _send(self, method: str, service: str, path: str, headers: Mapping[str, str], **content: Any) -> httpx.Response:
        try:
            async with asyncio.timeout_at(self.until):
                return await self._answer(method, self._url(service, path), self._headers() | dict(headers), content)
        except (httpx.HTTPError, TimeoutError) as error:
            raise AwayError from error

    async def _answer(self, method: str, url: str, headers: Mapping[str, str], content: Mapping[str, Any]) -> httpx.Response:
        try:
            answer = await self.http.request(method, url, headers=headers, **content)
        except httpx.TransportError:
            await asyncio.sleep(_AGAIN_AFTER_S)
            answer = await self.http.request(method, url, headers=headers, **content)
        while answer.status_code == httpx.codes.CONFLICT and _problem(answer).get("type") == STILL_RUNNING:
            await asyncio.sleep(_AGAIN_AFTER_S)
            answer = await self.http.request(method, url, headers=headers, **content)
        if answer.is_server_error:
            raise AwayError
        if not answer.is_success:
            raise RefusedError(answer)
        return answer

    def _url(self, service: str, path: str) -> str:
        if service not in self.urls:
            raise AwayError
        return self.urls[service] + path

    def _headers(self) -> dict[str, str]:
        headers = {"Accept-Language": self.language, "Accept": "application/json"}
        if self.visitor is not None:
            headers["Authorization"] = f"Bearer {self.visitor.token}"
        inject(headers)
        return headers


async def services_of(request: Request, visitor: Anybody) -> Services:
    """All calls of one page share one deadline, shorter than the gateway's: a page that says so is better than none."""
    state = request.state
    until = asyncio.get_running_loop().time() + state.limits.call_seconds
    return Services(state.http, state.streams, state.settings.service_urls, until, state.language, visitor, state.remembered)


ServicesDep = Annotated[Services, Depends(services_of)]
