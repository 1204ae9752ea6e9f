"""What goes out of the API about rule sets and results."""

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel

from contracts.text import Bilingual


class PrincipleOut(BaseModel):
    """A principle of ILO's General Principles for fair recruitment or of the IRIS Standard."""

    standard: Literal["ILO", "IRIS"]
    number: str
    words: Bilingual


class CriterionOut(BaseModel):
    """`value`: per 1,000 workers (`rate`), in per cent (`share`) or in working days (`median`); null where it could point to a person."""

    code: str
    words: Bilingual
    weight: int
    kind: Literal["rate", "share", "median"]
    value: str | None
    points: str | None
    source: str
    principles: list[PrincipleOut]


class LiftOut(BaseModel):
    """What would help; `next_class`: how far this criterion alone would have to go, null where it alone does not reach."""

    advice: Bilingual
    next_class: Bilingual | None


class FullCriterionOut(CriterionOut):
    """`counted` of `of`: workers deployed, or answers. Of a median `counted` holds half days."""

    counted: int
    of: int
    lift: LiftOut


class RuleSetRow(BaseModel):
    """`complete` false: published in part, to read and not to run. `purpose` null then."""

    name: str
    version: str
    title: Bilingual
    notice: Bilingual
    valid_from: date
    complete: bool
    purpose: Literal["classification", "comparison"] | None
    in_force: bool
    missing: Bilingual | None
    source: str
    sha256: str


class RuleSetFull(RuleSetRow):
    """`content`: the file as it is validated, and hashed in canonical form."""

    content: dict[str, Any]


class RuleSetList(BaseModel):
    items: list[RuleSetRow]
