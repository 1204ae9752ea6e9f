"""What the reports tell, as dated data, read and judged at start-up."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from contracts import catalogue as _all_events  # noqa: F401  # declares every event type
from contracts.events import event_types
from contracts.framework.register import load as load_register
from contracts.text import Text
from kit.dated import Dated
from services.monitor.evidence.rules import Dimension

IN_FORCE: Final = Path(__file__).parent.parent / "data" / "reports.yaml"
Words = Annotated[tuple[Text, ...], Field(min_length=1)]


class Told(Dated):
    """One kind of fact; `by` are the ways in which it is divided."""

    event: str
    title: Text
    by: tuple[Dimension, ...]


class Definition(Dated):
    activity: str
    title: Text
    tables: Annotated[tuple[Told, ...], Field(min_length=1)]
    not_counted: Words


class Reports(Dated):
    version: int = Field(ge=1)
    valid_from: date
    label: Literal["illustrative", "ordered"]
    source: str
    notes: Words
    reports: Mapping[str, Definition]

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        activities = {one.id for one in load_register().activities}
        for name, report in self.reports.items():
            if report.activity not in activities:
                raise ValueError(f"{name} answers for an unknown activity {report.activity}")
            if strange := {one.event for one in report.tables} - set(event_types()):
                raise ValueError(f"{name} counts unknown events {sorted(strange)}")
        return self


@cache
def load() -> Reports:
    """Raises pydantic.ValidationError, which names every fault."""
    return Reports.read(IN_FORCE)
