"""What goes in and out of the API of files."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from contracts.text import Bilingual
from kit.text import ONE_LINE
from services.complaints.schemas import In

FileKind = Literal["photo", "voice", "receipt", "contract", "passport", "other"]


class UploadIn(In):
    """`sha256` (hex) of the whole file, where the sender can work it out: then what arrives is compared with it."""

    length: Annotated[int, Field(gt=0)]
    name: Annotated[str, Field(max_length=200), ONE_LINE] = ""
    kind: FileKind | None = None
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None


class UploadOut(BaseModel):
    """Send parts of at most `part_size` bytes from `offset` on."""

    id: UUID
    offset: int
    length: int
    part_size: int
    expires_at: datetime


class AttachmentOut(BaseModel):
    """`sha256` is of the file as it came. `may_show`: a page may show it in place (a clean copy of a photo, a sound)."""

    id: UUID
    kind: str
    kind_label: Bilingual
    name: str | None
    media_type: str
    size: int
    sha256: str
    at: datetime
    channel: str
    may_show: bool


class AttachmentsOut(BaseModel):
    items: list[AttachmentOut]
