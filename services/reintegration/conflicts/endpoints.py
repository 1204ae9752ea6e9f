"""The HTTP edge of conflicts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.paging import Page, PagingDep, Position
from kit.versions import ExpectedVersion, etag
from services.reintegration.access import Officer, what_is_visible
from services.reintegration.conflicts import service, views
from services.reintegration.conflicts.schemas import ChoicesIn, ConflictOut, ConflictRow, ConflictsOut
from services.reintegration.endpoints import Who

router = APIRouter(prefix="/v1/returnees", tags=["returnees"])
ConflictId = Annotated[UUID, Path()]


@router.get("/conflicts")
async def list_conflicts(caller: Officer, session: SessionDep, keyring: KeyringDep, paging: PagingDep) -> Page[ConflictRow]:
    rows = await service.list_conflicts(session, caller, what_is_visible(caller), paging)
    return paging.page(
        rows, lambda one: Position(one[0].conflict.opened_at, one[0].conflict.id), lambda one: views.row_of(one[0], one[1], keyring)
    )


@router.get("/conflicts/{conflict_id}")
async def read_conflict(
    conflict_id: ConflictId, caller: Officer, session: SessionDep, keyring: KeyringDep, response: Response
) -> ConflictOut:
    found, fields = await service.read_conflict(session, caller, what_is_visible(caller), conflict_id)
    response.headers["ETag"] = etag(found.conflict.version)
    return views.conflict_of(found, fields, keyring)


@router.put("/conflicts/{conflict_id}/choices")
async def choose_values(
    conflict_id: ConflictId, said: ChoicesIn, caller: Officer, session: SessionDep, keyring: KeyringDep, expected: ExpectedVersion
) -> ConflictOut:
    visible = what_is_visible(caller)
    found, fields = await service.choose(session, keyring, caller, visible, conflict_id, expected, said.choices)
    return views.conflict_of(found, fields, keyring)


@router.get("/{who}/conflicts")
async def list_conflicts_of(who: Who, caller: Officer, session: SessionDep, keyring: KeyringDep) -> ConflictsOut:
    rows = await service.list_of(session, caller, what_is_visible(caller), who)
    return ConflictsOut(items=[views.row_of(found, waiting, keyring) for found, waiting in rows])
