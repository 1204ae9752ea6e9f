"""Use cases: note what came with a text, tell of it, let an officer hear or see it."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Bilingual, Text
from kit.access_log import record_access
from kit.auth import Caller
from kit.bringers import Incoming
from kit.crypto import Keyring
from kit.errors import ConflictError, NotFoundError
from kit.files import FileGoneError, StoredFile
from services.crisis.checkins.recordings import repository, rules
from services.crisis.checkins.recordings.models import CrisisRecording
from services.crisis.checkins.recordings.rules import Fault, SentAs, State
from services.crisis.checkins.recordings.schemas import RecordingOut
from services.crisis.outreach.access import countries_of

MEDIA_ID: Final = "crisis_recording.media_id"


class NotHereYetError(ConflictError):
    """Raised with `fault`."""

    slug = "recording-not-here"
    title = Text("The recording has not come yet.", "রেকর্ডিংটি এখনো আসেনি।")


async def note(session: AsyncSession, keyring: Keyring, text_id: UUID, provider: str, incoming: Incoming, now: datetime) -> None:
    """To be fetched after the commit; woken by the text itself."""
    if incoming.media is None:
        return
    values = {
        "text_id": text_id,
        "provider": provider,
        "media_id": keyring.seal(incoming.media, MEDIA_ID),
        "sent_as": rules.sent_as(incoming.kind),
        "state": State.WAITING,
        "received_at": now,
        "attempts": 0,
        "next_try": now,
    }
    await repository.add(session, values)


async def told_of(session: AsyncSession, texts: Collection[UUID]) -> dict[UUID, RecordingOut]:
    return {text_id: recording_out(one) for text_id, one in (await repository.of_texts(session, texts)).items()}


def recording_out(one: CrisisRecording) -> RecordingOut:
    said = rules.says(State(one.state), Fault(one.fault) if one.fault else None)
    return RecordingOut(
        text=one.text_id,
        sent_as=one.sent_as,
        sent_as_label=Bilingual.of(rules.SENT_AS_WORDS[SentAs(one.sent_as)]),
        state=one.state,
        says=Bilingual.of(said) if said else None,
        fault=one.fault,
        media_type=one.media_type,
        size=one.size,
    )


async def opened(session: AsyncSession, caller: Caller, text_id: UUID) -> StoredFile:
    """To be heard or seen, which is noted. Raises `NotFoundError` also for another's, `NotHereYetError`, `FileGoneError`."""
    found = await repository.find(session, text_id, countries_of(caller))
    if found is None:
        raise NotFoundError
    if found.state == State.WAITING:
        raise NotHereYetError(fault=found.fault)
    if found.state != State.KEPT or found.file_id is None:
        raise FileGoneError
    kept = StoredFile(found.file_id, found.size or 0, found.sha256 or b"", found.media_type or "")
    await record_access(session, caller, [text_id], record_type="crisis_text", purpose="crisis.texts", fields=("recording",))
    return kept
