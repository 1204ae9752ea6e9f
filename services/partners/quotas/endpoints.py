"""The HTTP edge of quotas: one call into `service` each."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.versions import ExpectedVersion
from services.partners import repository as organisations
from services.partners import service as partners
from services.partners import views as partnership
from services.partners.access import Applicant, Gateway, Keeper, Program, Reader, Which
from services.partners.quotas import repository, service
from services.partners.quotas.schemas import LeaseIn, LeaseOut, OriginsIn, OriginsOut, QuotaIn, UsageOut, UsagesOut
from services.partners.schemas import ClientOut

router = APIRouter(prefix="/v1/partners", tags=["partners"])
Name = Annotated[str, Path(max_length=40, description="The name of the client, as in the list of the organisation's clients.")]


@router.post("/leases", status_code=201, response_model=LeaseOut)
async def lease(said: LeaseIn, caller: Gateway, session: SessionDep, once: OnceDep) -> Response:
    """A part of what a program has left, for one gateway; what it did not use of the part before comes back, with what was counted."""

    async def effect() -> LeaseOut:
        return await service.lease(session, said)

    return await once(caller.client_id, effect, location=lambda _: "/v1/partners/leases")


@router.get("/origins")
async def list_origins(_: Gateway, session: SessionDep) -> OriginsOut:
    """Web pages that may use a program's tokens, for a browser that asks before it sends one."""
    return OriginsOut(items=sorted(await repository.origins(session)))


@router.get("/usage")
async def read_own_usage(caller: Program, session: SessionDep) -> UsageOut:
    """What the program that asks has left, and its requests and errors hour by hour."""
    return await service.own_usage(session, caller.client_id)


@router.get("/organisations/{code}/usage")
async def read_usage(code: Which, caller: Reader, session: SessionDep) -> UsagesOut:
    organisation = await partners.get(session, caller, code)
    return UsagesOut(items=[await service.usage(session, one) for one in await organisations.list_clients(session, organisation.id)])


@router.put("/organisations/{code}/clients/{name}/origins")
async def name_origins(
    code: Which, name: Name, said: OriginsIn, caller: Applicant, session: SessionDep, expected: ExpectedVersion
) -> ClientOut:
    """The web pages that may call with this program's tokens from a browser."""
    organisation = await partners.get(session, caller, code)
    return partnership.client_of(await service.name_origins(session, caller, organisation, name, expected, said))


@router.put("/organisations/{code}/clients/{name}/quota")
async def set_quota(code: Which, name: Name, said: QuotaIn, caller: Keeper, session: SessionDep, expected: ExpectedVersion) -> ClientOut:
    organisation = await partners.get(session, caller, code)
    return partnership.client_of(await service.set_quota(session, caller, organisation, name, expected, said))
