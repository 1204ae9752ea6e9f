"""Who may call what in the register of those who recruit without registration: it names people of whom nothing is proven."""

from typing import Annotated

from kit.auth import Caller, allow

Noter = Annotated[Caller, allow("supervisor", "demo", "wing", "decider", "admin")]
Reader = Annotated[Caller, allow("supervisor", "decider", "admin")]
Joiner = Annotated[Caller, allow("decider", "admin")]
