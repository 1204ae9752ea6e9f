"""Who may work on incidents. Whose countries is judged in `rules`; a desk is who asks, in which transaction, with which keys."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller, Role, allow
from kit.crypto import Keyring, KeyringDep
from kit.database import SessionDep


@dataclass(frozen=True, slots=True)
class Desk:
    caller: Caller
    session: AsyncSession
    keyring: Keyring


def desk(*roles: Role) -> Any:
    """Admits these roles, and yields their desk: stands in an `Annotated[Desk, …]`."""

    async def sit_down(caller: Annotated[Caller, allow(*roles)], session: SessionDep, keyring: KeyringDep) -> Desk:
        return Desk(caller, session, keyring)

    return Depends(sit_down)


Leader = Annotated[Desk, desk("wing", "supervisor", "admin")]
Onlooker = Annotated[Desk, desk("wing", "supervisor", "agent", "analyst", "auditor", "admin")]
