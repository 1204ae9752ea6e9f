"""The HTTP edge of duplicates, merges and collective complaints: one call into a service each."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit.auth import public
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.versions import ExpectedVersion, etag
from services.complaints.access import Decisive, Handler, Reader, Reference
from services.complaints.duplicates import service
from services.complaints.duplicates.lists import LISTS
from services.complaints.duplicates.merges import service as merges
from services.complaints.duplicates.schemas import (
    BurstsOut,
    CollectiveIn,
    CollectiveOut,
    DuplicateListsOut,
    LeavingIn,
    LikelyIn,
    LikelyOut,
    LinksOut,
    MergedOut,
    MergeIn,
    PairOut,
    ReasonOut,
    SideBySideOut,
    UnmergeIn,
    VerdictIn,
)

router = APIRouter(prefix="/v1/complaints", tags=["duplicates"])


@router.post("/duplicates/likely")
async def find_likely(asked: LikelyIn, caller: Handler, session: SessionDep, keyring: KeyringDep) -> LikelyOut:
    return await service.find_likely(session, keyring, caller, asked)


@router.get("/duplicates/lists", dependencies=[public(kept_s=300)])
async def duplicate_lists() -> DuplicateListsOut:
    def said(listed: object) -> list[ReasonOut]:
        return [ReasonOut.model_validate(one, from_attributes=True) for one in listed]  # type: ignore[attr-defined]  # a tuple of choices

    return DuplicateListsOut(version=LISTS.version, rules=said(LISTS.rules), verdict_reasons=said(LISTS.verdict_reasons))


@router.get("/duplicates")
async def list_pairs(caller: Decisive, session: SessionDep, paging: PagingDep) -> Page[PairOut]:
    pairs, sides = await service.list_pairs(session, caller, paging)
    return paging.page(pairs, lambda one: Position(one.found_at, one.id), lambda one: service.pair_out(one, sides))


@router.get("/duplicates/{pair_id}")
async def read_pair(pair_id: UUID, caller: Decisive, session: SessionDep, keyring: KeyringDep) -> SideBySideOut:
    return await service.read_pair(session, keyring, caller, pair_id)


@router.post("/duplicates/{pair_id}/verdicts", status_code=201, response_model=PairOut)
async def judge_pair(pair_id: UUID, said: VerdictIn, caller: Decisive, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    async def effect() -> PairOut:
        return await service.judge_pair(session, keyring, caller, pair_id, said)

    return await once(caller.subject, effect, location=lambda pair: f"/v1/complaints/duplicates/{pair.id}")


@router.get("/bursts")
async def list_bursts(
    caller: Decisive,
    session: SessionDep,
    keyring: KeyringDep,
    days: Annotated[int, Query(ge=1, le=365)] = 30,
    least: Annotated[int, Query(ge=2, le=1000)] = 3,
) -> BurstsOut:
    return BurstsOut(days=days, items=await service.bursts(session, keyring, caller, days, least))


@router.get("/{reference}/links")
async def read_links(reference: Reference, caller: Reader, session: SessionDep, response: Response) -> LinksOut:
    found = await merges.links(session, caller, reference)
    response.headers["ETag"] = etag(found.version)
    return found


@router.post("/{reference}/merge")
async def merge(
    reference: Reference, asked: MergeIn, caller: Decisive, session: SessionDep, keyring: KeyringDep, version: ExpectedVersion
) -> MergedOut:
    return await merges.merge(session, keyring, caller, reference, asked, version)


@router.post("/{reference}/unmerge")
async def unmerge(
    reference: Reference, asked: UnmergeIn, caller: Decisive, session: SessionDep, keyring: KeyringDep, version: ExpectedVersion
) -> MergedOut:
    return await merges.unmerge(session, keyring, caller, reference, asked, version)


@router.post("/{reference}/collective", status_code=201, response_model=CollectiveOut)
async def join(
    reference: Reference, asked: CollectiveIn, caller: Decisive, session: SessionDep, keyring: KeyringDep, once: OnceDep
) -> Response:
    async def effect() -> CollectiveOut:
        return await merges.join(session, keyring, caller, reference, asked)

    return await once(caller.subject, effect, location=lambda made: f"/v1/complaints/{made.lead}/links")


@router.post("/{reference}/collective/leaving")
async def leave(reference: Reference, asked: LeavingIn, caller: Decisive, session: SessionDep) -> CollectiveOut:
    return await merges.leave(session, caller, reference, asked.member)
