"""What goes in and out of emergencies."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from contracts.text import Bilingual, Text
from kit.reference import parse
from kit.text import in_bengali_digits
from services.reintegration.protection.emergency.rules import Voice
from services.reintegration.protection.lists import PROTECTION
from services.reintegration.protection.schemas import Words
from services.reintegration.schemas import In

_PREFIXES: Final = ("P", "R")


def _reference(written: str) -> str:
    """Of the protected case, or of the returnee whose it is."""
    try:
        return parse(written, _PREFIXES[0])
    except ValueError:
        return parse(written, _PREFIXES[1])


def _not_too_long(minutes: int) -> int:
    most = PROTECTION.emergency.minutes_most
    if minutes > most:
        raise ValueError(Text(f"At most {most} minutes at a time.", f"একবারে সর্বোচ্চ {in_bengali_digits(str(most))} মিনিট।"))
    return minutes


class EmergencyIn(In):
    """`reason`: whose safety needs it, and why no member of the case can be reached. Read by its members, supervisors and auditors."""

    reference: Annotated[str, Field(max_length=40), AfterValidator(_reference)]
    reason: Words
    minutes: Annotated[int, Field(ge=5), AfterValidator(_not_too_long)] = 60


class VerdictIn(In):
    """`justified` false ends what is still open, at once."""

    justified: bool
    words: Words


class VerdictOut(BaseModel):
    voice: Voice
    voice_label: Bilingual
    justified: bool
    words: str
    account: str
    said_at: datetime


class EmergencyOut(BaseModel):
    """`awaits_me`: the voice for which the reader has to judge, null where none. Nothing here says whose case it is."""

    id: UUID
    case_id: UUID
    case_reference: str
    account: str
    roles: list[str]
    reason: str
    at: datetime
    until: datetime
    is_open: bool
    is_mine: bool
    review_by: datetime
    is_late: bool
    verdicts: list[VerdictOut]
    awaits_me: Voice | None
