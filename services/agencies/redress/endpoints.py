"""The HTTP edge of reviews, corrections and an agency's own file: one call into `service` each."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import AfterValidator

from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.versions import ExpectedVersion
from services.agencies.redress import service, views
from services.agencies.redress.schemas import CorrectionDecisionIn, CorrectionOut, FileOut, ReviewDecisionIn, ReviewIn, ReviewOut
from services.agencies.rules import licence_number
from services.agencies.runs import access
from services.agencies.runs.access import Agency, Decider, FileReader, Reader, Reviewer
from services.agencies.runs.service import today

router = APIRouter(prefix="/v1/agencies/ratings", tags=["classification of agencies"])

LicencePath = Annotated[str, Path(max_length=40), AfterValidator(licence_number)]


@router.get("/files/{licence}")
async def read_file(licence: LicencePath, caller: FileReader, session: SessionDep, keyring: KeyringDep) -> FileOut:
    """What an agency sees of itself: its class and why, its notice, its review."""
    access.check_own(caller, licence)
    return await service.read_file(session, caller, keyring, licence)


@router.post("/files/{licence}/reviews", status_code=201, response_model=ReviewOut)
async def ask_review(
    licence: LicencePath, asked: ReviewIn, caller: Agency, session: SessionDep, once: OnceDep, keyring: KeyringDep
) -> Response:
    access.check_own(caller, licence)

    async def effect() -> ReviewOut:
        return views.review_view(await service.ask_review(session, caller, keyring, licence, asked), keyring, today())

    return await once(caller.subject, effect, location=lambda _: f"/v1/agencies/ratings/files/{licence}")


@router.get("/reviews")
async def list_reviews(
    caller: Reader,
    session: SessionDep,
    paging: PagingDep,
    keyring: KeyringDep,
    status: Annotated[Literal["asked", "decided"] | None, Query()] = None,
) -> Page[ReviewOut]:
    rows = await service.list_reviews(session, caller, paging, status)
    return paging.page(rows, lambda one: Position(one.asked_at, one.id), lambda one: views.review_view(one, keyring, today()))


@router.post("/reviews/{review_id}/decision", status_code=201, response_model=ReviewOut)
async def decide_review(
    review_id: UUID,
    decision: ReviewDecisionIn,
    caller: Reviewer,
    session: SessionDep,
    once: OnceDep,
    expected: ExpectedVersion,
    keyring: KeyringDep,
) -> Response:
    async def effect() -> ReviewOut:
        return views.review_view(await service.decide_review(session, caller, keyring, review_id, decision, expected), keyring, today())

    return await once(caller.subject, effect, location=lambda one: f"/v1/agencies/ratings/files/{one.licence}")


@router.get("/corrections")
async def list_corrections(
    _: Reader,
    session: SessionDep,
    paging: PagingDep,
    keyring: KeyringDep,
    status: Annotated[Literal["proposed", "confirmed", "dismissed", "superseded"] | None, Query()] = None,
) -> Page[CorrectionOut]:
    rows = await service.list_corrections(session, paging, status)
    return paging.page(rows, lambda one: Position(one.proposed_at, one.id), lambda one: views.correction_view(one, keyring))


@router.post("/corrections/{correction_id}/decision", status_code=201, response_model=CorrectionOut)
async def decide_correction(
    correction_id: UUID,
    decision: CorrectionDecisionIn,
    caller: Decider,
    session: SessionDep,
    once: OnceDep,
    expected: ExpectedVersion,
    keyring: KeyringDep,
) -> Response:
    async def effect() -> CorrectionOut:
        return views.correction_view(await service.decide_correction(session, caller, keyring, correction_id, decision, expected), keyring)

    return await once(caller.subject, effect, location=lambda one: f"/v1/agencies/ratings/files/{one.licence}")
