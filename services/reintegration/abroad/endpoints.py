"""The HTTP edge of registrations abroad that may be a returnee's."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.versions import ExpectedVersion, etag
from services.reintegration.abroad import service
from services.reintegration.abroad.schemas import AbroadOut, CandidateOut, LinkIn
from services.reintegration.access import Officer, what_is_visible
from services.reintegration.endpoints import Who

router = APIRouter(prefix="/v1/returnees", tags=["returnees: registered abroad"])


@router.get("/{who}/abroad")
async def read_abroad(who: Who, caller: Officer, session: SessionDep) -> AbroadOut:
    """Whom the register of nationals named, and whether it was asked yet."""
    return await service.read(session, caller, what_is_visible(caller), who)


@router.post("/{who}/abroad")
async def ask_again(who: Who, caller: Officer, session: SessionDep) -> AbroadOut:
    """Asks the register (once more): the answer comes by itself."""
    return await service.ask_again(session, caller, what_is_visible(caller), who)


@router.put("/abroad/{candidate}/decision")
async def decide(
    candidate: UUID, said: LinkIn, caller: Officer, session: SessionDep, keyring: KeyringDep, expected: ExpectedVersion, response: Response
) -> CandidateOut:
    decided = await service.decide(session, keyring, caller, what_is_visible(caller), candidate, expected, said)
    response.headers["ETag"] = etag(decided.version)
    return decided
