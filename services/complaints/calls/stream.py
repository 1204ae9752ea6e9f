"""The live desk: server-sent events that say *look again*, and never what changed.

Woken by PostgreSQL, so that whichever replica took a call, all desks ring. A stream carries no state: each desk asks anew for what its
agent may see now, also after a break, so that nothing can be missed. It ends with the token that opened it.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from kit.app import keep_running
from kit.auth import Caller
from kit.pulse import Pulse
from kit.settings import Settings

CHANNEL: Final = "call_change"
HEARTBEAT_S: Final = 15.0
# A burst of changes is one look: forty desks that ask for each ring of a busy minute would be a storm of their own.
TOGETHER_S: Final = 0.3


@asynccontextmanager
async def listening(settings: Settings) -> AsyncIterator[Mapping[str, Any]]:
    pulse = Pulse(settings.required_database_url(), CHANNEL)
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
