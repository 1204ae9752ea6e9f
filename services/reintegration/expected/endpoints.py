"""The HTTP edge of expected returns."""

from datetime import UTC, datetime, time
from uuid import UUID

from fastapi import APIRouter, Response

from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.paging import Page, PagingDep, Position
from kit.versions import ExpectedVersion, etag
from services.reintegration.access import what_is_visible
from services.reintegration.endpoints import Who
from services.reintegration.expected import service
from services.reintegration.expected.access import Awaiting, of_those_expected
from services.reintegration.expected.repository import Expected
from services.reintegration.expected.schemas import CameIn, ExpectedRow

router = APIRouter(prefix="/v1/returnees", tags=["returnees"])


def _position(found: Expected) -> Position:
    return Position(datetime.combine(found[0].expected_on, time(), UTC), UUID(str(found[0].returnee_id)))


@router.get("/expected")
async def list_expected(caller: Awaiting, session: SessionDep, keyring: KeyringDep, paging: PagingDep) -> Page[ExpectedRow]:
    visible = of_those_expected(what_is_visible(caller), caller.roles)
    rows = await service.list_expected(session, caller, visible, paging)
    return paging.page(rows, _position, lambda one: service.row_of(one, keyring))


@router.get("/{who}/arrival")
async def read_arrival(who: Who, caller: Awaiting, session: SessionDep, keyring: KeyringDep, response: Response) -> ExpectedRow:
    visible = of_those_expected(what_is_visible(caller), caller.roles)
    row = await service.get(session, keyring, caller, visible, who)
    response.headers["ETag"] = etag(row.version)
    return row


@router.put("/{who}/arrival")
async def note_arrival(
    who: Who, said: CameIn, caller: Awaiting, session: SessionDep, keyring: KeyringDep, expected: ExpectedVersion
) -> ExpectedRow:
    """Came, on which day; or not, so far. The same twice is a conflict: somebody has noted it."""
    visible = of_those_expected(what_is_visible(caller), caller.roles)
    return await service.note(session, keyring, caller, visible, who, expected, said)
