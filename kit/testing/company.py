"""Somebody outside of this house as a real HTTP server of tests: it listens on a port of its own, and may let a caller wait for ever.

`python -m` of a module that calls `serve` runs one as a process of its own (`in_a_process_of_its_own`), which outlives whatever a test
kills, and ends with whoever began it.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self, TextIO

from aiohttp import web


class Company:
    """`file`: where it writes what it accepted, a line each, before it answers."""

    def __init__(self, file: Path | None = None) -> None:
        self.port = 0
        self._file: TextIO | None = file.open("a", buffering=1) if file else None
        self._hanging: list[asyncio.Future[None]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def route(self, router: web.UrlDispatcher) -> None:
        """What is asked of it, and who answers."""
        raise NotImplementedError

    def note(self, line: str) -> None:
        if self._file:
            self._file.write(line + "\n")

    async def never(self) -> None:
        """Until `let_go`."""
        waits: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._hanging.append(waits)
        await waits

    def let_go(self) -> None:
        for one in self._hanging:
            if not one.done():
                one.set_result(None)
        self._hanging.clear()

    @asynccontextmanager
    async def listening(self, port: int = 0) -> AsyncIterator[Self]:
        app = web.Application()
        self.route(app.router)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            self.let_go()
            await runner.cleanup()


@asynccontextmanager
async def in_a_process_of_its_own(module: str, port: int, folder: Path) -> AsyncIterator[Path]:
    """The file in which it has written what it accepted."""
    accepted = folder / f"{module.rpartition('.')[2]}.txt"
    accepted.touch()
    command = (sys.executable, "-m", module, str(port), str(accepted))
    process = await asyncio.create_subprocess_exec(*command, cwd=Path(__file__).parents[2], stdin=asyncio.subprocess.PIPE)
    try:
        yield accepted
    finally:
        process.kill()
        await process.wait()


async def serve(company: Company, port: int) -> None:
    """Until its input ends: nobody writes there, and it ends with whoever began this process, however they died."""
    over = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), over.set)
    async with company.listening(port):
        await over.wait()
