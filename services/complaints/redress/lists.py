"""What redress is made of, as dated data: heads, ways, reasons, days of reminders. A file that does not hold together stops the service."""

from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from kit.dated import Choice, Dated

IN_FORCE: Final = Path(__file__).parent.parent / "data" / "redress.yaml"
Days = Annotated[int, Field(ge=0, le=400)]
CourtKind = Literal["civil", "criminal", "abroad"]


class Law(Choice):
    code: str = Field(min_length=1)
    kind: CourtKind


class Reminders(Dated):
    """At `at_hour` of Dhaka, so many days before and after a sum is due."""

    before_days: tuple[Days, ...]
    after_days: tuple[Annotated[int, Field(ge=1, le=400)], ...]
    at_hour: int = Field(ge=0, le=23)


class Feedback(Dated):
    after_payment_days: Days
    after_closing_days: Days


class Lists(Dated):
    version: str
    valid_from: date
    source: str
    reminders: Reminders
    feedback: Feedback
    court_reminder_days: tuple[Days, ...]
    heads: tuple[Choice, ...]
    usual_heads: dict[str, str]
    bases: tuple[Choice, ...]
    ways: tuple[Choice, ...]
    sources: tuple[Choice, ...]
    confirmations: tuple[Choice, ...]
    given_up: tuple[Choice, ...]
    refusals: tuple[Choice, ...]
    laws: tuple[Law, ...]
    outcomes: tuple[Choice, ...]

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Self:
        for name in NAMES:
            codes = [one.code for one in self.choices(name)]
            if len(set(codes)) != len(codes):
                raise ValueError(f"a code of {name} stands twice")
        if unknown := set(self.usual_heads.values()) - self.codes("heads"):
            raise ValueError(f"usual heads that are none: {sorted(unknown)}")
        return self

    def choices(self, name: str) -> tuple[Choice, ...]:
        found: tuple[Choice, ...] = getattr(self, name)
        return found

    def codes(self, name: str) -> frozenset[str]:
        return frozenset(one.code for one in self.choices(name))

    def usual_head(self, category: str) -> str:
        """Of what money is, where nobody says more than what the complaint is about."""
        return self.usual_heads.get(category, self.usual_heads["other"])

    def law(self, code: str) -> Law:
        """Of a code that is in `laws`."""
        return next(one for one in self.laws if one.code == code)


NAMES: Final = ("heads", "bases", "ways", "sources", "confirmations", "given_up", "refusals", "laws", "outcomes")


def load(path: Path = IN_FORCE) -> Lists:
    """Raises `pydantic.ValidationError` for a file that cannot be relied upon."""
    return Lists.read(path)


LISTS: Final = load()
