"""Words of answers, needs and clocks, as dated data: read and judged at start-up."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from contracts.text import Text
from kit.dated import Dated
from kit.safe_contact import MOST_SEGMENTS, segments
from services.crisis.checkins.rules import Status, Words, parse

IN_FORCE: Final = Path(__file__).parent / "data" / "answers.yaml"


class Answers(Dated):
    version: str
    since: date
    source: str
    clock_minutes: Annotated[int, Field(ge=1, le=60)]
    listens_hours: Annotated[int, Field(ge=1, le=240)]
    recordings_days: Annotated[int, Field(ge=1, le=365)]
    answers: Mapping[Status, tuple[str, ...]]
    negations: tuple[str, ...]
    needs: Mapping[str, Text]
    acknowledged: Mapping[str, Text]

    @property
    def words(self) -> Words:
        return Words(self.answers, self.negations)

    @model_validator(mode="after")
    def _each_is_understood(self) -> Self:
        """A word that would not be read as what it stands under is a trap for whoever writes it."""
        for status, known in self.answers.items():
            for one in known:
                if parse(one, self.words) is not status:
                    raise ValueError(f"{one!r} stands under {status} and is not read so")
        if long := [one.bn for one in self.acknowledged.values() if max(segments(one.bn), segments(one.en)) > MOST_SEGMENTS]:
            raise ValueError(f"longer than {MOST_SEGMENTS} parts: {long}")
        return self


def load(path: Path = IN_FORCE) -> Answers:
    """Raises `pydantic.ValidationError` for data that does not hold together."""
    return Answers.read(path)


ANSWERS: Final = load()
