"""Who records an answer for somebody, and who reads what nobody could."""

from typing import Annotated

from kit.auth import Caller
from services.crisis.handover.access import on_duty

Taker = Annotated[Caller, on_duty("wing", "agent", "supervisor", "admin")]
