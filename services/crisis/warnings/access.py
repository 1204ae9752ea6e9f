"""Who may call what in the crisis service. Which countries' warnings are seen is judged in `rules`."""

from typing import Annotated

from kit.auth import Caller
from services.crisis.handover.access import on_duty

Poster = Annotated[Caller, on_duty("wing", "supervisor", "admin", "service")]
Reader = Annotated[Caller, on_duty("wing", "agent", "supervisor", "analyst", "auditor", "admin", "service")]
