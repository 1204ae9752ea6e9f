"""What a wing sees in an emergency."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from contracts.text import Bilingual
from services.registry.exposure.schemas import OpeningOut
from services.registry.schemas import In, NationalRow


class OpeningsOut(BaseModel):
    items: list[OpeningOut]


class ExposedRow(NationalRow):
    class_: Annotated[Literal["inside", "near", "same_country", "unknown"], Field(alias="class", serialization_alias="class")]
    reason: str
    reason_label: Bilingual
    distance_m: int | None


class ExposedRowsOut(BaseModel):
    items: list[ExposedRow]
    next: str | None


class NamesIn(In):
    """People whom a warning concerns, as the crisis service knows them: by the register's id."""

    people: Annotated[list[UUID], Field(max_length=200)]


class NamesOut(BaseModel):
    """In the order asked; who is of another country, or gone from the register, is left out."""

    items: list[NationalRow]
