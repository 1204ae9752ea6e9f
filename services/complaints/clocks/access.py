"""Who may see deadlines and note a contact: those who take and handle complaints, never the party it is about."""

from typing import Annotated

from kit.auth import Caller, allow

Timekeeper = Annotated[Caller, allow("agent", "supervisor", "officer", "demo", "wing", "ngo", "udc", "airport", "wewb", "decider")]
Noter = Annotated[Caller, allow("agent", "supervisor", "officer", "demo", "wing", "wewb")]
