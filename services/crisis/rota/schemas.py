"""What goes in and out of the API of rotas."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from contracts.text import Bilingual
from kit.text import ONE_LINE, phone
from services.crisis.handover.schemas import MissionOut
from services.crisis.rota.rules import Seat


class ShiftIn(BaseModel):
    """`phone`: where the officer is called and texted in the night, with its country code. `starts_at` null: from now on."""

    model_config = ConfigDict(extra="forbid")

    mission: Annotated[str, Field(pattern=r"^[A-Z-]{3,40}$")]
    seat: Seat
    name: Annotated[str, Field(min_length=1, max_length=200), ONE_LINE]
    phone: Annotated[str, Field(max_length=40), AfterValidator(phone)]
    language: Literal["bn", "en"] = "bn"
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime


class ShiftOut(BaseModel):
    id: UUID
    version: int
    mission: MissionOut
    seat: Seat
    seat_label: Bilingual
    name: str
    phone: str
    language: str
    starts_at: datetime
    ends_at: datetime
    is_now: bool
