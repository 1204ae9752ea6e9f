"""The HTTP edge of organisations, agreements and clients: one call into `service` each."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Response

from kit.auth import public
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.versions import ExpectedVersion, check_version, etag
from services.partners import repository, service, views
from services.partners.access import Applicant, Keeper, Program, Reader, Service, Which, sight
from services.partners.schemas import (
    AgreementIn,
    AgreementOut,
    AgreementsOut,
    ClientChangeIn,
    ClientIn,
    ClientOut,
    ClientsOut,
    DecisionIn,
    ListsOut,
    OrganisationIn,
    OrganisationOut,
    OrganisationRow,
    RightsOut,
    StewardsIn,
    SuspensionIn,
    WordsIn,
)

router = APIRouter(prefix="/v1/partners", tags=["partners"])
Identity = Annotated[UUID, Path()]
ClientIdentity = Annotated[str, Path(max_length=100, description="`client_id`, as in the client's tokens.")]


@router.get("/lists", dependencies=[public(kept_s=300)])
async def read_lists() -> ListsOut:
    return views.lists()


@router.get("/rights")
async def read_own_rights(caller: Program, session: SessionDep) -> RightsOut:
    """What the client that asks may do at this moment."""
    return await service.told_rights(session, caller.client_id)


@router.get("/rights/{client_id}")
async def read_rights(client_id: ClientIdentity, _: Service, session: SessionDep) -> RightsOut:
    """For the services that a client calls: rights stand here, not in its token."""
    return await service.told_rights(session, client_id)


@router.post("/organisations", status_code=201, response_model=OrganisationOut)
async def apply(said: OrganisationIn, caller: Applicant, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    async def effect() -> OrganisationOut:
        organisation = await service.apply(session, keyring, caller, said)
        return await service.shown(session, keyring, caller, organisation)

    return await once(caller.subject, effect, location=lambda one: f"/v1/partners/organisations/{one.code}")


@router.get("/organisations")
async def list_organisations(
    caller: Reader, session: SessionDep, paging: PagingDep, state: Literal["applied", "verified", "refused", "suspended"] | None = None
) -> Page[OrganisationRow]:
    rows = await repository.list_organisations(session, sight(caller), paging, state=state)
    return paging.page(rows, lambda one: Position(one.applied_at, one.id), views.row_of)


@router.get("/organisations/{code}")
async def read(code: Which, caller: Reader, session: SessionDep, keyring: KeyringDep, response: Response) -> OrganisationOut:
    organisation = await service.get(session, caller, code)
    response.headers["ETag"] = etag(organisation.version)
    return await service.shown(session, keyring, caller, organisation)


@router.post("/organisations/{code}/decision")
async def decide(
    code: Which, said: DecisionIn, caller: Keeper, session: SessionDep, keyring: KeyringDep, expected: ExpectedVersion
) -> OrganisationOut:
    organisation = await service.get(session, caller, code, lock=True)
    check_version(expected, organisation.version)
    await service.decide(session, keyring, caller, organisation, said)
    return await service.shown(session, keyring, caller, organisation)


@router.post("/organisations/{code}/suspension")
async def suspend(
    code: Which, said: SuspensionIn, caller: Keeper, session: SessionDep, keyring: KeyringDep, expected: ExpectedVersion
) -> OrganisationOut:
    organisation = await service.get(session, caller, code, lock=True)
    check_version(expected, organisation.version)
    await service.suspend(session, keyring, caller, organisation, said)
    return await service.shown(session, keyring, caller, organisation)


@router.post("/organisations/{code}/reinstatement")
async def reinstate(
    code: Which, said: WordsIn, caller: Keeper, session: SessionDep, keyring: KeyringDep, expected: ExpectedVersion
) -> OrganisationOut:
    organisation = await service.get(session, caller, code, lock=True)
    check_version(expected, organisation.version)
    await service.reinstate(session, keyring, caller, organisation, said.words)
    return await service.shown(session, keyring, caller, organisation)


@router.put("/organisations/{code}/stewards")
async def name_stewards(
    code: Which, said: StewardsIn, caller: Keeper, session: SessionDep, keyring: KeyringDep, expected: ExpectedVersion
) -> OrganisationOut:
    organisation = await service.get(session, caller, code, lock=True)
    check_version(expected, organisation.version)
    service.name_stewards(session, caller, organisation, said)
    return await service.shown(session, keyring, caller, organisation)


@router.get("/organisations/{code}/agreements")
async def list_agreements(code: Which, caller: Reader, session: SessionDep) -> AgreementsOut:
    organisation = await service.get(session, caller, code)
    rows = await repository.list_agreements(session, organisation.id)
    return AgreementsOut(items=[views.agreement_of(one, service.today()) for one in rows])


@router.post("/organisations/{code}/agreements", status_code=201, response_model=AgreementOut)
async def propose(code: Which, said: AgreementIn, caller: Keeper, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> AgreementOut:
        organisation = await service.get(session, caller, code)
        return views.agreement_of(await service.propose(session, caller, organisation, said), service.today())

    return await once(caller.subject, effect, location=lambda _: f"/v1/partners/organisations/{code}/agreements")


@router.post("/agreements/{agreement_id}/decision")
async def decide_agreement(
    agreement_id: Identity, said: DecisionIn, caller: Keeper, session: SessionDep, keyring: KeyringDep, expected: ExpectedVersion
) -> AgreementOut:
    agreement = await service.decide_agreement(session, keyring, caller, agreement_id, expected, said)
    return views.agreement_of(agreement, service.today())


@router.post("/agreements/{agreement_id}/ending")
async def end_agreement(
    agreement_id: Identity, said: WordsIn, caller: Keeper, session: SessionDep, keyring: KeyringDep, expected: ExpectedVersion
) -> AgreementOut:
    agreement = await service.end_agreement(session, keyring, caller, agreement_id, expected, said.words)
    return views.agreement_of(agreement, service.today())


@router.get("/organisations/{code}/clients")
async def list_clients(code: Which, caller: Reader, session: SessionDep) -> ClientsOut:
    organisation = await service.get(session, caller, code)
    return ClientsOut(items=[views.client_of(one) for one in await repository.list_clients(session, organisation.id)])


@router.post("/organisations/{code}/clients", status_code=201, response_model=ClientOut)
async def add_client(code: Which, said: ClientIn, caller: Applicant, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> ClientOut:
        organisation = await service.get(session, caller, code)
        return views.client_of(await service.add_client(session, caller, organisation, said))

    return await once(caller.subject, effect, location=lambda _: f"/v1/partners/organisations/{code}/clients")


@router.put("/organisations/{code}/clients/{name}")
async def change_client(
    code: Which,
    name: Annotated[str, Path(max_length=40)],
    said: ClientChangeIn,
    caller: Applicant,
    session: SessionDep,
    expected: ExpectedVersion,
) -> ClientOut:
    organisation = await service.get(session, caller, code)
    return views.client_of(await service.change_client(session, caller, organisation, name, expected, said))
