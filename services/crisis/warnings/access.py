"""Who may call what in the crisis service. Which countries' warnings are seen is judged in `rules`."""

from typing import Annotated

from kit.auth import Caller, allow

Poster = Annotated[Caller, allow("wing", "supervisor", "admin", "service")]
Reader = Annotated[Caller, allow("wing", "agent", "supervisor", "analyst", "auditor", "admin", "service")]
