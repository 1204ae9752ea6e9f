"""Real servers for the gateway's tests: the gateway itself, a small service behind it, and peers that misbehave on the wire."""

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn

from gateway.main import configuration
from gateway.request import Message, Receive, Send
from gateway.settings import GatewaySettings
from kit.testing.tokens import SECRET, TokenIssuer


def free_port() -> int:
    """A port that is free now. For an address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(serving: uvicorn.Server) -> Iterator[str]:
    """The server in a thread and loop of its own; yields its base URL."""
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", 0))
        started = threading.Event()
        thread = threading.Thread(target=_run, args=(serving, listening, started), daemon=True)
        thread.start()
        if not started.wait(10):
            raise TimeoutError("the server did not start")
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            serving.should_exit = True
            thread.join(10)
            if thread.is_alive():
                raise TimeoutError("the server did not stop")


def _run(serving: uvicorn.Server, listening: socket.socket, started: threading.Event) -> None:
    async def until_stopped() -> None:
        begun = asyncio.create_task(serving.serve([listening]))
        while not serving.started and not begun.done():  # noqa: ASYNC110 - uvicorn tells by an attribute only
            await asyncio.sleep(0.005)
        started.set()
        await begun

    asyncio.run(until_stopped())


@dataclass(slots=True)
class Service:
    """A service behind the gateway that remembers what reached it."""

    seen: list[dict[str, Any]] = field(default_factory=list)
    hung_up: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    is_ready: bool = True

    @property
    def last(self) -> dict[str, Any]:
        return self.seen[-1]

    def forget(self) -> None:
        self.seen.clear()
        self.hung_up.clear()
        self.go_on.clear()
        self.is_ready = True

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] == "/readyz":
            await _answer(send, 200 if self.is_ready else 503, b"")
            return
        body = await _body(receive)
        headers = [(name.decode(), value.decode("latin-1")) for name, value in scope["headers"]]
        self.seen.append(
            {"method": scope["method"], "target": scope["raw_path"], "query": scope["query_string"], "headers": headers, "body": body}
        )
        kind = scope["path"].rsplit("/", 1)[-1]
        answers: dict[str, Callable[[], Awaitable[None]]] = {
            "events": lambda: self._events(receive, send),
            "quiet-events": lambda: self._quiet_events(send),
            "slow": lambda: self._slow(send),
            "large": lambda: _large(send),
            "breaks-off": lambda: _breaks_off(send),
            "kept": lambda: _public(send, b"public, max-age=60"),
            "asked": lambda: _public(send, b"public, no-cache"),
            "version": lambda: _public(send, b"public, no-cache", (b"etag", b'"7"')),
            "refused": lambda: _answer(send, 404, b"{}"),
        }
        await answers.get(kind, lambda: _answer(send, 200, json.dumps({"length": len(body)}).encode()))()

    async def _slow(self, send: Send) -> None:
        await asyncio.to_thread(self.go_on.wait, 10)
        await _answer(send, 200, b"{}")

    async def _quiet_events(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        await asyncio.to_thread(self.go_on.wait, 10)
        await send({"type": "http.response.body", "body": b"data: late\n\n"})

    async def _events(self, receive: Receive, send: Send) -> None:
        """One event at once; the second only when the test has seen the first."""
        gone = asyncio.ensure_future(_gone(receive, self.hung_up))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream; charset=utf-8")]})
        await send({"type": "http.response.body", "body": b"data: first\n\n", "more_body": True})
        while not self.go_on.is_set() and not gone.done():  # noqa: ASYNC110 - set from another thread
            await asyncio.sleep(0.01)
        await send({"type": "http.response.body", "body": b"data: second\n\n"})
        gone.cancel()


async def _gone(receive: Receive, told: threading.Event) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    told.set()


async def _body(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return body


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"set-cookie", b"one=1"),
        (b"set-cookie", b"two=2"),
        (b"server", b"secret-engine/1.0"),
        (b"x-probashi-inner", b"1"),
        (b"keep-alive", b"timeout=5"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _public(send: Send, cache: bytes, *more: tuple[bytes, bytes]) -> None:
    body = b'{"for": "anybody"}'
    headers = [(b"content-type", b"application/json"), (b"cache-control", cache), (b"content-length", str(len(body)).encode()), *more]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _large(send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/octet-stream")]})
    for _ in range(64):
        await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _breaks_off(send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000000")]})
    await send({"type": "http.response.body", "body": b"x" * 500_000, "more_body": True})
    await asyncio.sleep(0.05)


@contextmanager
def running_service(service: Service) -> Iterator[str]:
    config = uvicorn.Config(service, lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=1)
    with running(uvicorn.Server(config)) as url:
        yield url


@asynccontextmanager
async def wire(answer: bytes | None) -> AsyncIterator[str]:
    """A peer that reads a little and then sends `answer` and hangs up; None never answers."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            if answer is None:
                await reader.read()
            else:
                writer.write(answer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


@contextmanager
def running_gateway(tokens: TokenIssuer, urls: dict[str, str], contracts: Path, **limits: object) -> Iterator[str]:
    """The gateway over `urls`, with short times and the given limits."""
    times = {"answer_timeout": 1.0, "upload_timeout": 1.0, "stream_idle_timeout": 30.0, "header_timeout": 1.0, "stop_timeout": 1}
    settings = GatewaySettings.model_validate(
        {
            "port": 0,
            "environment": "test",
            "public_url": "http://probashi.test",
            "issuer": tokens.issuer,
            "audience": tokens.audience,
            "jwks_url": tokens.jwks_url,
            "identity_url": tokens.url,
            "client_id": "svc-gateway",
            "client_secret": SECRET,
            "service_urls": urls,
            "contracts": contracts,
            "requests_per_second": 10_000,
            "request_burst": 10_000,
        }
        | times
        | limits
    )
    with running(uvicorn.Server(configuration(settings))) as url:
        yield url


async def raw(url: str, sent: bytes, *, wait: float = 5, must_close: bool = False) -> bytes:
    """Everything that the server sends back to these bytes until it closes, or goes quiet for `wait` seconds.

    Raises `TimeoutError` where it goes quiet and should have closed.
    """
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    got = b""
    try:
        writer.write(sent)
        await writer.drain()
        while True:
            part = await asyncio.wait_for(reader.read(65_536), wait)
            if not part:
                return got
            got += part
    except ConnectionError:
        return got
    except TimeoutError:
        if must_close:
            raise
        return got
    finally:
        writer.close()
