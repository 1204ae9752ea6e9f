"""The HTTP edge of devices without a connection: the key they seal to, their queues, what is to be mended."""

import base64
from collections.abc import AsyncIterator
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response

from kit.auth import public
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.paging import Page, PagingDep, Position
from kit.versions import ExpectedVersion, etag
from services.reintegration.access import Desk, what_is_visible
from services.reintegration.field import service, views
from services.reintegration.field.lane import Lane
from services.reintegration.field.schemas import (
    DismissIn,
    FieldRegistrationIn,
    MendOut,
    MendRow,
    ResultOut,
    SyncIn,
    SyncKeyOut,
    SyncOut,
)

LANE: Final = "field_lane"
ALGORITHM: Final = "ECDH-P256+HKDF-SHA256+A256GCM"
router = APIRouter(prefix="/v1/returnees", tags=["returnees"])
EntryId = Annotated[UUID, Path()]


async def take_a_turn(request: Request) -> AsyncIterator[None]:
    """A turn. Raises `UnavailableError` with when to come again. Taken before the session has asked for a connection."""
    lane: Lane = getattr(request.state, LANE)
    async with lane.turn():
        yield


@router.get("/sync/key", dependencies=[public()])
async def read_sync_key(keyring: KeyringDep) -> SyncKeyOut:
    """The key under which devices seal from now on. Older ones stay good for what was sealed with them."""
    key_id, point = keyring.box_key()
    return SyncKeyOut(key_id=key_id, public_key=base64.urlsafe_b64encode(point).decode().rstrip("="), algorithm=ALGORITHM)


@router.post("/sync", dependencies=[Depends(take_a_turn)])
async def sync_queue(batch: SyncIn, caller: Desk, session: SessionDep, keyring: KeyringDep) -> SyncOut:
    """A part of a device's queue. Needs no Idempotency-Key: each entry carries its own."""
    return await service.take_in(session, keyring, caller, batch)


@router.get("/mend")
async def list_to_mend(caller: Desk, session: SessionDep, keyring: KeyringDep, paging: PagingDep) -> Page[MendRow]:
    rows = await service.list_to_mend(session, caller, what_is_visible(caller), paging)
    return paging.page(rows, lambda one: Position(one.received_at, one.id), lambda one: views.row_of(one, keyring))


@router.get("/mend/{entry_id}")
async def read_to_mend(entry_id: EntryId, caller: Desk, session: SessionDep, keyring: KeyringDep, response: Response) -> MendOut:
    entry = await service.read(session, caller, what_is_visible(caller), entry_id)
    response.headers["ETag"] = etag(entry.version)
    return views.entry_of(entry, keyring)


@router.put("/mend/{entry_id}")
async def mend_entry(
    entry_id: EntryId, said: FieldRegistrationIn, caller: Desk, session: SessionDep, keyring: KeyringDep, expected: ExpectedVersion
) -> ResultOut:
    return await service.mend(session, keyring, caller, what_is_visible(caller), entry_id, expected, said)


@router.post("/mend/{entry_id}/dismissal", status_code=204)
async def dismiss_entry(
    entry_id: EntryId, said: DismissIn, caller: Desk, session: SessionDep, keyring: KeyringDep, expected: ExpectedVersion
) -> None:
    await service.dismiss(session, keyring, caller, what_is_visible(caller), entry_id, expected, said.because)
