"""Whose working days count for a wing's case: those of the office that answers for the country; of Dhaka where no wing does."""

from datetime import date
from typing import Final

from kit.calendars import IN_FORCE, Calendars
from kit.working_time import Calendar
from services.crisis.handover.service import MISSIONS

CALENDARS: Final = Calendars.read(IN_FORCE)


def calendar_of(country: str, on: date) -> Calendar:
    kind = "control_room" if MISSIONS.row(country, on) is None else "wing"
    return CALENDARS.of_office(f"wing-{country}", kind, "working_days")
