"""The knowledge base as dated data: what an agent may tell a caller, where it comes from, how sure it is."""

from datetime import date
from pathlib import Path
from typing import Final, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from contracts.text import Text

IN_FORCE: Final = Path(__file__).parents[1] / "data" / "knowledge.yaml"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Article(_Data):
    """`mark`: A a primary text, B a dated report. `as_of`: the date of the source, said with a figure. `own`: our own advice."""

    code: str = Field(pattern=r"^[a-z0-9_]{2,40}$")
    title: Text
    body: tuple[Text, ...] = Field(min_length=1)
    words: str
    mark: Literal["A", "B", "own"]
    as_of: str
    source: str


class Knowledge(_Data):
    version: str
    valid_from: date
    articles: tuple[Article, ...]

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Self:
        if len({one.code for one in self.articles}) != len(self.articles):
            raise ValueError("an article's code stands twice")
        return self

    def has(self, code: str) -> bool:
        return any(one.code == code for one in self.articles)

    def article(self, code: str) -> Article:
        """Raises `KeyError`."""
        try:
            return next(one for one in self.articles if one.code == code)
        except StopIteration:
            raise KeyError(code) from None


def load(path: Path = IN_FORCE) -> Knowledge:
    """Raises `pydantic.ValidationError`."""
    return Knowledge.model_validate(yaml.safe_load(path.read_text("utf-8")))


KNOWLEDGE: Final = load()
