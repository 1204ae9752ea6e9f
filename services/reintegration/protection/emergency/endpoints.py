"""The HTTP edge of emergencies. Who is told of none learns not whether there was one."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from kit.auth import Caller, allow
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from services.reintegration.access import what_is_visible
from services.reintegration.casework.endpoints import DeskDep
from services.reintegration.casework.service import Desk
from services.reintegration.protection.emergency import service, views
from services.reintegration.protection.emergency.schemas import EmergencyIn, EmergencyOut, VerdictIn

router = APIRouter(prefix="/v1/returnees/protection/emergencies", tags=["returnees: protection"])
Told = Annotated[Caller, allow("supervisor", "demo", "wewb", "auditor", "admin")]


@router.post("", status_code=201, response_model=EmergencyOut)
async def open_in_emergency(said: EmergencyIn, desk: DeskDep, once: OnceDep) -> Response:
    async def effect() -> EmergencyOut:
        return _out(desk, await service.open_case(desk, said))

    return await once(desk.caller.subject, effect, location=lambda done: f"/v1/returnees/protection/{done.case_id}")


@router.get("")
async def list_emergencies(
    caller: Told,
    session: SessionDep,
    keyring: KeyringDep,
    paging: PagingDep,
    waiting: Annotated[bool, Query(description="Only those that the caller has to judge.")] = False,  # noqa: FBT002 - a query parameter
) -> Page[EmergencyOut]:
    desk = Desk(session, keyring, caller, what_is_visible(caller))
    rows = await service.list_told(desk, paging, waiting=waiting)
    return paging.page(rows, lambda one: Position(one.emergency.at, one.emergency.id), lambda one: _out(desk, one))


@router.post("/{emergency_id}/verdicts", status_code=201, response_model=EmergencyOut)
async def judge_emergency(emergency_id: Annotated[UUID, Path()], said: VerdictIn, desk: DeskDep, once: OnceDep) -> Response:
    async def effect() -> EmergencyOut:
        return _out(desk, await service.judge(desk, emergency_id, said))

    return await once(desk.caller.subject, effect, location=lambda _: "/v1/returnees/protection/emergencies")


def _out(desk: Desk, told: service.Told) -> EmergencyOut:
    return views.told_of(told, desk.caller, desk.keyring, datetime.now(UTC))
