"""Who may call what about redress."""

from typing import Annotated

from kit.auth import Caller, allow

# Those who keep deposits answer for them, and see what they are asked for.
Stepper = Annotated[Caller, allow("supervisor", "officer", "demo", "wing", "wewb", "decider")]
