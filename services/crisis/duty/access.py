"""Who may take note of a warning for a mission."""

from typing import Annotated

from kit.auth import Caller
from services.crisis.handover.access import on_duty

Acknowledger = Annotated[Caller, on_duty("wing", "admin")]
