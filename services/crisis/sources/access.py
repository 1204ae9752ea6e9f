"""Who sees where warnings come from, and who handles what could not be read."""

from typing import Annotated

from kit.auth import Caller, allow

Viewer = Annotated[Caller, allow("wing", "agent", "supervisor", "analyst", "auditor", "admin", "service")]
Handler = Annotated[Caller, allow("wing", "supervisor", "admin")]
QuarantineReader = Annotated[Caller, allow("wing", "supervisor", "auditor", "admin")]
LogReader = Annotated[Caller, allow("supervisor", "analyst", "auditor", "admin")]
