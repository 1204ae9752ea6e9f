"""Who may see and make decisions. Whose countries and whose warnings is judged in `rules`."""

from typing import Annotated

from kit.auth import Caller
from services.crisis.handover.access import on_duty

Decider = Annotated[Caller, on_duty("wing", "supervisor", "admin")]
