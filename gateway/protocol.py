"""The wire below the app: limits on a request's head, which uvicorn leaves open, and problems instead of its bare sentences."""

import asyncio
from typing import Any, ClassVar, cast

from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from gateway.headers import is_within, networks
from gateway.limits import Peers
from gateway.problems import HeadersTooLargeError, MalformedRequestError, TooManyRequestsError
from gateway.settings import GatewaySettings
from kit.errors import ProblemError, UnavailableError, language_of, problem_response


class HeadTooLarge(Exception):  # noqa: N818 - a signal through the parser, answered as HeadersTooLargeError
    """Stops the parser."""


class GatewayProtocol(HttpToolsProtocol):
    """One connection. A head that is too large or too slow ends it; so does an open event stream when the server stops."""

    max_count: ClassVar[int]
    max_bytes: ClassVar[int]
    seconds: ClassVar[float]
    max_connections: ClassVar[int]
    peers: ClassVar[Peers]

    _head_open: bool = True
    _head_bytes: int = 0
    _head_count: int = 0
    _head_timer: asyncio.TimerHandle | None = None
    _refused: bool = False

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn narrows it
        super().connection_made(transport)
        may_stay = self.peers.come(self._peer())
        if len(self.connections) > self.max_connections:
            self._refuse(UnavailableError(retry_after=1))
        elif not may_stay:
            self._refuse(TooManyRequestsError(1))
        else:
            self._head_timer = self.loop.call_later(self.seconds, transport.close)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        self.peers.go(self._peer())
        super().connection_lost(exc)

    def _peer(self) -> str:
        return self.client[0] if self.client else ""

    @override
    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        super().data_received(data)
        if not self._head_open or self._refused:
            return
        # A single endless header line never reaches on_header: count what came while the head is open.
        self._head_bytes += len(data)
        if self._head_bytes > self.max_bytes:
            self.send_400_response("")
        elif self._head_timer is None and self._head_bytes:
            self._head_timer = self.loop.call_later(self.seconds, self.transport.close)

    @override
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_open = True
        self._head_bytes = self._head_count = 0

    @override
    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._grow(len(url))

    @override
    def on_header(self, name: bytes, value: bytes) -> None:
        """Also called for trailers, after the body: they are counted and go no further, for nobody judges them (RFC 9110 §6.5.1)."""
        self._head_count += 1
        if self._head_open:
            super().on_header(name, value)
        self._grow(len(name) + len(value) + 4)

    def _grow(self, count: int) -> None:
        self._head_bytes += count
        if self._head_bytes > self.max_bytes or self._head_count > self.max_count:
            raise HeadTooLarge

    @override
    def on_headers_complete(self) -> None:
        self._head_open = False
        self._head_bytes = 0
        self._stop_timer()
        super().on_headers_complete()

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    @override
    def _unsupported_upgrade_warning(self) -> None:
        """The app refuses WebSocket itself; any other upgrade is only not taken up (RFC 9110 §7.8)."""

    @override
    def send_400_response(self, msg: str) -> None:
        too_large = self._head_bytes > self.max_bytes or self._head_count > self.max_count
        self._refuse(HeadersTooLargeError() if too_large else MalformedRequestError())

    def _refuse(self, problem: ProblemError) -> None:
        if self._refused or self.transport.is_closing():
            return
        self._refused = True
        self._stop_timer()
        self.transport.write(_raw(problem, self._language()))
        self.transport.close()

    def _language(self) -> str:
        accepted = next((value for name, value in self.headers or () if name == b"accept-language"), b"")
        return language_of(accepted.decode("latin-1"))

    @override
    def shutdown(self) -> None:
        cycle: RequestResponseCycle | None = self.cycle  # None until the first request, whatever its annotation says
        if cycle is not None and not cycle.response_complete and "probashi.stream" in cycle.scope:
            self.transport.close()
        else:
            super().shutdown()


def _raw(problem: ProblemError, language: str) -> bytes:
    response = problem_response(problem, language)
    head = b"".join(name + b": " + value + b"\r\n" for name, value in response.raw_headers)
    return STATUS_LINE[response.status_code] + head + b"connection: close\r\n\r\n" + bytes(response.body)


def protocol(settings: GatewaySettings) -> type[asyncio.Protocol]:
    """The class of connections with the limits of `settings`."""
    trusted = networks(settings.trusted_proxies)
    limits: dict[str, Any] = {
        "max_count": settings.max_header_count,
        "max_bytes": settings.max_header_bytes,
        "seconds": settings.header_timeout,
        "max_connections": settings.max_connections,
        "peers": Peers(settings.max_connections_per_client, lambda address: is_within(address, trusted)),
    }
    return cast("type[asyncio.Protocol]", type("LimitedProtocol", (GatewayProtocol,), limits))
