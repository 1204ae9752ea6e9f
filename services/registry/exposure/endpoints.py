"""The HTTP edge of the seam with the crisis service. Only that service is admitted; each read says what for."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AfterValidator

from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from services.registry.access import Crisis
from services.registry.exposure import service, views
from services.registry.exposure.schemas import (
    ContactsIn,
    ExposedPageOut,
    ExposureIn,
    ExposureOut,
    LookupIn,
    LookupOut,
    ReachablesOut,
)

router = APIRouter(prefix="/v1/nationals", tags=["nationals: for crisis"])


def _classes(written: str) -> str:
    views.read_classes(written)
    return written


def _cursor(written: str) -> str:
    views.read_cursor(written)
    return written


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of an exposure: some classes, a page of it."""

    request: Request
    asked: views.Asked

    def address_of(self, following: views.Place | None) -> str | None:
        if following is None:
            return None
        url = self.request.url.include_query_params(cursor=views.cursor_of(following))
        return f"{url.path}?{url.query}"


async def _wanted(
    request: Request,
    classes: Annotated[str, Query(max_length=60, description="Comma-separated."), AfterValidator(_classes)] = "inside,near",
    limit: Annotated[int, Query(ge=1, le=200)] = 200,
    cursor: Annotated[Annotated[str, AfterValidator(_cursor)] | None, Query(max_length=40)] = None,
) -> Wanted:
    return Wanted(request, views.Asked(views.read_classes(classes), views.read_cursor(cursor) if cursor else views.Place(0, 0, 0), limit))


WantedDep = Annotated[Wanted, Depends(_wanted)]


@router.post("/exposures", status_code=201, response_model=ExposureOut)
async def compute(asked: ExposureIn, caller: Crisis, session: SessionDep, once: OnceDep) -> Response:
    """Idempotent per alert, version and drill, whatever the key. A drill finds only those who agreed to drills."""

    async def effect() -> ExposureOut:
        return ExposureOut.model_validate(await service.compute(session, asked), from_attributes=True)

    return await once(caller.subject, effect, location=lambda made: f"/v1/nationals/exposures/{made.id}/people")


@router.get("/exposures/{exposure_id}/people")
async def list_people(exposure_id: UUID, caller: Crisis, session: SessionDep, keyring: KeyringDep, wanted: WantedDep) -> ExposedPageOut:
    """The vulnerable of each class first, in an order that does not change."""
    rows, following = await service.list_people(session, keyring, caller, exposure_id, wanted.asked)
    return ExposedPageOut(items=rows, next=wanted.address_of(following))


@router.post("/contacts")
async def read_contacts(asked: ContactsIn, caller: Crisis, session: SessionDep, keyring: KeyringDep) -> ReachablesOut:
    """How these people may be reached now: for a reminder, an update, an all-clear."""
    return ReachablesOut(items=await service.list_contacts(session, keyring, caller, asked))


@router.post("/lookups")
async def look_up(asked: LookupIn, caller: Crisis, session: SessionDep, keyring: KeyringDep) -> LookupOut:
    return LookupOut(people=await service.look_up(session, keyring, caller, asked))
