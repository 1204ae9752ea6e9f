"""Who may call what in the register. Reading it is open: it exists to be looked up."""

from typing import Annotated

from kit.auth import Caller, allow

Registrar = Annotated[Caller, allow("admin", "decider")]
ImportReader = Annotated[Caller, allow("admin", "decider", "auditor")]
