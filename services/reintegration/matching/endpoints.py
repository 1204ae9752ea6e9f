"""The HTTP edge of matches."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.paging import Page, PagingDep, Position
from services.reintegration.access import Officer, what_is_visible
from services.reintegration.conflicts import service as conflicts
from services.reintegration.matching import service, views
from services.reintegration.matching.schemas import DecisionIn, MatchOut

router = APIRouter(prefix="/v1/returnees/matches", tags=["returnees"])
MatchId = Annotated[UUID, Path()]


@router.get("")
async def list_matches(caller: Officer, session: SessionDep, paging: PagingDep) -> Page[MatchOut]:
    rows = await service.list_proposals(session, caller, what_is_visible(caller), paging)
    return paging.page(rows, lambda one: Position(one.proposed_at, one.id), views.match_of)


@router.put("/{match_id}/decision")
async def decide_match(match_id: MatchId, said: DecisionIn, caller: Officer, session: SessionDep, keyring: KeyringDep) -> MatchOut:
    visible = what_is_visible(caller)
    return views.match_of(await conflicts.decide_match(session, keyring, caller, visible, match_id, said.decision, said.because))
