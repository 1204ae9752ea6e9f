"""What a complaint may be about, as dated data. A file that does not hold together stops the service at its start."""

from datetime import date
from pathlib import Path
from typing import Final, Self

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

IN_FORCE: Final = Path(__file__).parent / "data" / "categories.yaml"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Category(_Data):
    """One head of the taxonomy. `restricted`: seen by few, and its events name no respondent (design §5)."""

    code: str
    en: str
    bn: str
    restricted: bool


class Taxonomy(_Data):
    version: str
    valid_from: date
    categories: tuple[Category, ...]

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Self:
        if len({one.code for one in self.categories}) != len(self.categories):
            raise ValueError("a category's code stands twice")
        return self

    def has(self, code: str) -> bool:
        return any(one.code == code for one in self.categories)

    def category(self, code: str) -> Category:
        """Of a code that it `has`."""
        return next(one for one in self.categories if one.code == code)


def load(path: Path = IN_FORCE) -> Taxonomy:
    """Raises `pydantic.ValidationError` for a taxonomy that does not hold together."""
    return Taxonomy.model_validate(yaml.safe_load(path.read_text("utf-8")))
