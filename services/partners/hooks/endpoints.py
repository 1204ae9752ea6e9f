"""The HTTP edge of partners' endpoints: one call into `service` each."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.outward import Outward
from kit.paging import Page, PagingDep, Position
from kit.versions import ExpectedVersion, etag
from services.partners.access import Acting
from services.partners.hooks import repository, service, views
from services.partners.hooks.schemas import (
    DeliveryOut,
    EndpointChangeIn,
    EndpointIn,
    EndpointOut,
    EndpointSecretOut,
    EndpointsOut,
    ReplayIn,
    ReplayOut,
    RotationIn,
)

router = APIRouter(prefix="/v1/partners/endpoints", tags=["partners"])
Which = Annotated[UUID, Path()]


async def _outward(request: Request) -> Outward:
    outward: Outward = request.state.outward
    return outward


OutwardDep = Annotated[Outward, Depends(_outward)]


async def _owner(
    caller: Acting,
    session: SessionDep,
    organisation: Annotated[str | None, Query(max_length=40, description="For which a person acts; a program acts for its own.")] = None,
) -> service.Owner:
    return await service.acting(session, caller, organisation)


OwnerDep = Annotated[service.Owner, Depends(_owner)]


@router.post("", status_code=201, response_model=EndpointSecretOut)
async def add(said: EndpointIn, owner: OwnerDep, session: SessionDep, keyring: KeyringDep, outward: OutwardDep, once: OnceDep) -> Response:
    """The secret is shown in this answer and never again."""

    async def effect() -> EndpointSecretOut:
        return views.with_secret(*await service.add(session, keyring, outward, owner, said))

    return await once(owner.by, effect, location=lambda one: f"/v1/partners/endpoints/{one.id}")


@router.get("")
async def list_endpoints(owner: OwnerDep, session: SessionDep) -> EndpointsOut:
    return EndpointsOut(items=[views.endpoint_of(one) for one in await repository.list_of(session, owner.organisation.id)])


@router.get("/{endpoint_id}")
async def read(endpoint_id: Which, owner: OwnerDep, session: SessionDep, response: Response) -> EndpointOut:
    endpoint = await service.get(session, owner, endpoint_id)
    response.headers["ETag"] = etag(endpoint.version)
    return views.endpoint_of(endpoint)


@router.put("/{endpoint_id}")
async def change(
    endpoint_id: Which, said: EndpointChangeIn, owner: OwnerDep, session: SessionDep, outward: OutwardDep, expected: ExpectedVersion
) -> EndpointOut:
    return views.endpoint_of(await service.change(session, outward, owner, endpoint_id, expected, said))


@router.post("/{endpoint_id}/secret")
async def rotate(
    endpoint_id: Which,
    owner: OwnerDep,
    session: SessionDep,
    keyring: KeyringDep,
    expected: ExpectedVersion,
    said: RotationIn | None = None,
) -> EndpointSecretOut:
    """A new secret, shown this once. That of before goes on signing beside it for a day, or ends at once."""
    at_once = said is not None and said.at_once
    return views.with_secret(*await service.rotate(session, keyring, owner, endpoint_id, expected, at_once=at_once))


@router.post("/{endpoint_id}/pings", status_code=201, response_model=DeliveryOut)
async def ping(endpoint_id: Which, owner: OwnerDep, session: SessionDep, once: OnceDep) -> Response:
    """A test event goes out at once; what became of it stands among the deliveries."""

    async def effect() -> DeliveryOut:
        return views.delivery_of(await service.ping(session, owner, endpoint_id), [])

    return await once(owner.by, effect, location=lambda _: f"/v1/partners/endpoints/{endpoint_id}/deliveries")


@router.post("/{endpoint_id}/replays", status_code=201, response_model=ReplayOut)
async def replay(endpoint_id: Which, said: ReplayIn, owner: OwnerDep, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> ReplayOut:
        return ReplayOut(queued=await service.replay(session, owner, endpoint_id, said))

    return await once(owner.by, effect, location=lambda _: f"/v1/partners/endpoints/{endpoint_id}/deliveries")


@router.get("/{endpoint_id}/deliveries")
async def list_deliveries(
    endpoint_id: Which,
    owner: OwnerDep,
    session: SessionDep,
    paging: PagingDep,
    state: Literal["waiting", "delivered", "dead", "withheld"] | None = None,
) -> Page[DeliveryOut]:
    """Newest first, with every attempt."""
    rows, attempts = await service.list_deliveries(session, owner, endpoint_id, paging, state)
    return paging.page(rows, lambda one: Position(one.begun_at, one.event_id), lambda one: views.delivery_of(one, attempts[one.event_id]))
