"""Whether a process answers: asked the same way by `up`, which waits for it, and by `status`, which reports it."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from runner.place import HOST

_ANSWER_WITHIN: Final = 2.0
_OK: Final = range(200, 300)
_STATUS_LINE: Final = 7


@dataclass(frozen=True, slots=True)
class Probe:
    """`where` is a path for `http`, the data folder for `postgres`, empty for `tcp`."""

    kind: Literal["tcp", "http", "postgres"]
    port: int
    where: str = ""

    async def answers(self) -> bool:
        try:
            async with asyncio.timeout(_ANSWER_WITHIN):
                return await self._ask()
        except (OSError, ValueError, IndexError, TimeoutError, asyncio.IncompleteReadError):
            return False

    async def _ask(self) -> bool:
        reader, writer = await asyncio.open_connection(HOST, self.port)
        try:
            if self.kind == "http":
                writer.write(f"GET {self.where} HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nConnection: close\r\n\r\n".encode())
                status_line = await reader.readuntil(b"\r\n")
                return int(status_line.split()[1]) in _OK
        finally:
            writer.close()
        return self.kind == "tcp" or _accepts_connections(Path(self.where))


def _accepts_connections(data: Path) -> bool:
    """PostgreSQL listens while it still recovers from a crash; the last line of its pid file tells when it is done."""
    lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    return lines[_STATUS_LINE].strip() == "ready"
