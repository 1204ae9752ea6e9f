"""What is told of an expected return, and what a desk says of it."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from contracts.text import Bilingual, Text
from kit.text import Day
from services.reintegration.expected.rules import State
from services.reintegration.schemas import not_after_today

_WHEN: Text = Text("Say on which day the person came.", "কোন তারিখে পৌঁছেছেন তা লিখুন।")


class ExpectedRow(BaseModel):
    returnee_id: UUID
    reference: str
    version: int
    name: str
    name_bn: str | None
    country: str
    district: str
    expected_on: date
    overdue: bool
    state: State
    state_label: Bilingual


class CameIn(BaseModel):
    """`returned_on` where the person came; nothing where not, so far."""

    model_config = ConfigDict(extra="forbid")

    came: bool
    returned_on: Annotated[Day, AfterValidator(not_after_today)] | None = None

    @model_validator(mode="after")
    def _came_on_a_day(self) -> Self:
        if self.came and self.returned_on is None:
            raise ValueError(_WHEN)
        return self
