"""What the register asks and how long a place is believed, as dated data. A file that does not hold together stops the service."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from kit.dated import Choice, Dated
from services.registry import rules
from services.registry.sharing import desk_purposes

IN_FORCE: Final = Path(__file__).parent / "data" / "register-2026.yaml"


class Place(Choice):
    """`fresh_days`: how long somebody who was there is taken to be there."""

    fresh_days: int = Field(ge=1, le=3650)


Choices = Annotated[tuple[Choice, ...], Field(min_length=1)]


class Lists(Dated):
    version: str = Field(min_length=1)
    valid_from: date
    places: tuple[Place, ...]
    kinds: Choices
    documents: Choices
    flags: Choices
    relations: Choices
    purposes: Choices

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        """What the code knows by name stands in the lists, no more and no less."""
        known = (
            (self.places, rules.PLACE_CODES),
            (self.kinds, tuple(rules.Kind)),
            (self.documents, tuple(rules.DocumentKind)),
            (self.flags, rules.FLAG_CODES),
        )
        for choices, codes in known:
            if tuple(one.code for one in choices) != tuple(codes):
                raise ValueError(f"the list has {[one.code for one in choices]}, the code {list(codes)}")
        # What a desk may look somebody up for stands in the sharing policy; here are the words. A comparison of cards is no look.
        if strange := {one.code for one in self.purposes} ^ (desk_purposes() - {"card_comparison"}):
            raise ValueError(f"the sharing policy and the list do not name the same purposes: {sorted(strange)}")
        return self


def has(choices: Sequence[Choice], code: str) -> bool:
    return any(one.code == code for one in choices)


def load(path: Path = IN_FORCE) -> Lists:
    """Raises `pydantic.ValidationError` for lists that do not hold together."""
    return Lists.read(path)


LISTS: Final = load()
