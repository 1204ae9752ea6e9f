"""Several browsers of one person: she has it by one, and another was busy or silent. It is tried again, and her row of the ledger stays.

As long as it asked for (`Retry-After`) and longer each time, never beyond the end of the warning, not once she answered, and not once
something newer of the same chain was written for her: that has the same topic, and would be replaced by what is older.
"""

import asyncio
import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from kit.crypto import SealError, UnknownKeyError
from kit.messengers import NotNowError, UnclearError
from kit.pulse import Pulse, seconds_until, wait_for
from services.crisis.outreach.lists import REACH
from services.crisis.outreach.push import service as push
from services.crisis.outreach.push.clients import SentInPart
from services.crisis.outreach.repository import alerts_by_id
from services.crisis.outreach.rules import Suppressed, Wait
from services.crisis.outreach.sending.left import repository
from services.crisis.outreach.sending.repository import Claimed, Left, leave, spend
from services.crisis.outreach.sending.service import Line, judged, later, left_of, lines, pause_after, text_of
from services.crisis.warnings.models import Alert

log = logging.getLogger(__name__)

AT_ONCE: Final = 64
IDLE_S: Final = 30.0


async def send_what_is_left(state: Mapping[str, Any]) -> None:
    """Runs until cancelled. Nothing to do where the channel is closed."""
    pulse: Pulse = state["outreach_pulse"]
    found = lines(state, push.carriers(state), is_drill=False)
    if not found:
        await asyncio.Event().wait()  # a loop that ends would be started again
    [line] = found
    while True:
        beat = pulse.next_beat
        if not await send_once(line):
            async with line.sessions.begin() as session:
                due = await repository.next_due(session)
            await wait_for(beat, seconds_until(due, datetime.now(UTC), IDLE_S))


async def send_once(line: Line) -> bool:
    """Whether there was anything due."""
    now = datetime.now(UTC)
    async with line.sessions.begin() as session:
        claimed = await repository.claim(session, AT_ONCE, now, now + timedelta(seconds=REACH.lost_after_s))
        alerts = await alerts_by_id(session, list({one.alert_id for one in claimed}))
        if claimed and line.per_second is not None:
            await spend(session, line.channel, len(claimed))
    if not claimed:
        return False
    found = await asyncio.gather(*(_try(line, one, alerts[one.alert_id]) for one in claimed))
    async with line.sessions.begin() as session:
        await leave(session, [one for one in found if isinstance(one, Left)])
        await repository.drop(session, [one for one in found if isinstance(one, UUID)])
    return True


async def _try(line: Line, message: Claimed, alert: Alert) -> Left | UUID:
    """What is left afterwards; its id where that is nothing."""
    now = datetime.now(UTC)
    try:
        contact = json.loads(line.keyring.open(message.contact, "recipient.contact"))
    except (SealError, UnknownKeyError) as error:
        log.error("what is left of %s cannot be opened: %s", message.id, type(error).__name__)  # noqa: TRY400 - the trace would add nothing
        return message.id
    verdict = judged(message, alert, contact["rule"], now)
    if isinstance(verdict, Suppressed):
        return message.id
    if isinstance(verdict, Wait):
        return later(message, message.contact, verdict.until)
    try:
        answer = await line.messenger.send(contact["to"], text_of(line, message, alert, verdict.wording), message.id)
    except UnclearError as error:
        after = error.after if isinstance(error, NotNowError) else timedelta()
        return later(message, message.contact, now + pause_after(message.attempts, after))
    return left_of(line, message, contact, answer, now) if isinstance(answer, SentInPart) else message.id
