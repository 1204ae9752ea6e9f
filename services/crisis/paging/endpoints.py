"""The HTTP edge of alarms."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from services.crisis.paging import answering, repository, views
from services.crisis.paging.access import Paged
from services.crisis.paging.schemas import AlarmOut
from services.crisis.rota.access import missions_of

router = APIRouter(prefix="/v1/crisis/pagings", tags=["duty of missions"])


@router.get("")
async def list_pagings(
    caller: Paged,
    session: SessionDep,
    keyring: KeyringDep,
    paging: PagingDep,
    is_open: Annotated[bool | None, Query(alias="open", description="Those that still page, or those that do no more.")] = None,
) -> Page[AlarmOut]:
    """Alarms of the missions that the caller answers for, newest first."""
    rows = await repository.list_alarms(session, missions_of(caller, datetime.now(UTC).date()), paging, is_open=is_open)
    shown = {one.id: one for one in await views.alarms_out(session, keyring, caller, rows)}
    return paging.page(rows, lambda row: Position(row.opened_at, row.id), lambda row: shown[row.id])


@router.post("/{paging_id}/acknowledgements", status_code=201, response_model=AlarmOut)
async def acknowledge_paging(paging_id: UUID, caller: Paged, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    async def effect() -> AlarmOut:
        (alarm,) = await views.alarms_out(session, keyring, caller, [await answering.acknowledge(session, caller, paging_id)])
        return alarm

    return await once(caller.subject, effect, location=lambda _: "/v1/crisis/pagings")
