"""The knowledge base as dated data: what an agent may tell a caller, where it comes from, how sure it is."""

from datetime import date
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from contracts.text import Text
from kit.dated import Dated

IN_FORCE: Final = Path(__file__).parents[1] / "data" / "knowledge.yaml"


class Article(Dated):
    """`mark`: A a primary text, B a dated report. `as_of`: the date of the source, said with a figure. `own`: our own advice."""

    code: str = Field(pattern=r"^[a-z0-9_]{2,40}$")
    title: Text
    body: tuple[Text, ...] = Field(min_length=1)
    words: str
    mark: Literal["A", "B", "own"]
    as_of: str
    source: str


class Knowledge(Dated):
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
    return Knowledge.read(path)


KNOWLEDGE: Final = load()
