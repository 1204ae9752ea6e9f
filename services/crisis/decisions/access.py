"""Who may see and make decisions. Whose countries and whose warnings is judged in `rules`."""

from typing import Annotated

from kit.auth import Caller, allow

Decider = Annotated[Caller, allow("wing", "supervisor", "admin")]
