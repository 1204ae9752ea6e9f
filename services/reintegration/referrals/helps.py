"""What a returnee can be passed on for, with criteria and what is sent along: dated data, read and judged at start-up."""

from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from contracts.text import Text
from kit.dated import Choice, Dated
from kit.policy import policies
from services.reintegration.lists import Choices

IN_FORCE: Final = Path(__file__).parents[1] / "data" / "helps-2026.yaml"
Sent = Literal["name", "phone", "district", "returned_on"]


def _may_be_sent() -> frozenset[str]:
    """By any version of the sharing policy. What is sent is the least that a help needs; what is shown is judged at each reading."""
    known = (one.fields_of("referral", type="received.returnee") for one in policies().versions("partners"))
    return frozenset(field.removeprefix("person.") for fields in known for field in fields)


class Criterion(Dated):
    """`en` and `bn` say why not, to the person across the desk."""

    fact: Literal["returned_on", "years_since_return", "went_legally", "is_sick_or_injured"]
    test: Literal["not_before", "at_most", "is_true"]
    value: date | int | None = None
    en: str
    bn: str

    @model_validator(mode="after")
    def _value_fits(self) -> Self:
        kinds = {"not_before": date, "at_most": int, "is_true": type(None)}
        if not isinstance(self.value, kinds[self.test]):
            raise ValueError(f"{self.fact} {self.test} does not go with {self.value!r}")  # noqa: TRY004  # pydantic takes no other
        return self


class Help(Choice):
    """`sends`: the least that the body needs; nothing else of the person leaves."""

    kinds: tuple[str, ...]
    about: Text | None = None
    source: str
    sends: tuple[Sent, ...]
    criteria: tuple[Criterion, ...]


class Helps(Dated):
    version: str
    valid_from: date
    accept_within_days: int = Field(ge=1, le=60)
    letter_accept_within_days: int = Field(ge=1, le=60)
    provider_kinds: Choices
    decline_codes: Choices
    helps: Annotated[tuple[Help, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _codes_are_known_and_single(self) -> Self:
        for choices in (self.provider_kinds, self.decline_codes, self.helps):
            if len({one.code for one in choices}) != len(choices):
                raise ValueError("a code stands twice in one list")
        known = {one.code for one in self.provider_kinds}
        if strange := {kind for one in self.helps for kind in one.kinds} - known:
            raise ValueError(f"no such kinds of provider: {sorted(strange)}")
        if secret := {str(sent) for one in self.helps for sent in one.sends} - _may_be_sent():
            raise ValueError(f"the sharing policy lets no body know {sorted(secret)}")
        return self

    def help(self, code: str) -> Help:
        """Of a code that is in the list. Raises `StopIteration` otherwise."""
        return next(one for one in self.helps if one.code == code)


def load(path: Path = IN_FORCE) -> Helps:
    """Raises `pydantic.ValidationError`."""
    return Helps.read(path)


HELPS: Final = load()
