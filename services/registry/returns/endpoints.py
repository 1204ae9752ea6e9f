"""The HTTP edge of the seam with the reintegration service. Only that service is admitted; each read says what for."""

from fastapi import APIRouter

from kit.crypto import KeyringDep
from kit.database import SessionDep
from services.registry.access import Reintegration
from services.registry.returns import service
from services.registry.returns.schemas import CandidatesIn, CandidatesOut, ReturnIn, ReturnOut

router = APIRouter(prefix="/v1/nationals", tags=["nationals: for reintegration"])


@router.post("/candidates")
async def find_candidates(asked: CandidatesIn, caller: Reintegration, session: SessionDep, keyring: KeyringDep) -> CandidatesOut:
    """Whom returnees may be, graded. A person decides; nothing is merged, here or there."""
    return CandidatesOut(items=await service.find_candidates(session, keyring, caller, asked))


@router.post("/returns")
async def keep_return(said: ReturnIn, caller: Reintegration, session: SessionDep) -> ReturnOut:
    """A desk and the person said that this is the one who came home."""
    return ReturnOut(known=await service.keep_return(session, caller, said))
