"""Whom the wing's page puts first and from which level it asks for an incident, as dated data: read and judged once at start."""

from datetime import date
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from contracts.text import Bilingual
from kit.dated import Dated
from services.crisis.exposure.views import VULNERABLE

IN_FORCE: Final = Path(__file__).parent / "data" / "first.yaml"


class Group(Dated):
    code: str
    how: Bilingual


class First(Dated):
    version: str
    since: date
    source: str = Field(min_length=1)
    illustrative: bool
    incident_from_level: Annotated[int, Field(ge=1, le=4)]
    groups: tuple[Group, ...]

    @model_validator(mode="after")
    def _names_each_group_of_the_register_once(self) -> Self:
        if sorted(one.code for one in self.groups) != sorted(VULNERABLE):
            raise ValueError(f"`groups` are {sorted(VULNERABLE)}, each once")
        return self


def load(path: Path = IN_FORCE) -> First:
    """Raises `pydantic.ValidationError`."""
    return First.read(path)


FIRST: Final = load()
