"""The lists from which desks choose, as dated data. A file that does not hold together stops the service at its start."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from kit.dated import Choice, Dated

IN_FORCE: Final = Path(__file__).parent / "data" / "lists-2026.yaml"


class Flag(Choice):
    """What cannot wait: an officer acts within `hours` of registration. `restricted`: seen by few."""

    hours: int = Field(ge=1, le=168)
    restricted: bool


Choices = Annotated[tuple[Choice, ...], Field(min_length=1)]


class Lists(Dated):
    version: str = Field(min_length=1)
    valid_from: date
    plan_due_days: int = Field(ge=1, le=365)
    expected_ahead_days: int = Field(ge=0, le=180)
    reasons: Choices
    document_kinds: Choices
    needs: Choices
    consent_purposes: Choices
    proofs: Choices
    owed: Choices
    arrival_services: Choices
    flags: Annotated[tuple[Flag, ...], Field(min_length=1)]

    @property
    def every(self) -> tuple[Sequence[Choice], ...]:
        named = (self.reasons, self.document_kinds, self.needs, self.consent_purposes, self.proofs, self.owed, self.arrival_services)
        return (*named, self.flags)

    def flag(self, code: str) -> Flag:
        """Of a code that is in the list."""
        return next(one for one in self.flags if one.code == code)

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Self:
        for choices in self.every:
            if len({one.code for one in choices}) != len(choices):
                raise ValueError("a code stands twice in one list")
        return self


def has(choices: Sequence[Choice], code: str) -> bool:
    return any(one.code == code for one in choices)


def choice(choices: Sequence[Choice], code: str) -> Choice:
    """Its code for words where a later list no longer has it: old records still name it."""
    return next((one for one in choices if one.code == code), Choice.model_construct(code=code, en=code, bn=code))


def load(path: Path = IN_FORCE) -> Lists:
    """Raises `pydantic.ValidationError` for lists that do not hold together."""
    return Lists.read(path)
