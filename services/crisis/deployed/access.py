"""Who asks agencies for their workers, and who answers."""

from typing import Annotated

from services.crisis.incidents.access import Desk, desk

Agency = Annotated[Desk, desk("agency")]
Reader = Annotated[Desk, desk("agency", "wing", "supervisor", "admin")]
