"""Who may call what in the agencies service. Looking an agency up is open: whoever is about to pay must be able to."""

from typing import Annotated

from kit.auth import Caller, allow

Registrar = Annotated[Caller, allow("admin", "decider")]
Overseer = Annotated[Caller, allow("supervisor", "decider", "analyst", "admin", "service")]
