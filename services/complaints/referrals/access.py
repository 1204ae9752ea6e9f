"""Who may receive a referral. A program of a partner is asked about besides (`clients`)."""

from typing import Annotated

from kit.auth import Caller, allow

DecisionReader = Annotated[Caller, allow("analyst", "auditor")]
Receiver = Annotated[Caller, allow("supervisor", "officer", "demo", "wing", "wewb", "ngo", "partner")]
