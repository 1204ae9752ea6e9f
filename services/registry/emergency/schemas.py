"""What a wing sees in an emergency."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from services.registry.exposure.schemas import OpeningOut
from services.registry.schemas import NationalRow


class OpeningsOut(BaseModel):
    items: list[OpeningOut]


class ExposedRow(NationalRow):
    class_: Annotated[Literal["inside", "near", "same_country", "unknown"], Field(alias="class", serialization_alias="class")]
    reason: str
    distance_m: int | None


class ExposedRowsOut(BaseModel):
    items: list[ExposedRow]
    next: str | None
