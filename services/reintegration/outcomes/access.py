"""Who may ask what became of returnees."""

from typing import Annotated

from kit.auth import Caller, allow

Reader = Annotated[Caller, allow("supervisor", "wewb", "analyst", "auditor", "admin")]
