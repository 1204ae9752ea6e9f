"""The HTTP edge of partners' endpoints: one call into `service` each."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response

from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.outward import Outward
from kit.paging import Page, PagingDep, Position
from kit.versions import ExpectedVersion, etag
from services.partners.access import Program
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


@router.post("", status_code=201, response_model=EndpointSecretOut)
async def add(said: EndpointIn, caller: Program, session: SessionDep, keyring: KeyringDep, outward: OutwardDep, once: OnceDep) -> Response:
    """The secret is shown in this answer and never again."""

    async def effect() -> EndpointSecretOut:
        return views.with_secret(*await service.add(session, keyring, outward, caller.client_id, said))

    return await once(caller.client_id, effect, location=lambda one: f"/v1/partners/endpoints/{one.id}")


@router.get("")
async def list_endpoints(caller: Program, session: SessionDep) -> EndpointsOut:
    organisation = await service.manager(session, caller.client_id)
    return EndpointsOut(items=[views.endpoint_of(one) for one in await repository.list_of(session, organisation.id)])


@router.get("/{endpoint_id}")
async def read(endpoint_id: Which, caller: Program, session: SessionDep, response: Response) -> EndpointOut:
    endpoint = await service.get(session, caller.client_id, endpoint_id)
    response.headers["ETag"] = etag(endpoint.version)
    return views.endpoint_of(endpoint)


@router.put("/{endpoint_id}")
async def change(
    endpoint_id: Which, said: EndpointChangeIn, caller: Program, session: SessionDep, outward: OutwardDep, expected: ExpectedVersion
) -> EndpointOut:
    return views.endpoint_of(await service.change(session, outward, caller.client_id, endpoint_id, expected, said))


@router.post("/{endpoint_id}/secret")
async def rotate(
    endpoint_id: Which,
    caller: Program,
    session: SessionDep,
    keyring: KeyringDep,
    expected: ExpectedVersion,
    said: RotationIn | None = None,
) -> EndpointSecretOut:
    """A new secret, shown this once. That of before goes on signing beside it for a day, or ends at once."""
    at_once = said is not None and said.at_once
    return views.with_secret(*await service.rotate(session, keyring, caller.client_id, endpoint_id, expected, at_once=at_once))


@router.post("/{endpoint_id}/pings", status_code=201, response_model=DeliveryOut)
async def ping(endpoint_id: Which, caller: Program, session: SessionDep, once: OnceDep) -> Response:
    """A test event goes out at once; what became of it stands among the deliveries."""

    async def effect() -> DeliveryOut:
        return views.delivery_of(await service.ping(session, caller.client_id, endpoint_id), [])

    return await once(caller.client_id, effect, location=lambda _: f"/v1/partners/endpoints/{endpoint_id}/deliveries")


@router.post("/{endpoint_id}/replays", status_code=201, response_model=ReplayOut)
async def replay(endpoint_id: Which, said: ReplayIn, caller: Program, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> ReplayOut:
        return ReplayOut(queued=await service.replay(session, caller.client_id, endpoint_id, said))

    return await once(caller.client_id, effect, location=lambda _: f"/v1/partners/endpoints/{endpoint_id}/deliveries")


@router.get("/{endpoint_id}/deliveries")
async def list_deliveries(
    endpoint_id: Which,
    caller: Program,
    session: SessionDep,
    paging: PagingDep,
    state: Literal["waiting", "delivered", "dead", "withheld"] | None = None,
) -> Page[DeliveryOut]:
    """Newest first, with every attempt."""
    rows, attempts = await service.list_deliveries(session, caller.client_id, endpoint_id, paging, state)
    return paging.page(rows, lambda one: Position(one.begun_at, one.event_id), lambda one: views.delivery_of(one, attempts[one.event_id]))
