"""The loop that fetches recordings from the company that holds them: claimed in one transaction, fetched in none, kept in another."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from kit.bringers import Bringer, MediaGoneError, MediaNotNowError
from kit.crypto import Keyring
from kit.database import Sessions
from kit.errors import ProblemError
from kit.files import Files, StoredFile, one_part, too_large
from kit.outward import Bounds, Outward, OutwardError, Refused
from kit.pauses import growing_pause
from services.complaints import service as complaints
from services.complaints.attachments import service as attachments
from services.complaints.attachments.rules import TAKEN
from services.complaints.doors import repository
from services.complaints.settings import Doors

log = logging.getLogger(__name__)

IDLE_S: Final = 1.0
MOST_TRIES: Final = 12
LONGEST_PAUSE: Final = timedelta(minutes=15)
FETCHED_WITHIN_S: Final = 60.0


async def fetch_what_waits(state: Mapping[str, Any]) -> None:
    """Runs until cancelled. Raises when the database goes away: it is started again."""
    while True:
        if not await fetch_next(state):
            await asyncio.sleep(IDLE_S)


async def fetch_next(state: Mapping[str, Any]) -> bool:
    """Whether there was one."""
    sessions: Sessions = state["sessions"]
    keyring: Keyring = state["keyring"]
    now = datetime.now(UTC)
    if not await repository.media_waits(sessions, now):
        return False
    async with sessions.begin() as session:
        message = await repository.claim_media(session, now)
        if message is None:
            return False
        message.attempts += 1
        message.next_try = now + growing_pause(message.attempts, LONGEST_PAUSE)
        last, provider, message_id = message.attempts >= MOST_TRIES, message.provider, message.id
        media_id = keyring.open(message.media_id or b"", "inbound_message.media_id")
    bringer: Bringer | None = state["bringers"].get(provider)
    try:
        stored = await _fetched(state["outward"], bringer, media_id, state["files"], state["doors"])
    except (OutwardError, MediaNotNowError, OSError) as error:
        log.warning("a recording could not be fetched: %s", type(error).__name__ if isinstance(error, OSError) else error.reason)
        if last:
            await _give_up(sessions, message_id, "not_reached")
        return True
    except (MediaGoneError, ProblemError) as error:
        await _give_up(sessions, message_id, error.slug if isinstance(error, ProblemError) else "gone")
        return True
    await _keep(sessions, state, message_id, stored)
    return True


async def _fetched(outward: Outward, bringer: Bringer | None, media_id: str, files: Files, doors: Doors) -> StoredFile:
    if bringer is None:
        raise MediaGoneError(media_id)
    try:
        content = await bringer.media(outward, media_id, Bounds(body=doors.most_per_file, seconds=FETCHED_WITHIN_S))
    except OutwardError as error:
        if error.reason is Refused.SIZE:
            raise too_large(doors.most_per_file) from error
        raise
    return await files.put(one_part(content), most=doors.most_per_file, kinds=TAKEN)


async def _keep(sessions: Sessions, state: Mapping[str, Any], message_id: UUID, stored: StoredFile) -> None:
    async with sessions.begin() as session:
        message = await repository.find_inbound(session, message_id)
        if message is None or message.complaint_id is None or message.state != "media_waiting":
            await state["files"].delete(stored.id)
            return
        complaint = await repository.locked(session, message.complaint_id)
        adding = attachments.Adding(state["files"], state["keyring"], state["doors"], f"door:{message.provider}", message.provider)
        await attachments.attach(session, adding, complaint, stored)
        message.state = "media_stored"


async def _give_up(sessions: Sessions, message_id: UUID, why: str) -> None:
    """Said in the history: an officer asks the person for it again."""
    async with sessions.begin() as session:
        message = await repository.find_inbound(session, message_id)
        if message is None or message.complaint_id is None or message.state != "media_waiting":
            return
        message.state = "media_gone"
        complaint = await repository.locked(session, message.complaint_id)
        by, now = f"door:{message.provider}", datetime.now(UTC)
        await complaints.note_happening(session, complaint, "recording_lost", by=by, at=now, detail={"why": why})
