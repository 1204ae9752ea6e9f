"""What goes in and out of contingency plans."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel

from contracts.places import CountryCode
from services.crisis.contingency.models import ContingencyPlan
from services.crisis.incidents.schemas import In, Line


class PlanIn(In):
    """Beside the file, which is the body."""

    country: CountryCode
    title: Line
    dated: date


PlanSaid = Annotated[PlanIn, Query()]


class CountryPlanOut(BaseModel):
    """`attached_by_name`: an account."""

    id: UUID
    country: str
    number: int
    title: str
    dated: date
    size: int
    sha256: str
    media_type: str
    attached_by_name: str
    attached_at: datetime

    @classmethod
    def of(cls, plan: ContingencyPlan) -> Self:
        return cls.model_validate(plan.model_dump() | {"sha256": plan.sha256.hex()})
