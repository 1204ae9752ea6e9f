"""Who registers for an evacuation, who leads it, and who receives people at the end of a leg."""

from typing import Annotated

from services.crisis.incidents.access import Desk, desk

Registrar = Annotated[Desk, desk("wing", "supervisor", "agent")]
Mover = Annotated[Desk, desk("wing", "supervisor")]
Receiver = Annotated[Desk, desk("wing", "supervisor", "airport")]
