"""What goes in and out about shifts."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from kit.text import ONE_LINE


class ShiftIn(BaseModel):
    """`serves_women`: I take callers who ask for a woman. Nobody is asked why, nothing is kept beyond the shift."""

    model_config = ConfigDict(extra="forbid")

    hours: Annotated[int, Field(ge=1, le=16)] = 8
    extension: Annotated[str, Field(min_length=1, max_length=20), ONE_LINE] | None = None
    serves_women: bool = False


class ShiftOut(BaseModel):
    id: UUID
    agent: str
    name: str
    extension: str | None
    serves_women: bool
    began_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    ended_how: Literal["agent", "timer"] | None


class HandoverRow(BaseModel):
    """`kind`: a call with its draft, a call-back (a promised one too), a case. `words`: what it is, without a name or a number."""

    id: UUID
    kind: Literal["call", "callback", "case"]
    record: UUID
    given_by_name: str
    given_at: datetime
    state: Literal["offered", "accepted", "at_seat", "settled"]
    words: str
    may_accept: bool


class OpenItem(BaseModel):
    """One thing that would be handed over if the shift ended now."""

    kind: Literal["call", "callback", "case"]
    record: UUID
    words: str


class EndedShift(BaseModel):
    shift: ShiftOut
    handed_over: list[HandoverRow]
