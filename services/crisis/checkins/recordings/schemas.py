"""What a reader of a text is told of what came with it."""

from uuid import UUID

from pydantic import BaseModel

from contracts.text import Bilingual


class RecordingOut(BaseModel):
    """`state`: waiting, kept, lost or forgotten; kept, it is read at `/v1/crisis/texts/{id}/recording`. `says`: why it is not."""

    text: UUID
    sent_as: str
    sent_as_label: Bilingual
    state: str
    says: Bilingual | None
    fault: str | None
    media_type: str | None
    size: int | None
