"""Who may call the procedure's routes, and what each act is given: the caller, the version they saw, their key."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Response
from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller, Role, allow
from kit.crypto import Keyring, KeyringDep
from kit.database import SessionDep
from kit.idempotency import Once, OnceDep
from kit.versions import ExpectedVersion
from services.complaints.access import Reference
from services.complaints.lifecycle.rules import Action
from services.complaints.lifecycle.schemas import ActedOut
from services.complaints.lifecycle.service import Effect, act


@dataclass(frozen=True, slots=True)
class Desk:
    """One request to do something with one complaint."""

    caller: Caller
    reference: str
    session: AsyncSession
    keyring: Keyring
    once: Once
    expected: int

    async def act(self, action: Action, effect: Effect) -> Response:
        return await self.answer(lambda: act(self.session, self.keyring, self.caller, self.reference, self.expected, action, effect))

    async def answer(self, effect: Callable[[], Awaitable[ActedOut]]) -> Response:
        return await self.once(self.caller.subject, effect, location=lambda done: f"/v1/complaints/{done.reference}/history#{done.version}")


def desk_for(*roles: Role) -> Any:
    """Stands in the `Annotated[Desk, …]` of a route."""

    async def desk(
        caller: Annotated[Caller, allow(*roles)],
        reference: Reference,
        session: SessionDep,
        keyring: KeyringDep,
        once: OnceDep,
        expected: ExpectedVersion,
    ) -> Desk:
        return Desk(caller, reference, session, keyring, once, expected)

    return Depends(desk)


WorkerDesk = Annotated[Desk, desk_for("agent", "supervisor", "officer", "demo", "wing", "wewb", "airport", "decider")]
DeciderDesk = Annotated[Desk, desk_for("supervisor", "officer", "demo", "wing", "wewb", "decider")]
PartyDesk = Annotated[Desk, desk_for("agent", "supervisor", "officer", "demo", "wing", "ngo", "udc", "airport", "wewb", "decider")]
AppellantDesk = Annotated[
    Desk, desk_for("agent", "supervisor", "officer", "demo", "wing", "ngo", "udc", "airport", "wewb", "decider", "agency")
]

Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Response]])


def post(router: APIRouter, action: Action) -> Callable[[Handler], Handler]:
    """The address of an act, on a router under `/v1/complaints/{reference}`."""
    return router.post(f"/actions/{action}", status_code=201, response_model=ActedOut)
