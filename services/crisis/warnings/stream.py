"""The live stream of warnings: server-sent events, woken by PostgreSQL, so that whichever replica took the warning, all tell of it.

A stream holds no session between two looks, and ends with the token that opened it: rights that were taken back do not live on in it.
"""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.database import Sessions
from kit.errors import is_connection_loss
from kit.pulse import Pulse
from services.crisis.warnings import service

# What a reader is told from a position on, the position to go on from, and whether more waits behind it.
Look = Callable[[AsyncSession, Caller, int], Awaitable[tuple[Sequence[tuple[int, BaseModel]], int, bool]]]

log = logging.getLogger(__name__)

CHANNEL: Final = "alert_change"
HEARTBEAT_S: Final = 15.0
_POSITION: Final = re.compile("[0-9]{1,18}")


def position_in(last_event_id: str) -> int | None:
    """None for what no stream ever gave: a browser repeats whatever it holds, and a refusal would end its watch for good."""
    return int(last_event_id) if _POSITION.fullmatch(last_event_id) else None


async def follow(
    sessions: Sessions, pulse: Pulse, caller: Caller, position: int | None, look: Look = service.changes_since
) -> AsyncIterator[bytes]:
    """Events as bytes, from `position` on, or from now where it is None. Begins with `ready`, so that the reader knows where it stands."""
    try:
        async with sessions.begin() as session:
            position = await service.start_of(session, position)
        yield _event("ready", position, b"{}")
        while time.time() < caller.expires_at:
            beat = pulse.next_beat
            async with sessions.begin() as session:
                changes, position, more = await look(session, caller, position)
            for place, change in changes:
                yield _event("alert", place, change.model_dump_json().encode())
            if not more and not await _wait(beat, caller.expires_at):
                yield b": here\n\n"
    except Exception as error:
        if not is_connection_loss(error):
            raise
        log.warning("a stream of warnings ends: %s", type(error).__name__)
        # The stream ends; the reader comes back with Last-Event-ID and misses nothing.


async def _wait(beat: asyncio.Event, until: float) -> bool:
    try:
        await asyncio.wait_for(beat.wait(), max(0.0, min(HEARTBEAT_S, until - time.time())))
    except TimeoutError:
        return False
    return True


def _event(name: str, position: int, data: bytes) -> bytes:
    return b"event: %b\nid: %d\ndata: %b\n\n" % (name.encode(), position, data)
