"""Callers of the crisis service with all the countries that they answer for now: also those of missions that handed them their duty."""

from typing import Annotated, Any

from fastapi import Depends

from kit.auth import Caller, Role, allow
from kit.database import SessionDep
from services.crisis.handover import service


def on_duty(*roles: Role) -> Any:
    """As `kit.auth.allow`; a wing's officer comes with the countries of each duty that is theirs at this moment."""
    admitted = allow(*roles)

    async def widened(session: SessionDep, caller: Annotated[Caller, admitted]) -> Caller:
        return await service.widened(session, caller)

    return Depends(widened)


DutyReader = Annotated[Caller, allow("wing", "agent", "supervisor", "officer", "analyst", "auditor", "admin")]
Mover = Annotated[Caller, allow("wing", "supervisor", "admin")]
