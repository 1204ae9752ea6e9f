"""Who takes a family's question, and who answers it."""

from typing import Annotated

from services.crisis.incidents.access import Desk, desk

Answering = Annotated[Desk, desk("agent", "supervisor", "wing")]
