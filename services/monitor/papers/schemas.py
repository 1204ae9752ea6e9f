"""What goes in and out of the API about papers; the content itself is the body."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field

from kit.text import ONE_LINE
from services.monitor.papers.models import Paper

PaperName = Annotated[str, Field(min_length=1, max_length=200), ONE_LINE, Query(description="What the file is called, with its ending.")]


class PaperOut(BaseModel):
    """`id` is what a record names in `paper`. `sha256` in hexadecimal, so that a reader can tell that it is the same."""

    id: UUID
    name: str
    size: int
    sha256: str
    media_type: str
    brought_at: datetime

    @classmethod
    def of(cls, row: Paper) -> Self:
        return cls.model_validate(row.model_dump(exclude={"sha256"}) | {"sha256": row.sha256.hex()})
