"""Who returns what Safe Migration Committees did: the district's office for its own, the ministry for all. What may be told is open."""

from typing import Annotated

from kit.auth import Caller, allow

Returner = Annotated[Caller, allow("demo", "analyst")]
ReturnReader = Annotated[Caller, allow("demo", "analyst", "admin")]
