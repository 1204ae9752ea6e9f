"""Who may call what at the desk."""

from typing import Annotated

from kit.auth import Caller, allow

Desk = Annotated[Caller, allow("agent", "supervisor")]
Supervisor = Annotated[Caller, allow("supervisor")]
Exchange = Annotated[Caller, allow("service")]


def is_supervisor(caller: Caller) -> bool:
    return caller.has("supervisor")
