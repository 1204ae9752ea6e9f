"""The HTTP edge of referrals: for the office that sends, and for the body that receives."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit.auth import public
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.sharing_log import DecisionOut, list_decisions
from kit.versions import ExpectedVersion, etag
from services.complaints.access import Decisive, Handler, Reference
from services.complaints.referrals import service
from services.complaints.referrals.access import DecisionReader
from services.complaints.referrals.clients import ReceivingDep
from services.complaints.referrals.lists import LISTS, NAMES
from services.complaints.referrals.schemas import (
    ConfirmationIn,
    ReceivedOut,
    ReferralAnswerIn,
    ReferralIn,
    ReferralListsOut,
    ReferralOut,
    ReferralsOut,
)
from services.complaints.referrals.views import received_out

router = APIRouter(prefix="/v1/complaints", tags=["referrals"])
Asked = Annotated[str | None, Query(max_length=60, pattern="^[a-z0-9_-]+$")]


@router.get("/referral-lists", dependencies=[public(kept_s=300)])
async def referral_lists() -> ReferralListsOut:
    listed = {name: [one.model_dump(include={"code", "en", "bn"}) for one in getattr(LISTS, name)] for name in NAMES}
    return ReferralListsOut.model_validate({"version": LISTS.version, **listed})


@router.get("/sharing-decisions")
async def read_decisions(_: DecisionReader, session: SessionDep, paging: PagingDep, organisation: Asked = None) -> Page[DecisionOut]:
    """What partners were told of complaints that were passed on to them, and by which version of the policy; newest first."""
    return await list_decisions(session, paging, organisation)


@router.get("/referrals")
async def list_received(receiving: ReceivingDep, session: SessionDep, paging: PagingDep) -> Page[ReceivedOut]:
    rows = await service.list_received(session, receiving, paging)
    return paging.page(rows, lambda one: Position(one.received_at, one.id), lambda one: received_out(one, None))


@router.get("/referrals/{received_id}")
async def read_received(
    received_id: UUID, receiving: ReceivingDep, session: SessionDep, keyring: KeyringDep, response: Response
) -> ReceivedOut:
    found = await service.read_received(session, keyring, receiving, received_id)
    response.headers["ETag"] = etag(found.version)
    return found


@router.post("/referrals/{received_id}/answers")
async def answer_received(
    received_id: UUID,
    said: ReferralAnswerIn,
    receiving: ReceivingDep,
    session: SessionDep,
    keyring: KeyringDep,
    version: ExpectedVersion,
) -> ReceivedOut:
    return await service.answer_received(session, keyring, receiving, received_id, said, version)


@router.get("/{reference}/referrals")
async def of_complaint(reference: Reference, caller: Handler, session: SessionDep, keyring: KeyringDep) -> ReferralsOut:
    return await service.of_complaint(session, keyring, caller, reference)


@router.post("/{reference}/referrals", status_code=201, response_model=ReferralOut)
async def refer(
    reference: Reference, asked: ReferralIn, caller: Decisive, session: SessionDep, keyring: KeyringDep, once: OnceDep
) -> Response:
    async def effect() -> ReferralOut:
        return await service.refer(session, keyring, caller, reference, asked)

    return await once(caller.subject, effect, location=lambda made: f"/v1/complaints/{made.complaint}/referrals")


@router.post("/{reference}/referrals/{referral_id}/answers")
async def answer_letter(
    reference: Reference,
    referral_id: UUID,
    said: ReferralAnswerIn,
    caller: Decisive,
    session: SessionDep,
    keyring: KeyringDep,
    version: ExpectedVersion,
) -> ReferralOut:
    return await service.answer_letter(session, keyring, caller, reference, referral_id, said, version)


@router.post("/{reference}/referrals/{referral_id}/revocation")
async def revoke(
    reference: Reference, referral_id: UUID, caller: Decisive, session: SessionDep, keyring: KeyringDep, version: ExpectedVersion
) -> ReferralOut:
    return await service.revoke(session, keyring, caller, reference, referral_id, version)


@router.post("/{reference}/referrals/{referral_id}/confirmation")
async def confirm(
    reference: Reference,
    referral_id: UUID,
    said: ConfirmationIn,
    caller: Decisive,
    session: SessionDep,
    keyring: KeyringDep,
    version: ExpectedVersion,
) -> ReferralOut:
    return await service.confirm(session, keyring, caller, reference, referral_id, said, version)
