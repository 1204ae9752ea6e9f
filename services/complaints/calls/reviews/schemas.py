"""What goes in and out about reviews of calls."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.text import Bilingual, Text
from kit.text import PARAGRAPHS

Words = Annotated[str, Field(max_length=2000), PARAGRAPHS]


class Mark(StrEnum):
    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"
    NOT_JUDGED = "not_judged"


MARK_WORDS: Final = {
    Mark.MET: Text("Yes", "হ্যাঁ"),
    Mark.PARTLY: Text("Partly", "আংশিক"),
    Mark.NOT_MET: Text("No", "না"),
    Mark.NOT_JUDGED: Text("Cannot be judged", "বিচার করা যায়নি"),
}


class ReviewIn(BaseModel):
    """One mark for each item of the list in force."""

    model_config = ConfigDict(extra="forbid")

    marks: Annotated[dict[str, Mark], Field(max_length=5)]
    words: Words = ""


class AnswerIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    words: Annotated[str, Field(min_length=1, max_length=2000), PARAGRAPHS]


class ReviewedItem(BaseModel):
    code: str
    ask: Bilingual
    mark: Mark
    mark_label: Bilingual


class ReviewOut(BaseModel):
    call: UUID
    list_version: str
    illustrative: bool
    items: list[ReviewedItem]
    words: str | None
    reviewed_at: datetime
    seen_at: datetime | None
    answer: str | None
    answered_at: datetime | None
