"""The live desk: server-sent events that say *look again*, and never what changed.

Woken by PostgreSQL, so that whichever replica took a call, all desks ring. A stream carries no state: each desk asks anew for what its
agent may see now, also after a break, so that nothing can be missed. It ends with the token that opened it.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg

from kit.app import keep_running
from kit.auth import Caller
from kit.settings import Settings

CHANNEL: Final = "call_change"
HEARTBEAT_S: Final = 15.0
# A burst of changes is one look: forty desks that ask for each ring of a busy minute would be a storm of their own.
TOGETHER_S: Final = 0.3


class Pulse:
    """One listening connection per process; all its streams wait on it."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._beat = asyncio.Event()

    @property
    def next_beat(self) -> asyncio.Event:
        """Set at the next change. Take it before you say *look again*: a change between the two is then not missed."""
        return self._beat

    def wake(self) -> None:
        beat, self._beat = self._beat, asyncio.Event()
        beat.set()

    async def run(self) -> None:
        """Runs until cancelled. Raises when PostgreSQL goes away: the caller starts it again."""
        connection = await asyncpg.connect(self._database_url, timeout=3, command_timeout=10)
        closed = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: closed.set())
            await connection.add_listener(CHANNEL, lambda *_: self.wake())
            self.wake()  # what changed while nobody listened
            await closed.wait()
            raise ConnectionError("the connection that listens for calls was closed")
        finally:
            await connection.close(timeout=1)


@asynccontextmanager
async def listening(settings: Settings) -> AsyncIterator[Mapping[str, Any]]:
    pulse = Pulse(settings.required_database_url())
    async with asyncio.TaskGroup() as group:
        task = group.create_task(keep_running("calls", pulse.run))
        yield {"desk_pulse": pulse}
        task.cancel()


async def follow(pulse: Pulse, caller: Caller) -> AsyncIterator[bytes]:
    """`desk` at once and at each change; a comment now and then, so that whoever waits knows that the line holds."""
    while time.time() < caller.expires_at:
        beat = pulse.next_beat
        yield b"event: desk\ndata: {}\n\n"
        while not await _beats(beat, caller.expires_at):
            if time.time() >= caller.expires_at:
                return
            yield b": here\n\n"
        await asyncio.sleep(TOGETHER_S)


async def _beats(beat: asyncio.Event, until: float) -> bool:
    try:
        async with asyncio.timeout(max(0.0, min(HEARTBEAT_S, until - time.time()))):
            await beat.wait()
    except TimeoutError:
        return False
    return True
