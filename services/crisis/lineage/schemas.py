"""What is told of a warning's kin: where it holds, what may be of the same event, and how its state came about."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from services.crisis.warnings.rules import State


class LinkOut(BaseModel):
    """`score` 0 to 1. `same_event_in_another_language`: its authority's other edition, which does not go out by itself as well."""

    alert: UUID
    score: float
    same_event_in_another_language: bool
    reasons: list[str]


class StepOut(BaseModel):
    """`rule`: which rule of lineage made it so (R1 to R13 in lineage/rules.py); `because_of`: the message that did."""

    at: datetime
    state: State
    rule: str
    because_of: UUID | None


class AreaProperties(BaseModel):
    """`whole_countries`: no shape that can be used; the warning holds for all of `countries`. `defects`: what was mended in its shapes."""

    countries: list[str]
    whole_countries: bool
    hazard: str
    defects: list[str]


class AreaFeature(BaseModel):
    """A GeoJSON feature (RFC 7946); `geometry` is null where the whole countries are meant."""

    type: Literal["Feature"] = "Feature"
    id: UUID
    geometry: dict[str, Any] | None
    properties: AreaProperties


class DifferenceOut(BaseModel):
    """`what` differs between what is written down of a warning and what the rules and data in force then say of it now."""

    alert: UUID
    what: str
    written_down: Any
    judged_anew: Any


class ReplayOut(BaseModel):
    """`compared` of the `warnings` that had arrived; the others were taken in before arrivals were noted in full.

    `complete`: no arrival is left out. `differences`: at most 100 of `differing`.
    """

    at: datetime
    arrivals: int
    warnings: int
    compared: int
    decisions: int
    complete: bool
    differing: int
    differences: list[DifferenceOut]
