"""What goes in and out about updates that files propose."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from services.registry.rules import ContactKind, DocumentKind, Whose
from services.registry.schemas import In, NationalOut


class SaidPaper(BaseModel):
    kind: DocumentKind
    number: str


class SaidContact(BaseModel):
    kind: ContactKind
    whose: Whose
    address: str


class Said(BaseModel):
    """What the row of the file says. `departed`: the day on which the person went there."""

    name: str
    name_bn: str | None
    country: str
    place: str | None
    departed: date | None
    papers: list[SaidPaper]
    contacts: list[SaidContact]


class UpdateOut(BaseModel):
    id: UUID
    import_id: UUID
    line: int
    proposed_at: datetime
    decision: Literal["taken", "left"] | None
    said: Said
    person: NationalOut


class UpdateDecisionIn(In):
    """`taken`: what the record has not is added to it; `left`: the file is wrong, or old."""

    decision: Literal["taken", "left"]
