"""What cases choose from, as dated data: needs, steps, papers, grants, risks. A file that does not hold together stops the service."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, model_validator

from contracts.places import CountryCode
from contracts.text import Text
from kit.dated import Choice, Dated

FOLDER: Final = Path(__file__).parent / "data"
CaseKind = Literal["distress", "death", "missing", "protection"]
Level = Literal["low", "medium", "high", "extreme"]
LEVELS: Final[tuple[Level, ...]] = ("low", "medium", "high", "extreme")
Condition = Literal["identity_confirmed", "cleared", "body_returned", "death_certificate", "heirs_known"]
_NOT_OF_LIST: Final = Text(
    "Choose a code of the list at /v1/complaints/cases/lists.", "/v1/complaints/cases/lists তালিকা থেকে একটি কোড বেছে নিন।"
)


def _once_each(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    if len({one.code for one in choices}) != len(choices):
        raise ValueError("a code stands twice in one list")
    return choices


Choices = Annotated[tuple[Choice, ...], Field(min_length=1), AfterValidator(_once_each)]


class Cases(Dated):
    version: str
    valid_from: date
    needs: Choices
    steps: Choices
    former_steps: Choices
    sources: Choices
    payers: Choices
    money: Choices


class Words(Dated):
    en: str
    bn: str


class PapersHere(Dated):
    """A country's own list: both ways, with where it was found."""

    source: str
    as_of: date
    back: Choices
    burial: Choices


class Papers(Dated):
    """`back`: the body returns home. `basis` says what the default is worth."""

    basis: Words
    back: Choices = Field(alias="return")
    burial: Choices
    countries: Mapping[CountryCode, PapersHere]


class Grant(Choice):
    """`amount` in minor units. `since`: the first day of death for which these terms hold; `until` the last, open where none is known."""

    amount: int = Field(gt=0)
    currency: Literal["BDT"]
    since: date
    until: date | None = None
    conditions: tuple[Condition, ...]
    source: str


class Deaths(Dated):
    version: str
    valid_from: date
    papers: Papers
    heirs: Choices
    grants: tuple[Grant, ...]
    documents_seen: Choices
    causes: Choices

    def grants_on(self, day: date) -> list[Grant]:
        return [one for one in self.grants if one.since <= day and (one.until is None or day <= one.until)]


class Item(Choice):
    points: int = Field(ge=0)


class Risks(Dated):
    """`bands`: from how many points on an answer speaks for a level. `visit_within_days`: how long a family of that level waits at most."""

    version: str
    valid_from: date
    basis: Words
    bands: Mapping[Level, int]
    visit_within_days: Mapping[Level, int]
    items: tuple[Item, ...]
    issues: Choices
    bodies: Choices

    @model_validator(mode="after")
    def _bands_rise(self) -> Self:
        if set(self.bands) != set(LEVELS) or set(self.visit_within_days) != set(LEVELS):
            raise ValueError("each level needs a band and a time to the next visit")
        marks = [self.bands[level] for level in LEVELS]
        if marks[0] != 0 or marks != sorted(set(marks)):
            raise ValueError("bands begin at 0 and rise")
        _once_each(self.items)
        return self


def codes(choices: Sequence[Choice]) -> frozenset[str]:
    return frozenset(one.code for one in choices)


def words_of(choices: Sequence[Choice], code: str) -> Text:
    """The code itself where a later list no longer has it: old records still name it."""
    return next((one.words for one in choices if one.code == code), Text(code, code))


def one_of(choices: Sequence[Choice]) -> AfterValidator:
    """For a field of a schema: refuses what is not in the list, in both languages."""
    known = codes(choices)

    def check(code: str) -> str:
        if code not in known:
            raise ValueError(_NOT_OF_LIST)
        return code

    return AfterValidator(check)


D = TypeVar("D", bound=Dated)


def read(kind: type[D], name: str, folder: Path = FOLDER) -> D:
    """Raises `pydantic.ValidationError` for a file that does not hold together."""
    return kind.read(folder / name)


CASES: Final = read(Cases, "cases-2026.yaml")
DEATHS: Final = read(Deaths, "death-2026.yaml")
RISKS: Final = read(Risks, "risk-2026.yaml")
KINDS: Final[tuple[CaseKind, ...]] = ("distress", "death", "missing", "protection")


def every_list() -> Iterator[tuple[str, Sequence[Choice]]]:
    """What forms offer, by name."""
    for name in ("needs", "steps", "sources", "payers", "money"):
        yield name, getattr(CASES, name)
    yield from (("causes", DEATHS.causes), ("documents_seen", DEATHS.documents_seen), ("heir_papers", DEATHS.heirs))
    yield from (("grants", DEATHS.grants), ("issues", RISKS.issues), ("bodies", RISKS.bodies), ("risks", RISKS.items))
