"""The hop to a service: one pool of kept connections, an answer passed on as it comes, and an honest word when there is none."""

import asyncio
import logging
from collections.abc import Mapping
from io import BytesIO
from typing import Final

import aiohttp
from yarl import URL

from gateway.cache import Cache, is_known, not_modified, tagged
from gateway.headers import outbound
from gateway.limits import Slots
from gateway.problems import BadAnswerError, SlowAnswerError
from gateway.request import ClientGoneError, Request
from gateway.settings import GatewaySettings
from kit.errors import ProblemError, UnavailableError

log = logging.getLogger(__name__)

# Answers up to here are read whole before the first byte is passed on: one that breaks off is then still an honest 502.
WHOLE_ANSWER: Final = 256 * 1024
# Shorter than the 5 s after which uvicorn and Node close a connection that is not used, else a request would meet a closing one.
KEEP_ALIVE_S: Final = 4.0
_AUTOMATIC: Final = frozenset({"User-Agent", "Accept", "Accept-Encoding", "Content-Type"})
_NO_BODY: Final = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})
_SWITCHING: Final = 101
_OK: Final = 200
_NOT_MODIFIED: Final = 304
LARGE_BODY: Final = 1024 * 1024


class TruncatedError(Exception):
    """The answer broke off after its head was passed on: only a closed connection can say so."""


class Upstreams:
    """`urls` are base URLs by service, `fallback` headers that an answer gets where it has none of that name.

    Made inside a running loop; `close` ends all connections.
    """

    def __init__(self, settings: GatewaySettings, urls: Mapping[str, str], fallback: Mapping[bytes, bytes]) -> None:
        self._settings = settings
        self._bases = {name: url.rstrip("/") for name, url in urls.items()}
        self._fallback = fallback
        self._requests = Slots(settings.requests_per_service, settings.requests_per_client)
        self._streams = Slots(settings.streams_per_service, settings.streams_per_client)
        self._away: set[str] = set()
        self._cache = Cache(settings.max_cached)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_S, ttl_dns_cache=10),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=settings.connect_timeout),
            auto_decompress=False,
            skip_auto_headers=_AUTOMATIC,
            max_line_size=16_384,
            max_field_size=16_384,
        )

    async def close(self) -> None:
        await self._session.close()

    def __contains__(self, service: str) -> bool:
        return service in self._bases

    @property
    def names(self) -> list[str]:
        return list(self._bases)

    async def forward(self, request: Request, service: str, headers: list[tuple[str, str]], body: bytes) -> None:
        """Passes the request on and the answer back. Raises a `ProblemError` as long as nothing was answered, else `TruncatedError`."""
        self._requests.take(service, request.client)
        held = self._requests
        try:
            async with asyncio.timeout(self._settings.answer_timeout) as clock:
                async with await self._call(request, service, headers, body) as response:
                    if response.content_type == "text/event-stream" and request.method != "HEAD":
                        self._streams.take(service, request.client)
                        self._requests.leave(service, request.client)
                        held = self._streams
                        await self._stream(request, response, clock)
                    else:
                        await self._pass_on(request, response, clock)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise self._verdict(request, service, error) from error
        finally:
            held.leave(service, request.client)

    async def _call(self, request: Request, service: str, headers: list[tuple[str, str]], body: bytes) -> aiohttp.ClientResponse:
        target = self._bases[service] + request.raw_path.decode("ascii")
        if request.query:
            target += "?" + request.query.decode("ascii")
        # FastAPI answers HEAD only where a route asks for it; GET without its body is what HEAD means (RFC 9110 §9.3.2).
        method = "GET" if request.method == "HEAD" else request.method
        data = _payload(body) if body or method not in _NO_BODY else None
        response = await self._session.request(method, URL(target, encoded=True), headers=headers, data=data, allow_redirects=False)
        if service in self._away:
            self._away.discard(service)
            log.info("%s answers again", service)
        return response

    async def _pass_on(self, request: Request, response: aiohttp.ClientResponse, clock: asyncio.Timeout) -> None:
        length = response.content_length
        if request.method == "HEAD":
            await request.answer(response.status, outbound(response.raw_headers, self._fallback), b"")
        elif length is not None and length <= WHOLE_ANSWER:
            whole = await response.read()
            await self._whole(request, _status(response), outbound(response.raw_headers, self._fallback), whole)
        else:
            await self._in_parts(request, response, clock, self._settings.answer_timeout)

    async def _whole(self, request: Request, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        if request.is_open and request.method == "GET" and status == _OK:
            headers, tag = tagged(headers, body)
            self._cache.keep(request.target, request.known, headers, body)
            if is_known(tag, request.header(b"if-none-match")):
                await request.answer(_NOT_MODIFIED, not_modified(headers), b"")
                return
        await request.answer(status, headers, body)

    async def from_cache(self, request: Request) -> bool:
        """Whether it was answered without its service."""
        kept = self._cache.get(request.target, request.known)
        if kept is None:
            return False
        headers, body = kept
        if is_known(dict(headers).get(b"etag"), request.header(b"if-none-match")):
            await request.answer(_NOT_MODIFIED, not_modified(headers), b"")
        else:
            await request.answer(_OK, headers, b"" if request.method == "HEAD" else body)
        return True

    async def _in_parts(self, request: Request, response: aiohttp.ClientResponse, clock: asyncio.Timeout, pause: float) -> None:
        """A slow client gets its own time for each part: what it takes is not held against the service."""
        now = asyncio.get_running_loop().time
        await request.begin(_status(response), outbound(response.raw_headers, self._fallback))
        clock.reschedule(now() + pause)
        async for part in response.content.iter_any():
            clock.reschedule(now() + self._settings.stalled_client_timeout)
            await request.send({"type": "http.response.body", "body": part, "more_body": True})
            clock.reschedule(now() + pause)
        await request.send({"type": "http.response.body", "body": b""})

    async def _stream(self, request: Request, response: aiohttp.ClientResponse, clock: asyncio.Timeout) -> None:
        """Each event as it comes. The service is let go as soon as the caller hangs up, and the caller when the gateway stops."""
        request.scope["probashi.stream"] = True
        hung_up = asyncio.ensure_future(request.receive())
        hung_up.add_done_callback(lambda _: response.close())
        try:
            await self._in_parts(request, response, clock, self._settings.stream_idle_timeout)
        except aiohttp.ClientError as error:
            if hung_up.done():
                raise ClientGoneError from error
            raise
        finally:
            hung_up.cancel()

    def _verdict(self, request: Request, service: str, error: Exception) -> Exception:
        if request.status:
            log.warning("%s: the answer broke off: %s", service, type(error).__name__)
            return TruncatedError()
        problem = _problem_of(error)
        if service not in self._away:
            self._away.add(service)
            log.warning("%s: %s (%s)", service, problem.slug, type(error).__name__)
        return problem

    async def is_ready(self, service: str) -> bool:
        """Whether the service says that it has all it needs. Never raises."""
        try:
            async with asyncio.timeout(2), self._session.get(self._bases[service] + "/readyz") as response:
                return response.ok
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return False


def _payload(body: bytes) -> bytes | BytesIO:
    """Bytes are written in one go, which aiohttp warns of above a mebibyte; a file goes in parts."""
    return BytesIO(body) if len(body) > LARGE_BODY else body


def _status(response: aiohttp.ClientResponse) -> int:
    if response.status == _SWITCHING:
        raise ValueError("a service may not change the protocol")
    return response.status


def _problem_of(error: Exception) -> ProblemError:
    match error:
        case aiohttp.ClientConnectorError() | aiohttp.ServerTimeoutError() | aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError():
            return UnavailableError(retry_after=2)
        case aiohttp.ClientError() | ValueError():
            return BadAnswerError()
        case _:
            return SlowAnswerError()
