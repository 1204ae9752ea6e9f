"""When each office of this service works: the calendars of contracts/calendars, held against the offices that there are."""

from functools import lru_cache
from pathlib import Path
from typing import Final, Self

from pydantic import model_validator

from kit import calendars
from kit.working_time import Calendar, Unit
from services.complaints.offices import OFFICES


class Calendars(calendars.Calendars):
    @model_validator(mode="after")
    def _fits_the_offices(self) -> Self:
        if unknown := {one.office for one in self.used_by if one.office} - set(OFFICES.by_code):
            raise ValueError(f"no such office: {sorted(unknown)}")
        for office in OFFICES.by_code:
            self.of(office)
            self.of(office, "working_days")
        self.of("an office that is no longer in force")
        return self

    def of(self, office: str, unit: Unit = "working_hours") -> Calendar:
        """That of the office now, for this unit."""
        return self.of_office(office, OFFICES.kind_of(office), unit)


@lru_cache(maxsize=8)
def load(path: Path = calendars.IN_FORCE) -> Calendars:
    """Raises `pydantic.ValidationError` for calendars that do not hold together."""
    return Calendars.read(path)


CALENDARS: Final = load()
