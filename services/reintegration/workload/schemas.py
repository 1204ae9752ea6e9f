"""What the API says of work that waits."""

from datetime import date

from pydantic import BaseModel

from contracts.text import Bilingual
from services.reintegration.casework.rules import Step


class LoadOut(BaseModel):
    """Open cases and what of them waits. `*_late`: should have been done before today, `*_soon`: due within seven days.

    `closings` wait for a second officer; `unanswered` are referrals sent, `to_confirm` those of which the returnee must be asked.
    """

    cases: int
    plans_late: int
    plans_soon: int
    reviews_late: int
    reviews_soon: int
    closings: int
    urgent: int
    urgent_late: int
    unanswered: int
    to_confirm: int


class WorkerOut(LoadOut):
    """One case worker's load. `worker` is told to the supervisor alone, who shares work out; nobody's name is in it."""

    is_me: bool
    worker: str | None


class LoadsOut(BaseModel):
    """`mine` beside the whole that I see. A case counts for who made its plan, else for who opened it."""

    as_of: date
    mine: LoadOut
    all: LoadOut
    nobodys_urgent: int
    workers: list[WorkerOut]


class CountOut(BaseModel):
    code: str
    label: Bilingual | None = None
    count: int


class StepOut(BaseModel):
    step: Step
    label: Bilingual
    cases: int


class HelpOut(BaseModel):
    """Referrals for one help that were sent in the time; `came`: the returnee says so. `bodies` that give it now, `places` where told."""

    code: str
    label: Bilingual
    sent: int
    under_way: int
    declined: int
    came: int
    did_not_come: int
    bodies: int
    places: int | None


class DistrictOut(BaseModel):
    """What a district's office looks after, as its people may see it record by record."""

    districts: list[str] | None
    as_of: date
    since: date
    registered: int
    months: list[CountOut]
    countries: list[CountOut]
    sexes: list[CountOut]
    age_bands: list[CountOut]
    reasons: list[CountOut]
    steps: list[StepOut]
    waiting: LoadOut
    closed: list[CountOut]
    helps: list[HelpOut]
