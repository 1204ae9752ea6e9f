"""A sentence that a person reads: always in English and in Bangla."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """`en` and `bn` say the same; `in_language` falls back to English for any other tag (BCP 47)."""

    en: str
    bn: str

    def in_language(self, tag: str) -> str:
        return self.bn if tag.lower().split("-")[0] == "bn" else self.en
