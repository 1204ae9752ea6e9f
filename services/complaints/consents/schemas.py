"""What goes in and out of consents."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from kit.text import ONE_LINE
from services.complaints.schemas import In

# `immigration_status`: whether somebody is where they are with papers; without this consent it goes to nobody (design §5).
Purpose = Literal["referral", "immigration_status", "travel_paper", "research", "publicity"]


class ConsentIn(In):
    """`language`: in which it was explained (BCP 47). `witness`: who was present, where the person cannot sign."""

    purpose: Purpose
    recipient: str = Field(pattern=r"^[A-Za-z0-9_:-]{1,60}$")
    language: str = Field(default="bn", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    witness: Annotated[str, Field(max_length=300), ONE_LINE] = ""


class ConsentOut(BaseModel):
    id: UUID
    purpose: str
    recipient: str
    language: str
    witness: str | None
    given_at: datetime
    withdrawn_at: datetime | None


class ConsentsOut(BaseModel):
    items: list[ConsentOut]
