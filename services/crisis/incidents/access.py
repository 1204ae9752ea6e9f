"""Who may work on incidents. Whose countries is judged in `service`; a desk is who asks, in which transaction, with which keys."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller, Role
from kit.crypto import Keyring, KeyringDep
from kit.database import SessionDep
from services.crisis.handover import service as handover
from services.crisis.handover.access import on_duty


@dataclass(frozen=True, slots=True)
class Desk:
    caller: Caller
    session: AsyncSession
    keyring: Keyring
    given_away: frozenset[str] = frozenset()
    """Countries whose duty is with another mission now: read, and no more."""


def desk(*roles: Role) -> Any:
    """Admits these roles, and yields their desk: stands in an `Annotated[Desk, …]`."""

    async def sit_down(caller: Annotated[Caller, on_duty(*roles)], session: SessionDep, keyring: KeyringDep) -> Desk:
        return Desk(caller, session, keyring, await handover.given_away(session, caller))

    return Depends(sit_down)


Leader = Annotated[Desk, desk("wing", "supervisor", "admin")]
Onlooker = Annotated[Desk, desk("wing", "supervisor", "agent", "analyst", "auditor", "admin")]
