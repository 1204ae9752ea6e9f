"""How it is told what became of returnees: dated data, read and judged at start-up."""

from datetime import date
from pathlib import Path
from typing import Final, Self

from pydantic import Field, model_validator

from kit.dated import Choice, Dated
from services.reintegration.lists import Choices

IN_FORCE: Final = Path(__file__).parents[1] / "data" / "outcomes-2026.yaml"


class FollowUp(Choice):
    """Which later assessment is compared with the first: the latest, or the nearest to `months` within a window of days after it."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")
    months: int | None = Field(default=None, ge=1, le=60)
    from_days: int = Field(default=1, ge=1)
    to_days: int = Field(default=36_500, ge=1)

    @model_validator(mode="after")
    def _window_holds_the_month(self) -> Self:
        if not self.from_days <= (self.months or 1) * 30 <= self.to_days:
            raise ValueError(f"the window of {self.code} does not hold it")
        return self


class Outcomes(Dated):
    version: str = Field(min_length=1)
    valid_from: date
    least_change: int = Field(ge=1, le=100)
    confidence: float = Field(gt=0.5, lt=1)
    follow_ups: tuple[FollowUp, ...] = Field(min_length=1)
    reached: Choices

    @model_validator(mode="after")
    def _codes_are_known_and_single(self) -> Self:
        if [one.code for one in self.reached] != ["helped", "referred_only", "neither"]:
            raise ValueError("help reached somebody, or was only referred, or neither")
        if len({one.code for one in self.follow_ups}) != len(self.follow_ups):
            raise ValueError("a follow-up stands twice")
        return self

    def follow_up(self, code: str) -> FollowUp:
        """Of a code that is in the list. Raises `StopIteration` otherwise."""
        return next(one for one in self.follow_ups if one.code == code)


def load(path: Path = IN_FORCE) -> Outcomes:
    """Raises `pydantic.ValidationError`."""
    return Outcomes.read(path)


OUTCOMES: Final = load()
