"""The HTTP edge of proposals: a person looks at both records and decides."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter

from kit.auth import Caller
from kit.crypto import Keyring, KeyringDep
from kit.database import SessionDep
from kit.paging import Page, PagingDep, Position
from services.registry import service as people
from services.registry import views
from services.registry.access import Officer, what_is_visible
from services.registry.matching import repository, service
from services.registry.matching.repository import Pair
from services.registry.matching.schemas import DecisionIn, MatchOut
from services.registry.sharing import Given, given

router = APIRouter(prefix="/v1/nationals", tags=["nationals: may be the same"])
PURPOSE = "doubles"


@router.get("/matches")
async def list_matches(caller: Officer, session: SessionDep, keyring: KeyringDep, paging: PagingDep) -> Page[MatchOut]:
    """Open proposals of which the caller may see both records."""
    pairs = await repository.list_open(session, what_is_visible(caller), paging)
    told = await _note(session, caller, pairs[: paging.limit])
    return paging.page(pairs, lambda one: Position(one[0].proposed_at, one[0].id), lambda one: _out(one, keyring, told))


@router.post("/matches/{match_id}/decision")
async def decide(match_id: UUID, said: DecisionIn, caller: Officer, session: SessionDep, keyring: KeyringDep) -> MatchOut:
    visible = what_is_visible(caller)
    pair = await service.decide(session, keyring, visible, match_id, said.decision, said.because, caller.subject)
    return _out(pair, keyring, await _note(session, caller, [pair]))


async def _note(session: SessionDep, caller: Caller, pairs: Sequence[Pair]) -> Given:
    shown = {one.id for _, *both in pairs for one in both}
    told = given(caller, PURPOSE, "row")
    await people.note(session, caller, [*shown], told)
    return told


def _out(pair: Pair, keyring: Keyring, told: Given) -> MatchOut:
    match, person, other = pair
    kept = match.model_dump(include={"id", "grade", "reasons", "proposed_at", "decision"})
    both = (views.row_of(one, keyring, told.allowed) for one in (person, other))
    return MatchOut.model_validate({**kept, **dict(zip(("person", "other"), both, strict=True))})
