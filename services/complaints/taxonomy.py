"""What a complaint may be about, as dated data. A file that does not hold together stops the service at its start."""

from datetime import date
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from kit.dated import Dated
from services.complaints.offices import OfficeKind

# `appeal` is a case of its own about another complaint and has no category of its own.
Kind = Literal["complaint", "service", "distress", "death", "missing", "protection", "appeal"]
IN_FORCE: Final = Path(__file__).parent / "data" / "categories.yaml"


class Category(Dated):
    """One head of the taxonomy, with what follows by default.

    `restricted`: seen by few, and its events name no respondent (design §5). `kind`: the procedure. `severity`: 1 (low) to 4 (a life is in
    danger). `office`: the kind of office that holds it first. `words`: what callers say, besides the names.
    """

    code: str
    kind: Kind
    severity: int = Field(ge=1, le=4)
    restricted: bool
    office: OfficeKind
    en: str
    bn: str
    words: str


class Taxonomy(Dated):
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
    return Taxonomy.read(path)
