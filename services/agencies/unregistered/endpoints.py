"""The HTTP edge of the register of those who recruit without registration. A name or a number to look for travels in a body."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import AfterValidator
from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.crypto import Keyring, KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.reference import parse
from services.agencies.unregistered import service, views
from services.agencies.unregistered.access import Joiner, Noter, Reader
from services.agencies.unregistered.schemas import (
    FoundOut,
    JoinIn,
    OpenIn,
    RecruiterOut,
    RecruiterRow,
    SearchIn,
    SightingDetail,
    SightingIn,
    SightingOut,
    StepIn,
    StepOut,
)

router = APIRouter(prefix="/v1/agencies/unregistered", tags=["unregistered recruiters"])

Reference = Annotated[str, Path(max_length=40), AfterValidator(lambda text: parse(text, service.PREFIX))]
Loose = Annotated[bool, Query(description="Only mentions that belong to nobody yet.")]


@router.post("/sightings", status_code=201, response_model=SightingDetail)
async def note_sighting(sighting: SightingIn, caller: Noter, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    """Keeps a mention; `proposals` are others that it resembles."""

    async def effect() -> SightingDetail:
        return views.detail_view(*await service.note_sighting(session, keyring, caller, sighting), keyring)

    return await once(caller.subject, effect, location=lambda made: f"/v1/agencies/unregistered/sightings/{made.id}")


@router.get("/sightings")
async def list_sightings(
    caller: Reader,
    session: SessionDep,
    keyring: KeyringDep,
    paging: PagingDep,
    loose: Loose = False,  # noqa: FBT002 - a query
) -> Page[SightingOut]:
    found = await service.list_sightings(session, caller, paging, loose=loose)
    return paging.page(found, lambda one: Position(one.sighting.noted_at, one.sighting.id), lambda one: views.sighting_view(one, keyring))


@router.get("/sightings/{sighting}")
async def read_sighting(sighting: UUID, caller: Reader, session: SessionDep, keyring: KeyringDep) -> SightingDetail:
    return views.detail_view(*await service.read_sighting(session, caller, sighting), keyring)


@router.post("/search")
async def search(wanted: SearchIn, caller: Reader, session: SessionDep, keyring: KeyringDep) -> FoundOut:
    found = await service.search(session, keyring, caller, wanted)
    return FoundOut(items=[views.sighting_view(one, keyring) for one in found])


@router.post("", status_code=201, response_model=RecruiterOut)
async def open_recruiter(given: OpenIn, caller: Joiner, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    async def effect() -> RecruiterOut:
        recruiter = await service.open_recruiter(session, caller, given)
        return await _whole(session, keyring, caller, recruiter.reference)

    return await once(caller.subject, effect, location=lambda made: f"/v1/agencies/unregistered/{made.reference}")


@router.get("")
async def list_recruiters(_: Reader, session: SessionDep, paging: PagingDep) -> Page[RecruiterRow]:
    """References and counts: who it is is read one by one."""
    found = await service.list_recruiters(session, paging)
    return paging.page(found, lambda one: Position(one[0].opened_at, one[0].id), lambda one: views.row_view(*one))


@router.get("/{reference}")
async def read_recruiter(reference: Reference, caller: Reader, session: SessionDep, keyring: KeyringDep) -> RecruiterOut:
    return await _whole(session, keyring, caller, reference)


@router.post("/{reference}/sightings", status_code=201, response_model=RecruiterOut)
async def join(reference: Reference, given: JoinIn, caller: Joiner, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    async def effect() -> RecruiterOut:
        await service.join(session, caller, reference, given)
        return await _whole(session, keyring, caller, reference)

    return await once(caller.subject, effect, location=lambda _: f"/v1/agencies/unregistered/{reference}")


@router.post("/{reference}/separations", status_code=201, response_model=RecruiterOut)
async def separate(
    reference: Reference, given: JoinIn, caller: Joiner, session: SessionDep, keyring: KeyringDep, once: OnceDep
) -> Response:
    async def effect() -> RecruiterOut:
        await service.separate(session, caller, reference, given)
        return await _whole(session, keyring, caller, reference)

    return await once(caller.subject, effect, location=lambda _: f"/v1/agencies/unregistered/{reference}")


@router.post("/{reference}/steps", status_code=201, response_model=StepOut)
async def take_step(
    reference: Reference, step: StepIn, caller: Joiner, session: SessionDep, keyring: KeyringDep, once: OnceDep
) -> Response:
    async def effect() -> StepOut:
        return views.step_view(await service.take_step(session, keyring, caller, reference, step), keyring)

    return await once(caller.subject, effect, location=lambda _: f"/v1/agencies/unregistered/{reference}")


async def _whole(session: AsyncSession, keyring: Keyring, caller: Caller, reference: str) -> RecruiterOut:
    return views.recruiter_view(*await service.read_recruiter(session, caller, reference), keyring)
