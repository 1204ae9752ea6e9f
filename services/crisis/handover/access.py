"""Callers of the crisis service with all the countries that they answer for now: also those of missions that handed them their duty."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends

from kit.auth import Caller, Role, allow
from kit.database import SessionDep
from services.crisis.handover import repository, rules
from services.crisis.handover.service import MISSIONS


def on_duty(*roles: Role) -> Any:
    """As `kit.auth.allow`; a wing's officer comes with the countries of each duty that is theirs at this moment."""
    admitted = allow(*roles)

    async def widened(session: SessionDep, caller: Annotated[Caller, admitted]) -> Caller:
        if not caller.has("wing"):
            return caller
        today = datetime.now(UTC).date()
        return replace(caller, countries=rules.widened(caller.countries, MISSIONS, await repository.chains(session), today))

    return Depends(widened)


DutyReader = Annotated[Caller, allow("wing", "agent", "supervisor", "officer", "analyst", "auditor", "admin")]
Mover = Annotated[Caller, allow("wing", "supervisor", "admin")]
