"""Who may receive a referral."""

from typing import Annotated

from kit.auth import Caller, allow

DecisionReader = Annotated[Caller, allow("analyst", "auditor")]
Receiver = Annotated[Caller, allow("supervisor", "officer", "demo", "wing", "wewb", "ngo")]
