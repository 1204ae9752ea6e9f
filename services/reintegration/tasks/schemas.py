"""What goes in and out of the API of urgent tasks."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from contracts.text import Bilingual
from kit.text import PARAGRAPHS
from services.reintegration.schemas import ChoiceOut, In
from services.reintegration.tasks.rules import Outcome


class FinishIn(In):
    outcome: Outcome
    note: Annotated[str, Field(max_length=2000), PARAGRAPHS] | None = None


class TaskOut(BaseModel):
    """`version` is what a change names in `If-Match`. `overdue`: it should have been done by `due_at`."""

    id: UUID
    version: int
    returnee_id: UUID
    returnee_reference: str
    name: str
    name_bn: str | None
    flag: ChoiceOut
    restricted: bool
    district: str
    opened_at: datetime
    due_at: datetime
    overdue: bool
    taken: bool
    mine: bool
    outcome: Outcome | None
    outcome_label: Bilingual | None


class TasksOut(BaseModel):
    """All of one returnee, also those that are done."""

    items: list[TaskOut]
