"""Addresses of queues and search."""

from typing import Annotated

from fastapi import APIRouter, Query

from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.paging import Page, PagingDep, Position
from services.complaints import views
from services.complaints.access import Reader
from services.complaints.lifecycle.queues import service
from services.complaints.lifecycle.queues.schemas import FoundOut, Narrowing, SearchIn
from services.complaints.schemas import ComplaintRow

router = APIRouter(prefix="/v1/complaints", tags=["complaints"])


@router.get("")
async def list_complaints(
    asked: Annotated[Narrowing, Query()], caller: Reader, session: SessionDep, paging: PagingDep
) -> Page[ComplaintRow]:
    """With `queue`: oldest first, what is open. Without: newest first, all that the caller may see."""
    rows = await service.list_complaints(session, caller, asked, paging)
    return paging.page(rows, lambda one: Position(one.lodged_at, one.id), views.row_of)


@router.post("/search")
async def search(asked: SearchIn, caller: Reader, session: SessionDep, keyring: KeyringDep) -> FoundOut:
    """A personal value travels in the body only."""
    return await service.search(session, keyring, caller, asked)
