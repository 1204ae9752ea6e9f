"""Who may take note of a warning for a mission."""

from typing import Annotated

from kit.auth import Caller, allow

Acknowledger = Annotated[Caller, allow("wing", "admin")]
