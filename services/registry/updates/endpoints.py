"""The HTTP edge of updates that files propose: a person looks at the record and decides."""

from uuid import UUID

from fastapi import APIRouter

from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.paging import Page, PagingDep, Position
from services.registry.access import Officer, what_is_visible
from services.registry.updates import repository, service
from services.registry.updates.schemas import UpdateDecisionIn, UpdateOut

router = APIRouter(prefix="/v1/nationals/updates", tags=["nationals: updates from files"])


@router.get("")
async def list_updates(caller: Officer, session: SessionDep, keyring: KeyringDep, paging: PagingDep) -> Page[UpdateOut]:
    """Open ones of persons whom the caller may see; who waits longest comes first."""
    found = await repository.list_open(session, what_is_visible(caller), paging)
    shown = await service.show(session, keyring, caller, found[: paging.limit])
    by_id = {one.id: one for one in shown}
    return paging.page(found, lambda one: Position(one[0].proposed_at, one[0].id), lambda one: by_id[one[0].id])


@router.post("/{update_id}/decision")
async def decide(update_id: UUID, said: UpdateDecisionIn, caller: Officer, session: SessionDep, keyring: KeyringDep) -> UpdateOut:
    return await service.decide(session, keyring, caller, what_is_visible(caller), update_id, said.decision)
