"""What goes in and out of the status page's API. A secret and a reference travel in bodies only."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from contracts.text import Bilingual
from kit.reference import typed
from kit.spoken import from_keypad
from kit.strangers import read_secret
from kit.text import PARAGRAPHS, Phone
from services.complaints.schemas import In
from services.complaints.service import PREFIX

Secret = Annotated[str, Field(max_length=40), AfterValidator(read_secret)]


class EntryIn(In):
    """`phone`: the number that was given with the complaint, where it is asked for."""

    reference: Annotated[str, Field(max_length=40), typed(PREFIX)]
    secret: Secret
    phone: Phone | None = None


class KeypadIn(In):
    """What was typed on a telephone's keys. `caller`: its number, as the telephone company tells it."""

    reference: Annotated[str, Field(max_length=20), AfterValidator(lambda typed: from_keypad(typed, PREFIX))]
    secret: Secret
    caller: Phone | None = None


class DeadlineOut(BaseModel):
    name: Bilingual
    due: datetime


class DocumentOut(BaseModel):
    kind: str
    kind_label: Bilingual
    at: datetime
    size: int


class MayOut(BaseModel):
    add_document: bool
    withdraw: bool
    appeal: bool
    give_feedback: bool


class AnswerPaperOut(BaseModel):
    """A paper of the other side that the office lets the complainant see."""

    id: UUID
    media_type: str
    size: int
    added_at: datetime


class StatusOut(BaseModel):
    """Of a restricted complaint only that it exists and what comes next: the screen may be somebody else's."""

    reference: str
    restricted: bool
    status_label: Bilingual | None
    category: Bilingual | None
    office: Bilingual | None
    lodged_at: datetime | None
    next_step: Bilingual
    deadlines: list[DeadlineOut]
    documents: list[DocumentOut]
    answers: list[AnswerPaperOut] = []
    may: MayOut


class EnteredOut(BaseModel):
    """`token` goes into the header `Tracking`."""

    token: str
    expires_at: datetime
    status: StatusOut


class SpokenOut(BaseModel):
    """What a telephone menu says."""

    say: Bilingual


class SecretOut(BaseModel):
    """Shown once. `spoken`: to be read aloud. `keypad_number`: the reference for the keys of a telephone."""

    reference: str
    secret: str
    spoken_reference: Bilingual
    spoken_secret: Bilingual
    keypad_number: str


class WithdrawalIn(In):
    reason: Annotated[str, Field(max_length=2000), PARAGRAPHS] = ""


class AppealedOut(BaseModel):
    """The appeal is a case of its own, with a reference and a secret of its own, shown once."""

    key: SecretOut


class AppealIn(In):
    grounds: Annotated[str, Field(min_length=1, max_length=5000), PARAGRAPHS]
