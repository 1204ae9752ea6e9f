"""After how long a silent mission loses its duty, and the reasons for handing it over, as dated data: judged at the start."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from contracts.text import Text
from kit.dated import Dated

IN_FORCE: Final = Path(__file__).parent / "data" / "duty.yaml"
SILENT: Final = "silent"
SILENT_WORDS: Final = Text("By itself: no acknowledgement came", "নিজে থেকে: প্রাপ্তিস্বীকার আসেনি")


class Reason(Dated):
    code: str = Field(pattern=r"^[a-z_]{2,20}$")
    en: str = Field(min_length=1)
    bn: str = Field(min_length=1)


class Duty(Dated):
    version: str
    valid_from: date
    source: str
    illustrative: bool
    silent_minutes: Mapping[Annotated[int, Field(ge=0, le=4)], Annotated[int, Field(ge=1, le=1440)]]
    reasons: tuple[Reason, ...] = Field(min_length=1)

    def words_of(self, code: str) -> Text:
        if code == SILENT:
            return SILENT_WORDS
        return next((Text(one.en, one.bn) for one in self.reasons if one.code == code), Text(code, code))


def load(path: Path = IN_FORCE) -> Duty:
    """Raises `pydantic.ValidationError`."""
    return Duty.read(path)


DUTY: Final = load()
