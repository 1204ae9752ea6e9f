"""What the wing's page of one warning is drawn from. Figures only: who the people are stands elsewhere, and each read of it is noted."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from contracts.text import Bilingual
from services.crisis.decisions.schemas import DecisionOut
from services.crisis.duty.rules import Step
from services.crisis.exposure.schemas import ExposureOut
from services.crisis.handover.schemas import MissionOut
from services.crisis.warnings.schemas import AlertOut


class StepOut(BaseModel):
    """`people`: how many it is about, where it is about people."""

    code: Step
    label: Bilingual
    people: int | None


class FigureOut(BaseModel):
    """One number with who says so and as of when. `low` and `high` are equal unless it is an estimate; null where nobody knows."""

    code: str
    label: Bilingual
    country: str | None = None
    low: int | None
    high: int | None
    source: Bilingual
    as_of: datetime | None
    year: int | None = None


class GroupOut(BaseModel):
    """`registered`: inside and near; `warned`: of all that were to be told, of whom nothing was heard of `unreached`.

    Somebody counts under all that applies. `how`: what is needed to reach them.
    """

    kind: str
    label: Bilingual
    how: Bilingual
    registered: int | None
    warned: int
    unreached: int
    in_need: int


class StatusOut(BaseModel):
    status: str
    label: Bilingual
    people: int


class DutyChangeOut(BaseModel):
    """One event of the stream, and one line of the log. `at` is null of what changed before it was kept."""

    position: int
    change: str
    label: Bilingual
    at: datetime | None


class IncidentRef(BaseModel):
    id: UUID
    country: str
    hazard: str
    opened_at: datetime


class DutyViewOut(BaseModel):
    """`position`: what `after` or Last-Event-ID of the stream begins with, so that nothing between this answer and the stream is missed.

    `how_illustrative`: the order of the groups and their words are configuration without a source. `duty_with`: who acts here while the
    duty of the caller's mission is theirs; `may_act` is then false, and nothing but an acknowledgement is taken.
    """

    position: int
    alert: AlertOut
    decision: DecisionOut | None
    exposure: ExposureOut
    incidents: list[IncidentRef]
    steps: list[StepOut]
    figures: list[FigureOut]
    groups: list[GroupOut]
    how_illustrative: bool
    statuses: list[StatusOut]
    unreached: int
    in_need: int
    texts: int
    changes: list[DutyChangeOut]
    may_act: bool
    duty_with: MissionOut | None


class LayerOut(BaseModel):
    """A path as SVG writes it. `kind`: land, warned (land of the warning's countries), near, area; in the order of painting."""

    kind: str
    path: str


class LabelOut(BaseModel):
    country: str
    x: float
    y: float


class LocatorOut(BaseModel):
    """The warning's countries, small, and the point in them where the area lies."""

    width: int
    height: int
    path: str
    x: float
    y: float


class DutyMapOut(BaseModel):
    """In units of the drawing, the origin above on the left; `bar` is as long as `bar_km`. `wide_km`, `high_km`: of the area.

    A warning for whole countries has no area of its own: its land is drawn.
    """

    width: int
    height: int
    layers: list[LayerOut]
    labels: list[LabelOut]
    bar_km: float
    bar: float
    wide_km: float | None
    high_km: float | None
    near_km: float | None
    locator: LocatorOut | None
