"""Who reports on activities, in which states and by when, as dated data, read and judged at start-up."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal, Self, get_args

from pydantic import Field, model_validator

from contracts.framework.register import Horizon
from contracts.framework.register import load as register
from contracts.text import Text
from kit.dated import Dated

IN_FORCE: Final = Path(__file__).parent.parent / "data" / "reporting.yaml"
ANY_LEAD: Final = "*"


class State(Dated):
    code: str
    title: Text
    claims: bool
    ends: bool


class Office(Dated):
    """Accounts with `role` (and `org`, where one is named) speak for `actor` from `since` until the day before `until`."""

    actor: str
    role: Literal["analyst", "officer"]
    org: str | None = None
    since: date
    until: date | None = None


class Renumbering(Dated):
    """`now` (in this edition) is the activity that `edition` called `earlier`."""

    edition: str
    earlier: str
    now: str


class Remark(Dated):
    activities: tuple[str, ...]
    text: Text


class Reporting(Dated):
    version: int
    valid_from: date
    label: Literal["illustrative", "ordered"]
    source: str
    counts_from: date
    report_every_days: Mapping[Horizon, Annotated[int, Field(ge=1, le=3660)]]
    remind_before_days: int = Field(ge=0, le=365)
    remind_again_days: int = Field(ge=1, le=365)
    edition: str
    renumbered: tuple[Renumbering, ...]
    states: tuple[State, ...]
    offices: tuple[Office, ...]
    remarks: tuple[Remark, ...]

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if faults := [*_unknown(self)]:
            raise ValueError("; ".join(faults))
        return self


def _unknown(reporting: Reporting) -> Iterator[str]:
    activities = {one.id for one in register().activities}
    actors = {one.id for one in register().actors} | {ANY_LEAD}
    for office in reporting.offices:
        if office.actor not in actors:
            yield f"an office speaks for the unknown body {office.actor}"
    for number in [*(one.now for one in reporting.renumbered), *(number for one in reporting.remarks for number in one.activities)]:
        if number not in activities:
            yield f"the unknown activity {number}"
    yield from (f"no rhythm for {code}" for code in get_args(Horizon) if code not in reporting.report_every_days)
    if any(one.edition == reporting.edition for one in reporting.renumbered):
        yield "an activity is renumbered within its own edition"


@cache
def load() -> Reporting:
    """Raises pydantic.ValidationError, which names every fault."""
    return Reporting.read(IN_FORCE)
