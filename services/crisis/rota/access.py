"""Who writes the rota of which mission: its own officers, whoever has its duty, and Dhaka."""

from datetime import date
from typing import Annotated

from kit.auth import EVERYWHERE, Caller
from services.crisis.handover import rules
from services.crisis.handover.access import on_duty
from services.crisis.handover.service import MISSIONS

RotaWriter = Annotated[Caller, on_duty("wing", "supervisor", "admin")]


def missions_of(caller: Caller, on: date) -> frozenset[str] | None:
    """None is every mission."""
    if caller.has("supervisor", "admin") or EVERYWHERE in caller.countries:
        return None
    return rules.own(caller.countries, MISSIONS, on)
