"""What is followed and in which steps, as dated data, read and judged at start-up."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import model_validator

from contracts.framework.register import load as register
from contracts.places import CountryCode
from contracts.text import Text
from kit.dated import Dated

IN_FORCE: Final = Path(__file__).parent.parent / "data" / "tracker.yaml"


class Outcome(Dated):
    code: str
    title: Text


class Step(Dated):
    """`repeats`: it may be told many times. `after`: steps that, where they were done, were done no later. `ends`: none follows it."""

    code: str
    title: Text
    repeats: bool = False
    after: tuple[str, ...] = ()
    ends: bool = False
    outcomes: tuple[Outcome, ...] = ()


class Kind(Dated):
    code: str
    title: Text
    holds_actions: bool
    steps: tuple[Step, ...]


class NamedMatter(Dated):
    """What the framework names. `said`: how it tells that things stood; `found`: where it does."""

    code: str
    kind: str
    title: Text
    country: CountryCode | None = None
    activities: tuple[str, ...]
    owners: tuple[str, ...]
    said: Text
    found: Text


class Tracker(Dated):
    version: int
    valid_from: date
    label: Literal["illustrative", "ordered"]
    source: str
    kinds: tuple[Kind, ...]
    matters: tuple[NamedMatter, ...]

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if faults := [*_twice(self), *_unknown_steps(self), *_unknown_names(self)]:
            raise ValueError("; ".join(faults))
        return self

    def kind(self, code: str) -> Kind | None:
        return next((one for one in self.kinds if one.code == code), None)


def _twice(tracker: Tracker) -> Iterator[str]:
    groups = [[one.code for one in tracker.kinds], [one.code for one in tracker.matters]]
    groups += [[one.code for one in kind.steps] for kind in tracker.kinds]
    groups += [[one.code for one in step.outcomes] for kind in tracker.kinds for step in kind.steps]
    for codes in groups:
        yield from (f"{code} is named twice" for code in sorted(set(codes)) if codes.count(code) > 1)


def _unknown_steps(tracker: Tracker) -> Iterator[str]:
    for kind in tracker.kinds:
        once = {one.code for one in kind.steps if not one.repeats}
        for step in kind.steps:
            if step.ends and step.repeats:
                yield f"{kind.code}: {step.code} ends it and repeats"
            yield from (f"{kind.code}: {step.code} follows {code}, no step that is done once" for code in step.after if code not in once)


def _unknown_names(tracker: Tracker) -> Iterator[str]:
    activities, actors = {one.id for one in register().activities}, {one.id for one in register().actors}
    for matter in tracker.matters:
        if tracker.kind(matter.kind) is None:
            yield f"{matter.code} is of the unknown kind {matter.kind}"
        yield from (f"{matter.code}: the unknown activity {one}" for one in matter.activities if one not in activities)
        yield from (f"{matter.code}: the unknown body {one}" for one in matter.owners if one not in actors)


@cache
def load() -> Tracker:
    """Raises pydantic.ValidationError, which names every fault."""
    return Tracker.read(IN_FORCE)
