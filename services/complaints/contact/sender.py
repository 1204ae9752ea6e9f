"""The loop that sends what is due: judged and claimed in one transaction, sent in none, settled in another.

A process that dies in between leaves a row *sending*: a minute later another asks the company what became of it before it sends again.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from kit.crypto import Keyring
from kit.database import Sessions
from kit.messengers import Messenger, NeverSeen, Rejected, Sent, UnclearError
from services.complaints.contact import repository, service
from services.complaints.contact.rules import Channel

IDLE_S: Final = 1.0


async def send_what_is_due(state: Mapping[str, Any]) -> None:
    """Runs until cancelled. Raises when the database goes away: it is started again."""
    while True:
        if not await send_next(state["sessions"], state["keyring"], state["messengers"]):
            await asyncio.sleep(IDLE_S)


async def send_next(sessions: Sessions, keyring: Keyring, messengers: Mapping[Channel, Messenger]) -> bool:
    """Whether there was one to deal with."""
    if not messengers or not await repository.has_due(sessions, datetime.now(UTC), sorted(messengers)):
        return False
    async with sessions.begin() as session:
        ready = await service.begin(session, keyring, frozenset(messengers), datetime.now(UTC))
    if isinstance(ready, bool):
        return ready
    outcome, word = await _carried(messengers[ready.channel], ready)
    async with sessions.begin() as session:
        await service.settle(session, ready.id, outcome, datetime.now(UTC), word=word)
    return True


async def _carried(messenger: Messenger, ready: service.Ready) -> tuple[service.Outcome, str | None]:
    try:
        asked = messenger.outcome(ready.id) if ready.ask_first else messenger.send(ready.to, ready.text, ready.id)
        match await asked:
            case Sent(provider_id):
                return "sent", provider_id
            case Rejected(reason):
                return "failed", reason
            case NeverSeen():
                return "never_seen", None
    except UnclearError as error:
        return "unclear", str(error)
