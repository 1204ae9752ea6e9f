"""What goes in and out of check-ins. Tokens travel in bodies, never in an address of the API."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from contracts.text import Bilingual, Text
from kit.safe_contact import MOST_SEGMENTS, segments
from kit.text import EITHER_SCRIPT, ONE_LINE, PARAGRAPHS
from kit.web_push import Subscription
from services.crisis.checkins.lists import ANSWERS
from services.crisis.checkins.recordings.schemas import RecordingOut
from services.crisis.checkins.rules import Reporter, Status

_UNKNOWN_NEED = Text("Choose needs of the list.", "তালিকা থেকে প্রয়োজন বেছে নিন।")
_TOO_LONG = Text("An answer goes by text: at most two parts, 134 characters of Bangla.", "উত্তর এসএমএসে যায়: সর্বোচ্চ দুই অংশ, বাংলায় ১৩৪ অক্ষর।")


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


Token = Annotated[str, Field(min_length=16, max_length=40)]


class OpenIn(_In):
    token: Token


class PushIn(_In):
    """A browser that shows notifications to the person of the link from now on."""

    token: Token
    subscription: Subscription


class SaidIn(_In):
    """`people_with`: others who are with this person and for whom the answer holds too. `observed_at`: when it was so; now unless said."""

    status: Status
    people_with: Annotated[int, Field(ge=0, le=500), EITHER_SCRIPT] = 0
    needs: Annotated[list[str], Field(max_length=20)] = []
    place: Annotated[str, Field(max_length=300), ONE_LINE] = ""
    note: Annotated[str, Field(max_length=1000), PARAGRAPHS] = ""

    @field_validator("needs")
    @classmethod
    def _known(cls, needs: list[str]) -> list[str]:
        if set(needs) - ANSWERS.needs.keys():
            raise ValueError(_UNKNOWN_NEED)
        return sorted(set(needs))


class CheckinIn(SaidIn):
    token: Token


class ReportIn(SaidIn):
    """What an officer heard or saw, or what a relative or an employer told them. `document`: which paper says that somebody has died."""

    person: UUID
    reporter: Literal[Reporter.OFFICER, Reporter.PROXY, Reporter.EMPLOYER] = Reporter.OFFICER
    made_contact: bool = False
    observed_at: AwareDatetime | None = None
    document: Annotated[str, Field(max_length=300), ONE_LINE] = ""


class QuestionIn(_In):
    token: Token
    text: Annotated[str, Field(min_length=1, max_length=1000), PARAGRAPHS]


class ChoiceOut(BaseModel):
    code: str
    label: Bilingual


class InstructionOut(BaseModel):
    """What the warning itself says, in one language of its own (BCP 47)."""

    language: str
    headline: str | None
    description: str | None
    instruction: str | None


class CardOut(BaseModel):
    """To be shown to a policeman or in a hospital."""

    language: str
    text: str
    meaning: Bilingual
    illustrative: bool


class AnswerOut(BaseModel):
    asked: str
    answer: str | None
    at: datetime


class OpenedOut(BaseModel):
    """`kind`: person, home (speaks for a relative) or relay (to be passed on; it takes no answer)."""

    kind: str
    is_drill: bool
    language: str
    country: str | None
    title: Bilingual
    is_over: bool
    expires: datetime | None
    says: list[InstructionOut]
    status: str
    status_label: Bilingual
    observed_at: datetime | None
    statuses: list[ChoiceOut]
    needs: list[ChoiceOut]
    card: CardOut | None
    answers: list[AnswerOut]


class CheckedInOut(BaseModel):
    """`status` is what holds now, by rule; it may differ from what was just said."""

    id: UUID
    status: str
    status_label: Bilingual
    is_contradicted: bool


class ResponseOut(BaseModel):
    id: UUID
    status: str
    status_label: Bilingual
    reporter: str
    made_contact: bool
    people_with: int
    needs: list[str]
    place: str
    note: str
    document: str
    observed_at: datetime
    received_at: datetime
    channel: str
    is_assumed: bool


class HistoryOut(BaseModel):
    person: UUID
    status: str
    status_label: Bilingual
    is_contradicted: bool
    responses: list[ResponseOut]


class TextOut(BaseModel):
    """`is_late`: its clock ran out. `is_assumed`: its writer counts as in need of help until somebody has read it.

    `recording`: a voice note or picture that came with it.
    """

    id: UUID
    version: int
    kind: str
    provider: str
    alert: UUID | None
    person: UUID | None
    country: str | None
    text: str
    received_at: datetime
    due: datetime
    is_late: bool
    is_assumed: bool
    recording: RecordingOut | None = None
    answer: str | None
    answered_at: datetime | None


class TextsOut(BaseModel):
    items: list[TextOut]
    next: str | None


class AnswerIn(_In):
    """What the text says of its writer, where it says it; what is answered, where there is something to answer."""

    status: Status | None = None
    answer: Annotated[str, Field(max_length=300), ONE_LINE] = ""

    @field_validator("answer")
    @classmethod
    def _fits(cls, answer: str) -> str:
        if segments(answer) > MOST_SEGMENTS:
            raise ValueError(_TOO_LONG)
        return answer


class ReceivedOut(BaseModel):
    taken: int
