"""What an agreement can be about, as dated data. A file that does not hold together stops the service."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from contracts import catalogue as _all_events  # noqa: F401  # declares every event type
from contracts.events import event_types

IN_FORCE: Final = Path(__file__).parent / "data" / "partners-2026.yaml"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Choice(_Data):
    code: str = Field(pattern=r"^[a-z][a-z_]{1,39}$")
    en: str = Field(min_length=1)
    bn: str = Field(min_length=1)


class Purpose(Choice):
    """`events` that it lets through, and of their data at most `fields`. `addressed`: only to the body that the fact names."""

    addressed: bool
    events: Annotated[tuple[str, ...], Field(min_length=1)]
    fields: Annotated[tuple[str, ...], Field(min_length=1)]


Choices = Annotated[tuple[Choice, ...], Field(min_length=1)]
Days = Annotated[int, Field(ge=1, le=366)]


class Confirmation(_Data):
    """How long who was told has to confirm, when they are reminded, before and after; `ways` in which an officer may hear of it."""

    due_days: Days
    remind_after_days: tuple[Days, ...]
    then_every_days: Days
    outcomes: Choices
    ways: Choices

    @model_validator(mode="after")
    def _reminds_in_time(self) -> Self:
        days = [*self.remind_after_days, self.due_days]
        if days != sorted(set(days)):
            raise ValueError("reminders come one after the other, and before the confirmation is due")
        return self


class Withdrawal(_Data):
    """Facts that end what a body was told, with these `fields`. No agreement can leave them out, and none must be in force."""

    events: Annotated[tuple[str, ...], Field(min_length=1)]
    fields: Annotated[tuple[str, ...], Field(min_length=1)]
    confirmation: Confirmation


class Scope(Choice):
    """`needs`: the purpose that an agreement in force must have; any where it names none."""

    needs: str | None = None


class Lists(_Data):
    version: str = Field(min_length=1)
    valid_from: date
    longest_days: int = Field(ge=1, le=3660)
    kinds: Choices
    purposes: Annotated[tuple[Purpose, ...], Field(min_length=1)]
    withdrawal: Withdrawal
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1)]
    suspension_reasons: Choices

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        for purpose in self.purposes:
            _check_known(purpose.code, purpose.events, purpose.fields, is_addressed=purpose.addressed)
        _check_known("withdrawal", self.withdrawal.events, self.withdrawal.fields, is_addressed=True)
        named = [*self.withdrawal.events, *(event for one in self.purposes for event in one.events)]
        if twice := {one for one in named if named.count(one) > 1}:
            raise ValueError(f"more than one purpose names {sorted(twice)}")
        if strange := {one.needs for one in self.scopes if one.needs} - {one.code for one in self.purposes}:
            raise ValueError(f"scopes need unknown purposes {sorted(strange)}")
        return self

    def purpose(self, code: str) -> Purpose:
        """Of a code that is in the list. Raises `StopIteration` otherwise."""
        return next(one for one in self.purposes if one.code == code)

    def purpose_of(self, event: str) -> Purpose | None:
        """None for a withdrawal, which serves no purpose, and for what no partner is told."""
        return next((one for one in self.purposes if event in one.events), None)

    def events(self) -> frozenset[str]:
        """All that a partner may be told."""
        return frozenset((*self.withdrawal.events, *(event for one in self.purposes for event in one.events)))


def _check_known(code: str, events: Sequence[str], fields: Sequence[str], *, is_addressed: bool) -> None:
    """Raises `ValueError`."""
    known = event_types()
    if strange := set(events) - set(known):
        raise ValueError(f"{code} names unknown events {sorted(strange)}")
    if strange := set(fields) - {name for one in events for name in known[one].model_fields}:
        raise ValueError(f"{code} names fields that its events do not have: {sorted(strange)}")
    if is_addressed and (nobody := [one for one in events if "recipient" not in known[one].model_fields]):
        raise ValueError(f"{code} is addressed, and these events name no recipient: {nobody}")


def has(choices: Sequence[Choice], code: str) -> bool:
    return any(one.code == code for one in choices)


def load(path: Path = IN_FORCE) -> Lists:
    """Raises `pydantic.ValidationError` for lists that do not hold together."""
    return Lists.model_validate(yaml.safe_load(path.read_text("utf-8")))


LISTS: Final = load()
