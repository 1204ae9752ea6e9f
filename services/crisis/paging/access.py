"""Who sees alarms and answers them."""

from typing import Annotated

from kit.auth import Caller
from services.crisis.handover.access import on_duty

Paged = Annotated[Caller, on_duty("wing", "supervisor", "admin")]
