"""What the knowledge base and the search of categories give."""

from typing import Literal

from pydantic import BaseModel

from contracts.text import Bilingual
from services.complaints.taxonomy import Kind


class FoundCategory(BaseModel):
    code: str
    name: Bilingual
    kind: Kind
    severity: int
    restricted: bool


class FoundCategories(BaseModel):
    version: str
    items: list[FoundCategory]


class ArticleRow(BaseModel):
    """`used`: in how many calls an agent read from it."""

    code: str
    title: Bilingual
    as_of: str
    used: int


class ArticleOut(ArticleRow):
    body: list[Bilingual]
    mark: Literal["A", "B", "own"]
    source: str


class Articles(BaseModel):
    version: str
    items: list[ArticleRow]
