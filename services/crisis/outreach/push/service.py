"""Which browsers are over: written down before a message is settled, and told to the register until it answers."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from kit.calls import AwayError, Calls, RefusedCallError
from kit.database import Sessions
from kit.messengers import Messenger
from kit.pulse import Pulse, wait_for
from kit.web_push import Vapid
from services.crisis.exposure import clients as register
from services.crisis.outreach.push.clients import WebPush
from services.crisis.outreach.rules import Channel
from services.crisis.outreach.sending import repository

log = logging.getLogger(__name__)

TELLS_AGAIN_S: Final = 60.0


def carriers(state: Mapping[str, Any]) -> Mapping[str, Messenger]:
    """What carries notifications, where the channel is open."""
    vapid: Vapid | None = state["vapid"]
    return {Channel.PUSH: WebPush(state["kept"], vapid, noting(state["sessions"]))} if vapid else {}


def noting(sessions: Sessions) -> Callable[[Sequence[UUID]], Awaitable[None]]:
    async def note(gone: Sequence[UUID]) -> None:
        async with sessions.begin() as session:
            await repository.note_gone(session, gone, datetime.now(UTC))

    return note


async def tell_of_gone(state: Mapping[str, Any]) -> None:
    """Runs until cancelled: the register is told which browsers are over, and again until it answers."""
    sessions: Sessions = state["sessions"]
    calls: Calls = state["calls"]
    pulse: Pulse = state["outreach_pulse"]
    while True:
        beat = pulse.next_beat
        if not await tell_once(sessions, calls):
            await wait_for(beat, TELLS_AGAIN_S)


async def tell_once(sessions: Sessions, calls: Calls) -> bool:
    """Whether some were told of."""
    async with sessions.begin() as session:
        gone = await repository.list_gone(session)
    if not gone:
        return False
    try:
        await register.tell_gone(calls, gone)
    except (AwayError, RefusedCallError) as error:
        log.warning("%s browsers that are gone wait for the register: %s", len(gone), error)
        return False
    async with sessions.begin() as session:
        await repository.forget_gone(session, gone)
    return True
