"""The service of partners for its tests, and a partner's own server."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse

from runner.testing import APP_OPTIONS, served, service_fixture
from services.partners.hooks.settings import Sending

# Tests send themselves, when they want it.
APP_OPTIONS["partners"] = {"sending": Sending(send_hooks=False)}
partners = service_fixture("partners")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(slots=True)
class Receiver:
    """A partner's server, and what it was sent. `answers`: per path, one status for each call; 200 when they are used up."""

    url: str
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: dict[str, list[int]] = field(default_factory=dict)
    held: asyncio.Event = field(default_factory=asyncio.Event)
    hold_after: int = 1_000_000

    def ids(self, path: str = "good") -> list[str]:
        return [headers["webhook-id"] for at, headers, _ in self.got if at == path]

    def let_go(self) -> None:
        """Of what is held, and of nothing more."""
        self.hold_after = 1_000_000
        self.held.set()
        self.held = asyncio.Event()

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/{path}")
        async def take_in(path: str, request: Request) -> Response:
            self.got.append((path, dict(request.headers), await request.body()))
            if path == "never" or (path == "good" and len(self.got) > self.hold_after):
                await self.held.wait()
            if path == "away":
                return Response(status_code=301, headers={"Location": f"{self.url}/inside"})
            if path == "endless":
                return StreamingResponse(endless())
            waiting = self.answers.get(path)
            return Response(status_code=waiting.pop(0) if waiting else 204)

        return app


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield b"x" * 65_536
        await asyncio.sleep(0)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    port = free_port()
    one = Receiver(f"http://127.0.0.1:{port}")
    async with served(one.app(), port):
        yield one
        one.let_go()
