"""To whom a case is referred, for what and with which data at most, as dated data, read and judged at start-up."""

from datetime import date
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from kit.dated import Choice, Dated
from kit.policy import policies

IN_FORCE: Final = Path(__file__).parent.parent / "data" / "referrals.yaml"
Sent = Literal["classification", "allegation", "respondent", "victim.identity", "victim.contact"]


class Body(Choice):
    needs_consent: bool


class Purpose(Choice):
    """`fields`: the most that is sent. Somebody must accept within `accept_hours`."""

    accept_hours: int = Field(ge=1, le=24 * 60)
    fields: tuple[Sent, ...] = Field(min_length=1)


class ConsentBasis(Choice):
    counts: bool


class Lists(Dated):
    version: str
    valid_from: date
    source: str
    bodies: tuple[Body, ...]
    purposes: tuple[Purpose, ...]
    consents: tuple[ConsentBasis, ...]
    decline_reasons: tuple[Choice, ...]
    outcomes: tuple[Choice, ...]

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Self:
        for name in NAMES:
            codes = [one.code for one in getattr(self, name)]
            if len(set(codes)) != len(codes):
                raise ValueError(f"a code of {name} stands twice")
        # What is sent is the least that a purpose needs; what a partner is shown is judged at each reading.
        known = {field for one in policies().versions("partners") for field in one.fields_of("referral", type="received.complaint")}
        if strange := {field for one in self.purposes for field in one.fields} - known:
            raise ValueError(f"the sharing policy lets no partner know {sorted(strange)}")
        return self

    def codes(self, name: str) -> frozenset[str]:
        return frozenset(one.code for one in getattr(self, name))

    def body(self, code: str) -> Body:
        """Of a code that is listed."""
        return next(one for one in self.bodies if one.code == code)

    def purpose(self, code: str) -> Purpose:
        """Of a code that is listed."""
        return next(one for one in self.purposes if one.code == code)

    def consent(self, code: str) -> ConsentBasis:
        """Of a code that is listed."""
        return next(one for one in self.consents if one.code == code)


NAMES: Final = ("bodies", "purposes", "consents", "decline_reasons", "outcomes")


def load(path: Path = IN_FORCE) -> Lists:
    """Raises `pydantic.ValidationError` for a file that cannot be relied upon."""
    return Lists.read(path)


LISTS: Final = load()
