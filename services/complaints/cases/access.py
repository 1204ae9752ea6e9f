"""Who may call what of the cases: each dependency yields the desk at which that caller works."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Response

from kit.auth import Caller, Role, allow
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import Once
from services.complaints.access import what_is_visible
from services.complaints.cases.schemas import ChangedOut
from services.complaints.cases.service import Desk

_WORK: tuple[Role, ...] = ("agent", "supervisor", "officer", "demo", "wing")


def _desk(session: SessionDep, keyring: KeyringDep, caller: Caller) -> Desk:
    return Desk(session, keyring, caller, what_is_visible(caller), datetime.now(UTC))


async def _reader(
    session: SessionDep, keyring: KeyringDep, caller: Annotated[Caller, allow(*_WORK, "ngo", "udc", "airport", "wewb")]
) -> Desk:
    return _desk(session, keyring, caller)


async def _worker(session: SessionDep, keyring: KeyringDep, caller: Annotated[Caller, allow(*_WORK)]) -> Desk:
    return _desk(session, keyring, caller)


async def _airport(session: SessionDep, keyring: KeyringDep, caller: Annotated[Caller, allow("airport")]) -> Desk:
    return _desk(session, keyring, caller)


async def _board(session: SessionDep, keyring: KeyringDep, caller: Annotated[Caller, allow("wewb")]) -> Desk:
    return _desk(session, keyring, caller)


async def _abroad(session: SessionDep, keyring: KeyringDep, caller: Annotated[Caller, allow("supervisor", "officer", "wing")]) -> Desk:
    return _desk(session, keyring, caller)


async def _district(session: SessionDep, keyring: KeyringDep, caller: Annotated[Caller, allow("demo", "supervisor")]) -> Desk:
    return _desk(session, keyring, caller)


ReaderDesk = Annotated[Desk, Depends(_reader)]
WorkerDesk = Annotated[Desk, Depends(_worker)]
AirportDesk = Annotated[Desk, Depends(_airport)]
BoardDesk = Annotated[Desk, Depends(_board)]
AbroadDesk = Annotated[Desk, Depends(_abroad)]
DistrictDesk = Annotated[Desk, Depends(_district)]


async def once_changed(once: Once, desk: Desk, effect: Callable[[], Awaitable[ChangedOut]]) -> Response:
    """A change of a case, once for its key; the answer leads to the case."""
    return await once(desk.by, effect, location=lambda done: f"/v1/complaints/{done.reference}/case")
