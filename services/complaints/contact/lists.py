"""The words of texts, as dated data. Texts that would not fit stop the service at its start."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from contracts.text import Text
from kit.dated import Dated
from kit.safe_contact import MOST_SEGMENTS, segments
from services.complaints.contact.rules import Wording

IN_FORCE: Final = Path(__file__).parent.parent / "data" / "messages.yaml"
LONGEST: Final = {"reference": "C-WWWW-WWWW", "secret": "8888 8888", "day": "28 September 2026"}


class Template(Dated):
    neutral: Text
    full: Text

    def words(self, wording: Wording) -> Text:
        return self.full if wording is Wording.FULL else self.neutral


class Unfinished(Dated):
    """How long a talk may rest before what was told is taken as it is."""

    minutes: Annotated[int, Field(gt=0)]
    minutes_not_safe: Annotated[int, Field(gt=0)]


class Templates(Dated):
    """`on_happening`: kind of a happening → template."""

    version: str
    valid_from: date
    unfinished: Unfinished
    templates: Mapping[str, Template]
    on_happening: Mapping[str, str] = {}

    @model_validator(mode="after")
    def _every_text_fits(self) -> Self:
        for name, template in self.templates.items():
            for words in (template.neutral.en, template.neutral.bn, template.full.en, template.full.bn):
                if segments(words.format(**LONGEST)) > MOST_SEGMENTS:
                    raise ValueError(f"{name}: longer than {MOST_SEGMENTS} parts of a text: {words}")
        if unknown := set(self.on_happening.values()) - set(self.templates):
            raise ValueError(f"no such template: {sorted(unknown)}")
        return self

    def render(self, name: str, wording: Wording, language: str, values: Mapping[str, str]) -> str:
        """Raises `KeyError` for a template or a value that is not there."""
        return self.templates[name].words(wording).in_language(language).format(**values)


def load(path: Path = IN_FORCE) -> Templates:
    """Raises `pydantic.ValidationError` for words that do not hold together."""
    return Templates.read(path)


TEMPLATES: Final = load()
