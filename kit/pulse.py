"""What open streams wait on: PostgreSQL tells of a change, so that whichever replica made it, all know."""

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import Final

import asyncpg


class Pulse:
    """One listening connection per process; all its streams wait on it."""

    def __init__(self, database_url: str, channel: str) -> None:
        self._database_url = database_url
        self._channel = channel
        self._beat = asyncio.Event()

    @property
    def next_beat(self) -> asyncio.Event:
        """Set at the next change. Take it before you look: a change between the look and the wait is then not missed."""
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
            await connection.add_listener(self._channel, lambda *_: self.wake())
            self.wake()  # what changed while nobody listened
            await closed.wait()
            raise ConnectionError("the connection that listens for changes was closed")
        finally:
            await connection.close(timeout=1)


LOCKED_S: Final = 1.0


def seconds_until(due: datetime | None, now: datetime, longest_s: float) -> float:
    """How long to wait for what is due then. What is due and was not to be had is another replica's, and ours soon should that one die."""
    if due is None:
        return longest_s
    return min((due - now).total_seconds(), longest_s) if due > now else LOCKED_S


async def wait_for(beat: asyncio.Event, seconds: float) -> None:
    """Until the beat, or for so long."""
    # Not asyncio.wait_for: that of Python 3.11 can lose the cancellation that comes with its end.
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await beat.wait()
