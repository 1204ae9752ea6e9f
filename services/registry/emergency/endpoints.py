"""The HTTP edge of an emergency: crisis opens and closes, wings and the supervisor look while it is open."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from services.registry import views as persons
from services.registry.access import Crisis, InEmergency
from services.registry.emergency import service
from services.registry.emergency.models import EmergencyOpening
from services.registry.emergency.schemas import ExposedRowsOut, NamesIn, NamesOut, OpeningsOut
from services.registry.exposure.endpoints import WantedDep
from services.registry.exposure.schemas import OpeningIn, OpeningOut
from services.registry.rules import flags_of
from services.registry.schemas import FlagCode, NationalRow
from services.registry.sharing import given

router = APIRouter(prefix="/v1/nationals", tags=["nationals: emergency access"])


@router.post("/openings", status_code=201, response_model=OpeningOut)
async def open_register(asked: OpeningIn, caller: Crisis, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> OpeningOut:
        return _out(await service.open_register(session, asked))

    return await once(caller.subject, effect, location=lambda made: f"/v1/nationals/openings/{made.incident}/people")


@router.post("/openings/{incident}/closing")
async def close_register(incident: UUID, _: Crisis, session: SessionDep) -> OpeningOut:
    return _out(await service.close_register(session, incident))


@router.get("/openings")
async def list_open(caller: InEmergency, session: SessionDep) -> OpeningsOut:
    """What is open for the caller's countries."""
    return OpeningsOut(items=[_out(one) for one in await service.list_open(session, caller)])


@router.get("/openings/{incident}/people")
async def list_people(
    incident: UUID,
    caller: InEmergency,
    session: SessionDep,
    keyring: KeyringDep,
    paging: PagingDep,
    flag: Annotated[FlagCode | None, Query()] = None,
) -> Page[NationalRow]:
    wanted = flags_of([flag]) if flag else None
    rows = await service.list_people(session, caller, incident, wanted, paging)
    fields = given(caller, service.PURPOSE, "row").allowed
    return paging.page(rows, lambda one: Position(one.registered_at, one.id), lambda one: persons.row_of(one, keyring, fields))


@router.post("/openings/{incident}/names")
async def list_named(incident: UUID, asked: NamesIn, caller: InEmergency, session: SessionDep, keyring: KeyringDep) -> NamesOut:
    """Names to ids that the crisis service tells of: each read is noted."""
    rows = await service.list_named(session, caller, incident, asked.people)
    fields = given(caller, service.PURPOSE, "row").allowed
    return NamesOut(items=[persons.row_of(one, keyring, fields) for one in rows])


@router.get("/openings/{incident}/exposures/{exposure_id}")
async def list_exposed(
    incident: UUID, exposure_id: UUID, caller: InEmergency, session: SessionDep, keyring: KeyringDep, wanted: WantedDep
) -> ExposedRowsOut:
    """By name, the vulnerable first. A page may hold fewer than asked where an area spans several wings' countries."""
    rows, following = await service.list_exposed(session, keyring, caller, incident, exposure_id, wanted.asked)
    return ExposedRowsOut(items=rows, next=wanted.address_of(following))


def _out(opening: EmergencyOpening) -> OpeningOut:
    return OpeningOut.model_validate(opening, from_attributes=True)
