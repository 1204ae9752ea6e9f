"""The HTTP edge of claims, and of complaints that began at the desk."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from kit.auth import public
from kit.idempotency import OnceDep
from kit.versions import ExpectedVersion, etag
from services.reintegration.casework.endpoints import DeskDep
from services.reintegration.casework.service import Desk
from services.reintegration.claims import service, views
from services.reintegration.claims.schemas import (
    ClaimAmountIn,
    ClaimEndingIn,
    ClaimIn,
    ClaimListsOut,
    ClaimOut,
    ClaimsOut,
    ClaimStepIn,
    LinkIn,
    LinksOut,
)
from services.reintegration.endpoints import Who

router = APIRouter(prefix="/v1/returnees", tags=["returnees: claims"])
ClaimId = Annotated[UUID, Path()]


def _answer(desk: Desk, claim: service.Claim, response: Response) -> ClaimOut:
    response.headers["ETag"] = etag(claim[0].version)
    return views.claim_of(*claim, desk.keyring)


@router.get("/claim-lists", dependencies=[public()])
async def read_claim_lists() -> ClaimListsOut:
    return views.lists_out()


@router.get("/{who}/claims")
async def list_claims(who: Who, desk: DeskDep) -> ClaimsOut:
    return ClaimsOut(items=[views.claim_of(*one, desk.keyring) for one in await service.list_of(desk, who)])


@router.post("/{who}/claims", status_code=201, response_model=ClaimOut)
async def open_claim(who: Who, said: ClaimIn, desk: DeskDep, once: OnceDep) -> Response:
    async def effect() -> ClaimOut:
        return views.claim_of(*await service.open_claim(desk, who, said), desk.keyring)

    return await once(desk.caller.subject, effect, location=lambda _: f"/v1/returnees/{who}/claims")


@router.post("/claims/{claim_id}/steps")
async def add_claim_step(claim_id: ClaimId, said: ClaimStepIn, desk: DeskDep, expected: ExpectedVersion, response: Response) -> ClaimOut:
    return _answer(desk, await service.add_step(desk, claim_id, expected, said), response)


@router.put("/claims/{claim_id}/amount")
async def correct_claim(claim_id: ClaimId, said: ClaimAmountIn, desk: DeskDep, expected: ExpectedVersion, response: Response) -> ClaimOut:
    return _answer(desk, await service.correct_amount(desk, claim_id, expected, said.amount), response)


@router.post("/claims/{claim_id}/ending")
async def end_claim(claim_id: ClaimId, said: ClaimEndingIn, desk: DeskDep, expected: ExpectedVersion, response: Response) -> ClaimOut:
    return _answer(desk, await service.end(desk, claim_id, expected, said.reason), response)


@router.get("/{who}/complaints")
async def list_linked_complaints(who: Who, desk: DeskDep) -> LinksOut:
    return views.links_of(await service.list_complaints(desk, who))


@router.post("/{who}/complaints", status_code=201, response_model=LinksOut)
async def link_complaint(who: Who, said: LinkIn, desk: DeskDep, once: OnceDep) -> Response:
    async def effect() -> LinksOut:
        return views.links_of(await service.link_complaint(desk, who, said.reference))

    return await once(desk.caller.subject, effect, location=lambda _: f"/v1/returnees/{who}/complaints")
