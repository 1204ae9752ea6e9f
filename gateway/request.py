"""One request as the gateway sees it: its judged head, its body within limits, and the ways to answer it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

from gateway.headers import RawHeaders, judged
from gateway.limits import Room
from gateway.problems import BadTargetError, MethodNotAllowedError, SlowRequestError, UpgradeNotOfferedError
from gateway.routes import is_canonical
from kit.errors import ProblemError, TooLargeError, language_of, problem_response

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

log = logging.getLogger("gateway.requests")

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
LINGER_S: Final = 2.0
LINGER_BYTES: Final = 16 * 1024 * 1024
SMALL_BODY: Final = 64 * 1024


class ClientGoneError(Exception):
    """The caller hung up: there is nobody to answer."""


@dataclass(slots=True)
class Request:
    """`status` is what was answered, 0 before that. `known` are the headers once they are judged, `client` whom limits count then.

    `added`: headers of the answer, whatever it will be. `is_open`: asked without a token, of what needs none. `place`, `program` and
    `trace` are for the log: where the request led, as a template, for which program of a partner, and the number that its answer bears.
    """

    scope: Message
    receive: Receive
    send: Send
    status: int = 0
    body_pending: bool = True
    known: dict[bytes, str] = field(default_factory=dict)
    client: str = ""
    added: list[tuple[bytes, bytes]] = field(default_factory=list)
    is_open: bool = False
    place: str = "-"
    program: str = "-"
    trace: str = "-"
    method: str = field(init=False)
    raw_path: bytes = field(init=False)
    query: bytes = field(init=False)
    headers: RawHeaders = field(init=False)

    def __post_init__(self) -> None:
        self.method = self.scope["method"]
        self.raw_path = self.scope["raw_path"]
        self.query = self.scope["query_string"]
        self.headers = self.scope["headers"]

    @property
    def path(self) -> str:
        return unquote(self.raw_path.decode("ascii"))

    @property
    def peer(self) -> str:
        client = self.scope["client"]
        return str(client[0]) if client else ""

    @property
    def target(self) -> bytes:
        return self.raw_path + b"?" + self.query

    def header(self, name: bytes) -> str | None:
        return self.known.get(name)

    def judge(self) -> None:
        """Raises the problem of a head that no service should have to judge."""
        if self.method not in METHODS:
            raise MethodNotAllowedError(", ".join(METHODS))
        self.known = judged(self.headers, self.scope["http_version"])
        if not is_canonical(self.raw_path):
            raise BadTargetError
        if self.known.get(b"upgrade", "").lower() == "websocket":
            raise UpgradeNotOfferedError

    async def body(self, limit: int, room: Room, seconds: float) -> bytes:
        """The whole body, taken from `room` (the caller gives it back). Raises `TooLargeError` as soon as `limit` is passed."""
        if self._declared_length() > limit:
            raise TooLargeError(max_bytes=limit)
        try:
            async with asyncio.timeout(seconds):
                return await self._read(limit, room)
        except TimeoutError as error:
            raise SlowRequestError from error

    async def _read(self, limit: int, room: Room) -> bytes:
        held = bytearray()
        try:
            while self.body_pending:
                part = await self._part()
                if len(held) + len(part) > limit:
                    raise TooLargeError(max_bytes=limit)  # noqa: TRY301 - what is held goes back below, whatever ends the reading
                room.take(self.client, len(part))
                held += part
        except BaseException:
            room.leave(self.client, len(held))
            raise
        return bytes(held)

    async def _part(self) -> bytes:
        message = await self.receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        self.body_pending = bool(message.get("more_body", False))
        part: bytes = message.get("body", b"")
        return part

    def _declared_length(self) -> int:
        declared = self.header(b"content-length")
        return int(declared) if declared else 0

    async def begin(self, status: int, headers: Sequence[tuple[bytes, bytes]]) -> None:
        """The head of the answer; its body is the caller's to send."""
        self.status = status
        await self.send({"type": "http.response.start", "status": status, "headers": [*headers, *self.added]})

    async def answer(self, status: int, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> None:
        await self.begin(status, headers)
        await self.send({"type": "http.response.body", "body": body})

    def log(self, lasted: float) -> None:
        """Nothing of the address but its template, nothing of a person: who called is told of programs only. `lasted` seconds."""
        milliseconds = round(lasted * 1000)
        told = (self.method, self.place, self.status, milliseconds, self.program, self.trace)
        log.info("method=%s place=%s status=%d ms=%d program=%s trace=%s", *told)

    async def refuse(self, error: ProblemError) -> None:
        """A problem in the caller's language. Where much of the body is still to come the connection ends with it."""
        accepted = next((value for name, value in self.headers if name == b"accept-language"), b"")
        response = problem_response(error, language_of(accepted.decode("latin-1")))
        headers = [*response.raw_headers, (b"x-content-type-options", b"nosniff")]
        if not self._much_is_to_come():
            await self.answer(response.status_code, headers, bytes(response.body))
            return
        await self.begin(response.status_code, [*headers, (b"connection", b"close")])
        await self.send({"type": "http.response.body", "body": bytes(response.body), "more_body": True})
        if not any(name == b"expect" for name, _ in self.headers):
            await self._linger()
        await self.send({"type": "http.response.body", "body": b""})

    def _much_is_to_come(self) -> bool:
        if not self.body_pending:
            return False
        lengths = [value for name, value in self.headers if name == b"content-length"]
        if lengths:
            return not lengths[0].isdigit() or int(lengths[0]) > SMALL_BODY
        return any(name == b"transfer-encoding" for name, _ in self.headers)

    async def _linger(self) -> None:
        """Reads on for a moment: closing at once would reset the connection and take the answer away from a client that still sends."""
        left = LINGER_BYTES
        try:
            async with asyncio.timeout(LINGER_S):
                while left > 0 and self.body_pending:
                    left -= len(await self._part())
        except (TimeoutError, ClientGoneError):
            return
