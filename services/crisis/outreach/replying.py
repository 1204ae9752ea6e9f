"""An answer to somebody who wrote: a row of the ledger like any other, in the first lane, to the number that the text came from."""

import json
import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from kit.crypto import Keyring
from kit.ids import new_id
from kit.safe_contact import segments
from services.crisis.outreach import repository
from services.crisis.outreach.models import Recipient
from services.crisis.outreach.rules import Channel, Purpose, State

WAITS: Final = timedelta(hours=24)


async def reply(session: AsyncSession, keyring: Keyring, of: Recipient, to: tuple[Channel, str], text: str, now: datetime) -> None:
    """`of`: the row by which the writer was known; `to`: by which way, and where. Of a drill nothing is answered but by the recorder."""
    channel, address = to
    row = of.model_dump(
        include={"is_drill", "alert_id", "root", "kind", "person", "source", "level", "language", "country", "flags", "job_id"}
    )
    row |= {
        "id": new_id(),
        # Each answer is a message of its own.
        "version": secrets.randbits(31),
        "purpose": Purpose.ANSWER,
        "lane": 0,
        "channel": channel,
        "rung": 0,
        "parts": segments(text),
        "state": State.QUEUED,
        "contact": keyring.seal(json.dumps({"to": address, "rule": None, "text": text}), "recipient.contact"),
        "phone_index": None,
        "due": now,
        "not_after": now + WAITS,
        "attempts": 0,
        "queued_at": now,
    }
    await repository.add_recipients(session, [row])
    await repository.wake(session)
