"""The HTTP edge of providers and referrals: the sender's side, and the receiver's under `/received`."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from contracts.days import DHAKA
from contracts.places import DistrictCode
from kit.auth import public
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.errors import NotFoundError
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.programs import Receiving
from kit.sharing_log import DecisionOut, list_decisions
from kit.versions import ExpectedVersion, etag
from services.reintegration.access import DecisionReader, Officer
from services.reintegration.casework.endpoints import DeskDep
from services.reintegration.casework.service import Desk
from services.reintegration.endpoints import Who
from services.reintegration.referrals import repository, service, views
from services.reintegration.referrals.clients import ReceivingDep
from services.reintegration.referrals.helps import HELPS
from services.reintegration.referrals.schemas import (
    AnswerIn,
    ConfirmationIn,
    DeliveryIn,
    EligibilitiesOut,
    EligibilityIn,
    HelpsOut,
    LetterOut,
    ProviderIn,
    ProviderOut,
    ReceivedOut,
    ReferralIn,
    ReferralOut,
    ReferralsOut,
    ToldAnswerIn,
    ToldDeliveryIn,
)

router = APIRouter(prefix="/v1/returnees", tags=["returnees"])
Identity = Annotated[UUID, Path()]
Asked = Annotated[str | None, Query(max_length=60, pattern="^[a-z0-9_-]+$")]


def _today() -> date:
    return datetime.now(DHAKA).date()


@router.get("/helps", dependencies=[public()])
async def list_helps() -> HelpsOut:
    return views.helps_out()


@router.get("/providers")
async def list_providers(
    _: Officer,
    session: SessionDep,
    paging: PagingDep,
    district: DistrictCode | None = None,
    help_code: Annotated[str | None, Query(alias="help", max_length=40)] = None,
    name: Annotated[str | None, Query(min_length=1, max_length=100, description="A part of its name, in either language.")] = None,
    closed: Annotated[bool, Query(description="Also those that closed.")] = False,  # noqa: FBT002 - a query parameter
) -> Page[ProviderOut]:
    open_on = None if closed else _today()
    rows = await repository.list_providers(session, paging, district=district, code=help_code, open_on=open_on, name=name)
    return paging.page(rows, lambda one: Position(one.added_at, one.id), lambda one: views.provider_of(one, _today()))


@router.post("/providers", status_code=201, response_model=ProviderOut)
async def add_provider(said: ProviderIn, caller: Officer, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> ProviderOut:
        return views.provider_of(await service.add_provider(session, caller, said), _today())

    return await once(caller.subject, effect, location=lambda _: "/v1/returnees/providers")


@router.get("/providers/{provider_id}")
async def read_provider(provider_id: Identity, _: Officer, session: SessionDep, response: Response) -> ProviderOut:
    provider = await repository.find_provider(session, provider_id)
    if provider is None:
        raise NotFoundError
    response.headers["ETag"] = etag(provider.version)
    return views.provider_of(provider, _today())


@router.put("/providers/{provider_id}")
async def change_provider(
    provider_id: Identity, said: ProviderIn, _: Officer, session: SessionDep, expected: ExpectedVersion
) -> ProviderOut:
    return views.provider_of(await service.change_provider(session, provider_id, expected, said), _today())


@router.get("/sharing-decisions")
async def read_decisions(_: DecisionReader, session: SessionDep, paging: PagingDep, organisation: Asked = None) -> Page[DecisionOut]:
    """What partners were told of returnees that were referred to them, and by which version of the policy; newest first."""
    return await list_decisions(session, paging, organisation)


@router.get("/received")
async def list_received(receiving: ReceivingDep, session: SessionDep, keyring: KeyringDep, paging: PagingDep) -> Page[ReceivedOut]:
    rows = await service.list_received(session, receiving, paging)
    return paging.page(
        rows,
        lambda one: Position(one[0].received_at, one[0].id),
        lambda one: views.received_of(one[0], one[1].version, keyring, one[2]),
    )


@router.get("/received/{referral_id}")
async def read_received(
    referral_id: Identity, receiving: ReceivingDep, session: SessionDep, keyring: KeyringDep, response: Response
) -> ReceivedOut:
    """`subject` of an event is this id."""
    received, sent, known = await service.read_received(session, receiving, referral_id)
    response.headers["ETag"] = etag(sent.version)
    return views.received_of(received, sent.version, keyring, known)


@router.post("/received/{referral_id}/answer")
async def answer_received(
    referral_id: Identity, said: AnswerIn, receiving: ReceivingDep, session: SessionDep, keyring: KeyringDep
) -> ReceivedOut:
    referral, _ = await service.answer_as_receiver(session, keyring, receiving.caller, referral_id, said)
    return await _received(session, keyring, receiving, referral.id, referral.version)


@router.post("/received/{referral_id}/delivery")
async def deliver_received(
    referral_id: Identity, said: DeliveryIn, receiving: ReceivingDep, session: SessionDep, keyring: KeyringDep
) -> ReceivedOut:
    referral, _ = await service.deliver(session, receiving.caller, referral_id, said.outcome)
    return await _received(session, keyring, receiving, referral.id, referral.version)


@router.get("/referrals/{referral_id}/letter")
async def read_letter(referral_id: Identity, desk: DeskDep) -> LetterOut:
    """To a body without an account. Each look is noted with what it showed."""
    return views.letter_of(await service.letter(desk, referral_id), desk.keyring)


@router.post("/referrals/{referral_id}/answer")
async def answer_for_body(referral_id: Identity, said: ToldAnswerIn, desk: DeskDep, expected: ExpectedVersion) -> ReferralOut:
    """Of a body without an account, by the sender."""
    return await _sent(desk, await service.answer_as_sender(desk, referral_id, expected, said))


@router.post("/referrals/{referral_id}/delivery")
async def deliver_for_body(referral_id: Identity, said: ToldDeliveryIn, desk: DeskDep, expected: ExpectedVersion) -> ReferralOut:
    return await _sent(desk, await service.deliver_as_sender(desk, referral_id, expected, said))


@router.post("/referrals/{referral_id}/confirmation")
async def confirm(referral_id: Identity, said: ConfirmationIn, desk: DeskDep, expected: ExpectedVersion) -> ReferralOut:
    return await _sent(desk, await service.confirm(desk, referral_id, expected, said.confirmed))


@router.post("/{who}/eligibility")
async def judge_eligibility(who: Who, said: EligibilityIn, desk: DeskDep) -> EligibilitiesOut:
    found = await service.eligibilities(desk, who, said, _today())
    return EligibilitiesOut(version=HELPS.version, items=[views.eligibility_of(one) for one in found])


@router.get("/{who}/referrals")
async def list_referrals(who: Who, desk: DeskDep) -> ReferralsOut:
    pairs = await service.list_of(desk, who)
    told = await service.told_of(desk, pairs)
    return ReferralsOut(items=[views.referral_of(*one, told[one[0].id], desk) for one in pairs])


@router.post("/{who}/referrals", status_code=201, response_model=ReferralOut)
async def send_referral(who: Who, said: ReferralIn, desk: DeskDep, once: OnceDep) -> Response:
    async def effect() -> ReferralOut:
        return await _sent(desk, await service.send(desk, who, said))

    return await once(desk.caller.subject, effect, location=lambda _: f"/v1/returnees/{who}/referrals")


async def _sent(desk: Desk, pair: service.Pair) -> ReferralOut:
    return views.referral_of(*pair, (await service.told_of(desk, [pair]))[pair[0].id], desk)


async def _received(session: SessionDep, keyring: KeyringDep, receiving: Receiving, referral_id: UUID, version: int) -> ReceivedOut:
    received = await repository.find_received(session, referral_id)
    assert received is not None  # noqa: S101 - the caller was found by it
    known = await service.may_know(session, receiving, [received])
    return views.received_of(received, version, keyring, known[received.id])
