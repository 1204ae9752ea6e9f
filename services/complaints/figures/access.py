"""Who may ask for figures."""

from typing import Annotated

from kit.auth import Caller, allow

Counter = Annotated[Caller, allow("supervisor", "officer", "demo", "wing", "wewb", "analyst", "auditor", "admin")]
