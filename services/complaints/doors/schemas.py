"""What goes in and out of the open doors."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from contracts.text import Bilingual, Text
from services.complaints.rules import Channel
from services.complaints.schemas import ComplaintIn, ComplaintRow, In, ReceiptOut
from services.complaints.tracking.schemas import SecretOut

_ONLY_WEB = Text("Here complaints come by the web only.", "এখানে শুধু ওয়েবের মাধ্যমে অভিযোগ নেওয়া হয়।")


class PublicComplaintIn(ComplaintIn):
    """A complaint without an account.

    `website` is not shown to people; `filled_in_s`: how long the form was open. Neither refuses anybody.
    """

    channel: Channel = Channel.WEB
    website: Annotated[str, Field(max_length=2000)] = ""
    filled_in_s: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _comes_by_the_web(self) -> Self:
        if self.channel is not Channel.WEB:
            raise ValueError(_ONLY_WEB)
        return self


class PublicReceiptOut(ReceiptOut):
    """With the secret to follow it, shown once."""

    key: SecretOut


class TextIn(In):
    text: Annotated[str, Field(max_length=20_000)]


class TextOut(BaseModel):
    """`looks_old`: ask whether `converted` is what was meant. Both stay as they are until a person has chosen."""

    looks_old: bool
    converted: str


class DoubtOut(BaseModel):
    complaint: ComplaintRow
    reasons: list[str]
    reason_labels: list[Bilingual]
    at: datetime


class ReceivedOut(BaseModel):
    """What a company that brings messages is told: how many were new."""

    taken: int


class LookedOut(BaseModel):
    id: UUID
