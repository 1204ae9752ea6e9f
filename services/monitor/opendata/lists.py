"""What the open data package holds and how it is explained, as dated data, read and judged at start-up."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, Self

import yaml
from pydantic import Field, model_validator

from contracts.text import Text
from kit.dated import Dated

IN_FORCE: Final = Path(__file__).parent.parent / "data" / "open_data.yaml"


class Column(Dated):
    """`refers_to` names the table whose `id` it holds. `optional`: a cell may be empty."""

    title: Text
    description: Text | None = None
    type: Literal["string", "integer", "boolean", "date"] = "string"
    enum: tuple[str, ...] = ()
    refers_to: str | None = None
    optional: bool = False


class Table(Dated):
    title: Text
    description: Text | None = None
    key: tuple[str, ...]
    columns: Mapping[str, Column]


class Dictionary(Dated):
    version: int = Field(ge=1)
    valid_from: date
    title: Text
    description: Text
    tables: Mapping[str, Table]

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        for name, table in self.tables.items():
            if not set(table.key) <= set(table.columns):
                raise ValueError(f"the key of {name} is none of its columns")
            if any(one.refers_to and one.refers_to not in self.tables for one in table.columns.values()):
                raise ValueError(f"{name} refers to an unknown table")
        return self


@cache
def load() -> Dictionary:
    """Raises pydantic.ValidationError, which names every fault."""
    return Dictionary.model_validate(raw())


def raw() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(IN_FORCE.read_text("utf-8"))
    return found
