"""A sentence that a person reads: always in English and in Bangla. `Text` in code, `Bilingual` in an answer."""

from dataclasses import dataclass
from typing import Self

from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Text:
    """`en` and `bn` say the same; `in_language` falls back to English for any other tag (BCP 47)."""

    en: str
    bn: str

    def in_language(self, tag: str) -> str:
        return self.bn if tag.lower().split("-")[0] == "bn" else self.en


class Bilingual(BaseModel):
    en: str
    bn: str

    @classmethod
    def of(cls, words: Text) -> Self:
        return cls(en=words.en, bn=words.bn)
