"""What a reader is told of a file, and which of its two forms they get."""

from typing import Final, Protocol
from urllib.parse import quote
from uuid import UUID

from starlette.responses import StreamingResponse

from contracts.text import Bilingual
from kit.crypto import Keyring
from kit.files import Files, file_response
from kit.media import EXTENSIONS, SOUNDS
from services.complaints.attachments import rules
from services.complaints.attachments.models import Attachment, Upload
from services.complaints.attachments.schemas import AttachmentOut, UploadOut
from services.complaints.attachments.service import PART

_BY_TYPE: Final = {str(kind): extension for kind, extension in EXTENSIONS.items()}


def attachment_of(one: Attachment, keyring: Keyring) -> AttachmentOut:
    return AttachmentOut(
        id=one.id,
        kind=one.kind,
        kind_label=Bilingual.of(rules.KIND_WORDS[one.kind]),
        name=keyring.open(one.name, "attachment.name") if one.name else None,
        media_type=one.media_type,
        size=one.size,
        sha256=one.sha256.hex(),
        at=one.at,
        channel=one.channel,
        may_show=one.shown_file_id is not None or one.media_type in SOUNDS,
    )


def upload_of(upload: Upload) -> UploadOut:
    return UploadOut(id=upload.id, offset=upload.received, length=upload.length, part_size=PART, expires_at=upload.expires_at)


class Kept(Protocol):
    """A file of a complaint or of an answer: the original, and the copy of a photo that others may see."""

    id: UUID
    media_type: str
    size: int
    file_id: UUID
    shown_file_id: UUID | None
    shown_size: int | None


def content_of(one: Kept, files: Files, reference: str, *, original: bool) -> StreamingResponse:
    """The copy of a photo unless the original is asked for. Saved under the reference: a name that the sender chose may say too much."""
    shown = one.shown_file_id if not original else None
    media_type = "image/jpeg" if shown else one.media_type
    name = f"{quote(reference)}-{one.id.hex[-6:]}.{_BY_TYPE.get(media_type, 'bin')}"
    return file_response(files.open(shown or one.file_id), media_type, name=name, size=one.shown_size if shown else one.size)
