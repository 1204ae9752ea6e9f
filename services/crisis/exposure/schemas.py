"""How many people a warning concerns: registered, thought to be present, with a phone, reached; each figure with its source and date."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from contracts.text import Bilingual


class RegisteredOut(BaseModel):
    """By the best that is known of each person's place. `unknown`: in one of the countries, where is not known or was said long ago."""

    inside: int
    near: int
    same_country: int
    unknown: int


class VulnerableOut(BaseModel):
    """Of those inside and near; somebody counts under all that applies."""

    kind: str
    label: Bilingual
    people: int


class PresentOut(BaseModel):
    """How many Bangladeshis are thought to be in a country; null where no figure was found. `confidence`: A official, B press, C old."""

    country: str
    low: int | None
    high: int | None
    as_of: int | None
    confidence: str | None
    source: str | None


class RaiseOut(BaseModel):
    """That the people in the area raised the level by one. `reasons`: `inside` for their number, or a kind of vulnerable people."""

    from_level: int
    to_level: int
    reasons: list[str]
    labels: list[Bilingual]
    rule_version: str
    made_at: datetime


class ExposureOut(BaseModel):
    """`registered` is null until the register was asked, or where a warning is only kept. `of_what_went_out`: else as weighed before.

    `exposure`: by which the register lists these people while an emergency is open.
    `contactable`: of the registered inside and near, those with a phone of their own.
    """

    alert: UUID
    exposure: UUID | None
    is_drill: bool
    computed_at: datetime | None
    of_what_went_out: bool
    whole_countries: bool
    near_km: float | None
    near_km_illustrative: bool
    registered: RegisteredOut | None
    vulnerable: list[VulnerableOut]
    contactable: int | None
    present: list[PresentOut]
    raised: RaiseOut | None
