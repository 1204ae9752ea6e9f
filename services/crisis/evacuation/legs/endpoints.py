"""The HTTP edge of journeys: one call into `service` each."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.idempotency import OnceDep
from kit.versions import ExpectedVersion, etag
from services.crisis.evacuation.access import Mover, Receiver
from services.crisis.evacuation.legs import service, views
from services.crisis.evacuation.schemas import DepartureIn, HandoverIn, HandoverOut, LegIn, LegOut, LegsOut, ManifestOut, SeatsIn
from services.crisis.handover.views import duty_with

router = APIRouter(prefix="/v1/crisis", tags=["crisis: evacuation"])
ONE = "/legs/{leg_id}"


def _address(one: LegOut) -> str:
    return f"/v1/crisis/legs/{one.id}"


@router.post("/incidents/{incident_id}/evacuation/legs", status_code=201, response_model=LegOut)
async def plan_leg(incident_id: UUID, said: LegIn, desk: Mover, once: OnceDep) -> Response:
    async def effect() -> LegOut:
        return views.leg_out(await service.plan(desk, incident_id, said))

    return await once(desk.caller.subject, effect, location=_address)


@router.get("/incidents/{incident_id}/evacuation/legs")
async def list_legs(incident_id: UUID, desk: Mover) -> LegsOut:
    return LegsOut(items=[views.leg_out(one) for one in await service.list_of(desk, incident_id)])


@router.get("/legs")
async def list_incoming(desk: Receiver) -> LegsOut:
    return LegsOut(items=[views.leg_out(one) for one in await service.incoming(desk)])


@router.get(ONE)
async def read_manifest(leg_id: UUID, desk: Receiver, response: Response) -> ManifestOut:
    leg, seated, handover = await service.read(desk, leg_id)
    response.headers["ETag"] = etag(leg.version)
    duty = await duty_with(desk.session, desk.caller, [await service.country_in_charge(desk, leg)])
    return views.manifest_out(leg, seated, handover, desk, duty)


@router.post(ONE + "/seats", status_code=201, response_model=LegOut)
async def take_seats(leg_id: UUID, said: SeatsIn, desk: Mover, once: OnceDep) -> Response:
    async def effect() -> LegOut:
        return views.leg_out(await service.take_seats(desk, leg_id, said.evacuees))

    return await once(desk.caller.subject, effect, location=_address)


@router.post(ONE + "/seats/{evacuee_id}/release", status_code=201, response_model=LegOut)
async def release_seat(leg_id: UUID, evacuee_id: UUID, desk: Mover, once: OnceDep) -> Response:
    async def effect() -> LegOut:
        return views.leg_out(await service.release(desk, leg_id, evacuee_id))

    return await once(desk.caller.subject, effect, location=_address)


@router.post(ONE + "/departure", status_code=201, response_model=LegOut)
async def depart(leg_id: UUID, said: DepartureIn, desk: Mover, expected: ExpectedVersion, once: OnceDep) -> Response:
    async def effect() -> LegOut:
        return views.leg_out(await service.depart(desk, leg_id, expected, said))

    return await once(desk.caller.subject, effect, location=_address)


@router.post(ONE + "/cancellation", status_code=201, response_model=LegOut)
async def cancel_leg(leg_id: UUID, desk: Mover, expected: ExpectedVersion, once: OnceDep) -> Response:
    async def effect() -> LegOut:
        return views.leg_out(await service.cancel(desk, leg_id, expected))

    return await once(desk.caller.subject, effect, location=_address)


@router.post(ONE + "/arrival", status_code=201, response_model=LegOut)
async def arrive(leg_id: UUID, desk: Receiver, expected: ExpectedVersion, once: OnceDep) -> Response:
    async def effect() -> LegOut:
        return views.leg_out(await service.arrive(desk, leg_id, expected))

    return await once(desk.caller.subject, effect, location=_address)


@router.post(ONE + "/handover", status_code=201, response_model=HandoverOut)
async def hand_over(leg_id: UUID, said: HandoverIn, desk: Receiver, expected: ExpectedVersion, once: OnceDep) -> Response:
    async def effect() -> HandoverOut:
        return views.handover_out(await service.hand_over(desk, leg_id, expected, said), desk.keyring)

    return await once(desk.caller.subject, effect, location=lambda _: f"/v1/crisis/legs/{leg_id}")


@router.post(ONE + "/handover/countersignature", status_code=201, response_model=HandoverOut)
async def countersign(leg_id: UUID, desk: Receiver, expected: ExpectedVersion, once: OnceDep) -> Response:
    async def effect() -> HandoverOut:
        return views.handover_out(await service.countersign(desk, leg_id, expected), desk.keyring)

    return await once(desk.caller.subject, effect, location=lambda _: f"/v1/crisis/legs/{leg_id}")
