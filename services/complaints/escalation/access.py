"""Who may look at queues of all offices, fill seats and start a search."""

from typing import Annotated

from kit.auth import Caller, allow

Watcher = Annotated[Caller, allow("supervisor", "officer", "demo", "wing", "wewb", "decider")]
Seater = Annotated[Caller, allow("supervisor", "admin")]
