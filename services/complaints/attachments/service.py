"""Use cases: begin an upload, take a part, complete it, show a file.

A part is stored as a file of its own, so that any replica takes the next one. What is not completed in time is swept by a timer.
"""

import asyncio
import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Text
from kit.crypto import Keyring
from kit.errors import ConflictError, NotFoundError
from kit.files import Files, StoredFile, WrongDigestError, one_part, too_large
from kit.ids import new_id
from kit.media import PICTURES
from kit.pictures import PictureError, clean_copy
from kit.timer import DueTimer, TimerHandler, schedule
from services.complaints import service as complaints
from services.complaints.attachments import repository, rules
from services.complaints.attachments.models import Attachment, Upload, UploadPart
from services.complaints.attachments.schemas import UploadIn
from services.complaints.models import Complaint
from services.complaints.settings import Doors

# Well below the gateway's megabyte: a part that a bad line cuts is sent again whole.
PART: Final = 256 * 1024
MOST_PART: Final = 1024 * 1024
SWEEP: Final = "upload.sweep"


class NoRoomError(ConflictError):
    slug = "no-room-for-files"
    title = Text("This complaint has as many files as it takes.", "এই অভিযোগে আর ফাইল যোগ করার জায়গা নেই।")


class WrongOffsetError(ConflictError):
    """`offset` says from which byte on to send."""

    slug = "wrong-offset"
    title = Text("This part does not follow what is here already.", "এই অংশটি আগের অংশের পরের নয়।")


class IncompleteError(ConflictError):
    slug = "upload-incomplete"
    title = Text("Some parts of the file are still missing.", "ফাইলের কিছু অংশ এখনো আসেনি।")


async def begin_upload(session: AsyncSession, keyring: Keyring, complaint: Complaint, wanted: UploadIn, *, by: str, doors: Doors) -> Upload:
    """Called while holding the complaint's row: limits are counted one by one. Raises `FileTooLargeError`, `NoRoomError`."""
    now = datetime.now(UTC)
    if wanted.length > doors.most_per_file:
        raise too_large(doors.most_per_file)
    files, held = await repository.held(session, complaint.id, now)
    if not rules.has_room(
        files=files, bytes_held=held, more=wanted.length, most_files=doors.most_files, most_bytes=doors.most_per_complaint
    ):
        raise NoRoomError
    return await open_upload(session, keyring, complaint, wanted, by=by, doors=doors)


async def open_upload(
    session: AsyncSession, keyring: Keyring, complaint: Complaint, wanted: UploadIn, *, by: str, doors: Doors, question: UUID | None = None
) -> Upload:
    """Of whoever has looked that there is room. `question`: it comes with an answer to it."""
    now = datetime.now(UTC)
    upload = Upload(
        id=new_id(),
        complaint_id=complaint.id,
        by=by,
        kind=wanted.kind or "",
        name=keyring.seal(wanted.name, "attachment.name") if wanted.name else None,
        length=wanted.length,
        received=0,
        sha256=bytes.fromhex(wanted.sha256) if wanted.sha256 else None,
        at=now,
        expires_at=now + timedelta(hours=doors.upload_hours),
        question_id=question,
    )
    session.add(upload)
    await schedule(session, upload.expires_at, SWEEP, upload.id)
    await session.flush()
    return upload


async def find_upload(session: AsyncSession, upload_id: UUID, *, by: str, question: UUID | None = None, lock: bool = False) -> Upload:
    """Raises `NotFoundError` also for what is over or another's."""
    upload = await repository.find_upload(session, upload_id, by=by, now=datetime.now(UTC), question=question, lock=lock)
    if upload is None:
        raise NotFoundError
    return upload


async def take_part(session: AsyncSession, files: Files, upload: Upload, offset: int, content: bytes) -> int:
    """How many bytes are here now. Called while holding the upload's row. Raises `WrongOffsetError` with the offset to send from.

    The same part twice, or one that overlaps what is here, does nothing twice.
    """
    new = rules.useful_part(received=upload.received, offset=offset, size=len(content), length=upload.length)
    if new is None:
        raise WrongOffsetError(offset=upload.received, headers={"Upload-Offset": str(upload.received)})
    useful = content[new]
    if useful:
        stored = await files.put(one_part(useful), most=MOST_PART)
        session.add(UploadPart(upload_id=upload.id, start=upload.received, size=len(useful), file_id=stored.id))
        upload.received += len(useful)
        await session.flush()
    return upload.received


@dataclass(frozen=True, slots=True)
class Adding:
    """Who adds a file, by which door, and where it is kept."""

    files: Files
    keyring: Keyring
    doors: Doors
    by: str
    channel: str


async def complete_upload(session: AsyncSession, adding: Adding, complaint: Complaint, upload: Upload) -> Attachment:
    """Called while holding both rows; a second call gives the same. Raises `IncompleteError`, `WrongKindError`, `WrongDigestError`."""
    if upload.attachment_id is not None:
        kept = await repository.find_attachment(session, complaint.id, upload.attachment_id)
        if kept is None:
            raise NotFoundError
        return kept
    stored = await store_upload(session, adding.files, upload)
    attachment = await attach(session, adding, complaint, stored, name=upload.name, named_kind=upload.kind)
    upload.attachment_id = attachment.id
    # The parts are of no more use; a timer takes them away once this is certain.
    await schedule(session, datetime.now(UTC), SWEEP, upload.id)
    return attachment


async def store_upload(session: AsyncSession, files: Files, upload: Upload) -> StoredFile:
    """The whole of it, judged by its content. Raises `IncompleteError`, `WrongKindError`, `WrongDigestError`."""
    if upload.received < upload.length:
        raise IncompleteError(offset=upload.received)
    parts = await repository.parts_of(session, upload.id)
    stored = await files.put(_joined(files, [one.file_id for one in parts]), most=upload.length, kinds=rules.TAKEN)
    if upload.sha256 is not None and not hmac.compare_digest(upload.sha256, stored.sha256):
        await files.delete(stored.id)
        raise WrongDigestError
    return stored


async def attach(
    session: AsyncSession, adding: Adding, complaint: Complaint, stored: StoredFile, *, name: bytes | None = None, named_kind: str = ""
) -> Attachment:
    """A stored file becomes part of the complaint, noted in its history. What is there already stays one. Called while holding its row."""
    same = await repository.find_same(session, complaint.id, stored.sha256)
    if same is not None:
        await adding.files.delete(stored.id)
        return same
    shown = await shown_copy(adding.files, stored)
    now = datetime.now(UTC)
    attachment = Attachment(
        id=new_id(),
        complaint_id=complaint.id,
        kind=rules.kind_for(named_kind, stored.media_type),
        name=name,
        media_type=stored.media_type,
        size=stored.size,
        sha256=stored.sha256,
        file_id=stored.id,
        shown_file_id=shown.id if shown else None,
        shown_size=shown.size if shown else None,
        channel=adding.channel,
        by=adding.by,
        at=now,
    )
    session.add(attachment)
    await session.flush()
    detail = {"attachment": str(attachment.id), "kind": attachment.kind, "sha256": stored.sha256.hex()}
    await complaints.note_happening(session, complaint, "document_added", by=adding.by, at=now, detail=detail)
    return attachment


async def shown_copy(files: Files, stored: StoredFile) -> StoredFile | None:
    """None for what is no photo, or cannot be drawn: it is then given to those who handle the complaint as it came."""
    if stored.media_type not in PICTURES:
        return None
    original = b"".join([part async for part in files.open(stored.id)])
    try:
        drawn = await asyncio.to_thread(clean_copy, original)
    except PictureError:
        return None
    return await files.put(one_part(drawn), most=len(drawn))


async def _joined(files: Files, ids: list[UUID]) -> AsyncIterator[bytes]:
    for one in ids:
        async for part in files.open(one):
            yield part


def timers(files: Files) -> dict[str, TimerHandler]:
    async def sweep(session: AsyncSession, due: DueTimer) -> None:
        """Parts of an upload that is complete or over. Files first: what is gone already is no harm, a row without its files would be."""
        for part in await repository.parts_of(session, due.record):
            await files.delete(part.file_id)
        await repository.forget_parts(session, due.record)
        await repository.forget_upload(session, due.record)

    return {SWEEP: sweep}
