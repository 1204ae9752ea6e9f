"""Who records an answer for somebody, and who reads what nobody could."""

from typing import Annotated

from kit.auth import Caller, allow

Taker = Annotated[Caller, allow("wing", "agent", "supervisor", "admin")]
