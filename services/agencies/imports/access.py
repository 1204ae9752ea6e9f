"""Who may call what of imports."""

from typing import Annotated

from kit.auth import Caller, allow

Importer = Annotated[Caller, allow("admin", "decider")]
ImportReader = Annotated[Caller, allow("admin", "decider", "auditor")]
