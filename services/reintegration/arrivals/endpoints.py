"""The HTTP edge of arrivals: crisis hands over a manifest, the desk of the home district confirms."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from kit.auth import Caller, allow
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.errors import ForbiddenError
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.versions import ExpectedVersion
from services.reintegration.arrivals import repository, service, views
from services.reintegration.arrivals.schemas import ArrivalOut, DismissalIn, ManifestIn, ManifestOut, SendIn
from services.reintegration.casework.endpoints import DeskDep
from services.reintegration.schemas import ReceiptOut, ReturneeIn

router = APIRouter(prefix="/v1/returnees/arrivals", tags=["returnees: arrivals"])
ArrivalId = Annotated[UUID, Path()]


@router.post("", status_code=201, response_model=ManifestOut)
async def take_manifest(
    manifest: ManifestIn, caller: Annotated[Caller, allow("service")], session: SessionDep, keyring: KeyringDep, once: OnceDep
) -> Response:
    if not service.covers(caller):
        raise ForbiddenError

    async def effect() -> ManifestOut:
        return ManifestOut(rows=await service.take_manifest(session, keyring, manifest))

    return await once(caller.subject, effect, location=lambda _: "/v1/returnees/arrivals")


@router.get("")
async def list_arrivals(desk: DeskDep, paging: PagingDep) -> Page[ArrivalOut]:
    rows = await service.list_waiting(desk, paging)
    return paging.page(rows, lambda one: Position(one.first_known_at, one.id), lambda one: views.arrival_of(one, desk.keyring))


@router.get("/{arrival_id}")
async def read_arrival(arrival_id: ArrivalId, desk: DeskDep) -> ArrivalOut:
    arrival = await service.read(desk, arrival_id)
    reference = await repository.reference_of(desk.session, arrival.returnee_id) if arrival.returnee_id else None
    return views.arrival_of(arrival, desk.keyring, reference)


@router.post("/{arrival_id}/confirmation", status_code=201, response_model=ReceiptOut)
async def confirm_arrival(arrival_id: ArrivalId, said: ReturneeIn, desk: DeskDep, expected: ExpectedVersion, once: OnceDep) -> Response:
    async def effect() -> ReceiptOut:
        return await service.confirm(desk, arrival_id, expected, said)

    return await once(desk.caller.subject, effect, location=lambda receipt: f"/v1/returnees/{receipt.reference}")


@router.post("/{arrival_id}/dismissal")
async def dismiss_arrival(arrival_id: ArrivalId, said: DismissalIn, desk: DeskDep, expected: ExpectedVersion) -> ArrivalOut:
    return views.arrival_of(await service.dismiss(desk, arrival_id, expected, said), desk.keyring)


@router.put("/{arrival_id}/district")
async def send_arrival(arrival_id: ArrivalId, said: SendIn, desk: DeskDep, expected: ExpectedVersion) -> ArrivalOut:
    return views.arrival_of(await service.send_to(desk, arrival_id, expected, said.district), desk.keyring)
