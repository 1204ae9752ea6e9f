"""What an agreement can be about, as dated data. A file that does not hold together stops the service."""

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from contracts.text import Text
from kit.dated import Choice, Dated
from services.partners import sharing

IN_FORCE: Final = Path(__file__).parent / "data" / "partners-2026.yaml"


class Named(Choice):
    """What the sharing policy calls by `code`, in words."""

    code: str = Field(min_length=1)


Choices = Annotated[tuple[Choice, ...], Field(min_length=1)]
Days = Annotated[int, Field(ge=1, le=366)]


class Confirmation(Dated):
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


class Withdrawal(Dated):
    """A fact that ends what a body was told. No agreement can leave it out, and none must be in force."""

    confirmation: Confirmation


class Scope(Choice):
    """`needs`: the purpose that an agreement in force must have; any where it names none."""

    needs: str | None = None


class Kept(Dated):
    """Days after which an event leaves the feed, and what became of a sending its list. The database refuses fewer than thirty."""

    feed_days: int = Field(ge=60, le=3660)
    deliveries_days: int = Field(ge=30, le=3660)

    @model_validator(mode="after")
    def _a_delivery_has_its_event(self) -> Self:
        if self.feed_days <= self.deliveries_days:
            raise ValueError("an event stays in the feed longer than what became of its sending")
        return self


class QuotaOfAll(Dated):
    """Requests of one program."""

    per_minute: int = Field(ge=1)
    per_day: int = Field(ge=1)


class Lists(Dated):
    version: str = Field(min_length=1)
    valid_from: date
    longest_days: int = Field(ge=1, le=3660)
    quota: QuotaOfAll
    kinds: Choices
    purposes: Choices
    withdrawal: Withdrawal
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1)]
    kept: Kept
    suspension_reasons: Choices
    records: tuple[Named, ...]
    fields: tuple[Named, ...]

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        """What an agreement can be about are the purposes of the sharing policy, in words; a withdrawal is nothing to agree on."""
        known = sharing.VERSIONS
        _check_same("purposes", self.purposes, {one for version in known for one in version.purposes} - {sharing.WITHDRAWAL})
        _check_same("records", self.records, set(sharing.PURPOSES))
        _check_same("fields", self.fields, {one for version in known for one in version.fields})
        if strange := {one.needs for one in self.scopes if one.needs} - {one.code for one in self.purposes}:
            raise ValueError(f"scopes need unknown purposes {sorted(strange)}")
        return self

    def field_words(self, field: str) -> Text:
        """Of a field that nobody knows: its code."""
        return next((Text(one.en, one.bn) for one in self.fields if one.code == field), Text(field, field))


def _check_same(what: str, named: Sequence[Choice], known: Collection[str]) -> None:
    """Raises `ValueError`."""
    if strange := {one.code for one in named} ^ {*known}:
        raise ValueError(f"the sharing policy and the list do not have the same {what}: {sorted(strange)}")


def has(choices: Sequence[Choice], code: str) -> bool:
    return any(one.code == code for one in choices)


def load(path: Path = IN_FORCE) -> Lists:
    """Raises `pydantic.ValidationError` for lists that do not hold together."""
    return Lists.read(path)


LISTS: Final = load()
