"""Who may have the stored messages judged anew."""

from typing import Annotated

from kit.auth import Caller, allow

Auditor = Annotated[Caller, allow("auditor", "supervisor", "admin")]
