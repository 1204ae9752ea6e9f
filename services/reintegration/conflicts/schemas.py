"""What goes in and out of conflicts."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.reintegration.conflicts.rules import Choice
from services.reintegration.schemas import In


class ConflictRow(BaseModel):
    """`waiting`: how many fields nobody has chosen yet."""

    id: UUID
    version: int
    returnee_reference: str
    name: str
    name_bn: str | None
    restricted: bool
    from_device: bool
    opened_at: datetime
    waiting: int


class ConflictsOut(BaseModel):
    items: list[ConflictRow]


class SidesOut(BaseModel):
    """Both values of one field, as JSON has them in a registration. `choice` is null until a person has chosen."""

    field: str
    kept: Any
    new: Any
    choice: Choice | None
    chosen_by: str | None
    chosen_at: datetime | None


class ConflictOut(ConflictRow):
    """`written_at` is by the clock of the device, which may be wrong; `received_at` and `written_by_our_clock` are by ours."""

    other_reference: str | None
    registered_at: datetime
    written_at: datetime | None
    written_by_our_clock: datetime | None
    received_at: datetime
    decided_at: datetime | None
    fields: list[SidesOut]


class ChoicesIn(In):
    """For each field `kept` (as it stands) or `new`. Fields may be chosen one after the other."""

    choices: Annotated[dict[Annotated[str, Field(max_length=40)], Choice], Field(min_length=1, max_length=30)]
