"""The kinds of a wing's cases as dated data: fields, steps, limits, outcomes. A file that does not hold together stops the service."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from contracts.text import Text
from kit.dated import Choice, Dated
from kit.working_time import Unit

IN_FORCE: Final = Path(__file__).parent / "data" / "kinds.yaml"
Origin = Literal["counter", "complaint", "family"]
ORIGINS: Final[Mapping[str, Text]] = {
    "counter": Text("At the counter", "কাউন্টারে"),
    "complaint": Text("From a complaint", "অভিযোগ থেকে"),
    "family": Text("Asked by the family", "পরিবারের আবেদন"),
}


class Limit(Dated):
    amount: int = Field(ge=1, le=366)
    unit: Unit


class FieldOf(Dated):
    """`choice` and `day` are codes and days, kept open because they are counted; `line` and `area` are words, and sealed."""

    code: str
    kind: Literal["choice", "day", "line", "area"]
    name: Text
    hint: Text | None = None
    choices: str | None = None

    @property
    def is_sealed(self) -> bool:
        return self.kind in {"line", "area"}


class Step(Dated):
    """`visit`: done by writing a visit down. `again`: due once more so long after each time. Without `due` it is not owed."""

    code: str
    name: Text
    counts_as: str | None = None
    visit: bool = False
    needs_consent: bool = False
    followed_in_complaint: bool = False
    origins: tuple[Origin, ...] = ("counter", "complaint", "family")
    due: Limit | None = None
    again: Limit | None = None
    illustrative: bool = False
    source: str | None = None

    @model_validator(mode="after")
    def _a_limit_without_source_says_so(self) -> Self:
        if self.due is not None and not self.illustrative and self.source is None:
            raise ValueError(f"the limit of {self.code} has no source and is not labelled illustrative")
        return self


class Outcome(Dated):
    """`needs`: steps that must be done first. `sets`: what closing so says of a field."""

    code: str
    name: Text
    needs: tuple[str, ...] = ()
    sets: Mapping[str, str] = {}


class Kind(Dated):
    """`restricted`: from the beginning. `is_of_place`: about a workplace, and no one person."""

    code: str
    name: Text
    restricted: bool = False
    is_of_place: bool = False
    fields: tuple[FieldOf, ...]
    steps: tuple[Step, ...]
    outcomes: tuple[Outcome, ...] = Field(min_length=1)

    def field(self, code: str) -> FieldOf | None:
        return next((one for one in self.fields if one.code == code), None)

    def step(self, code: str) -> Step | None:
        return next((one for one in self.steps if one.code == code), None)

    def outcome(self, code: str) -> Outcome | None:
        return next((one for one in self.outcomes if one.code == code), None)


class Kinds(Dated):
    version: str
    valid_from: date
    source: str
    choices: Mapping[str, tuple[Choice, ...]]
    services: tuple[Choice, ...]
    fields: tuple[FieldOf, ...]
    steps: tuple[Step, ...]
    kinds: tuple[Kind, ...]

    @cached_property
    def by_code(self) -> Mapping[str, Kind]:
        """Each kind with the fields and steps that all share."""
        whole = {}
        for one in self.kinds:
            shared = () if one.is_of_place else self.fields
            whole[one.code] = one.model_copy(update={"fields": (*one.fields, *shared), "steps": (*self.steps, *one.steps)})
        return whole

    def words_of(self, choices: str, code: str) -> Text:
        """The code itself where it is no longer in the list: old records keep theirs."""
        return next((one.words for one in self.choices.get(choices, ()) if one.code == code), Text(code, code))

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        services = {one.code for one in self.services}
        if len(self.by_code) != len(self.kinds):
            raise ValueError("a kind stands twice")
        for kind in self.by_code.values():
            steps = [one.code for one in kind.steps]
            if len(set(steps)) != len(steps) or len({one.code for one in kind.fields}) != len(kind.fields):
                raise ValueError(f"{kind.code}: a step or field stands twice")
            for field in kind.fields:
                if (field.kind == "choice") != (field.choices in self.choices):
                    raise ValueError(f"{kind.code}.{field.code}: a choice names a list that is there, and nothing else does")
            if strange := {one.counts_as for one in kind.steps if one.counts_as} - services:
                raise ValueError(f"{kind.code}: no such service: {sorted(strange)}")
            for outcome in kind.outcomes:
                self._check_outcome(kind, outcome)
        return self

    def _check_outcome(self, kind: Kind, outcome: Outcome) -> None:
        if strange := set(outcome.needs) - {one.code for one in kind.steps}:
            raise ValueError(f"{kind.code}.{outcome.code} needs unknown steps: {sorted(strange)}")
        for code, value in outcome.sets.items():
            field = kind.field(code)
            if field is None or value not in {one.code for one in self.choices.get(field.choices or "", ())}:
                raise ValueError(f"{kind.code}.{outcome.code} sets what is not there: {code}")


def load(path: Path = IN_FORCE) -> Kinds:
    """Raises `pydantic.ValidationError`."""
    return Kinds.read(path)


KINDS: Final = load()
