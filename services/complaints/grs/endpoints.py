"""The HTTP edge of service complaints in the national GRS."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.versions import ExpectedVersion
from services.complaints.access import Decisive, Handler, Reference
from services.complaints.grs import service
from services.complaints.grs.schemas import GrsOut, StepChangeIn, StepIn, StepOut

router = APIRouter(prefix="/v1/complaints", tags=["national GRS"])


@router.get("/{reference}/grs")
async def read(reference: Reference, caller: Handler, session: SessionDep, keyring: KeyringDep) -> GrsOut:
    return await service.read(session, keyring, caller, reference)


@router.post("/{reference}/grs/steps", status_code=201, response_model=StepOut)
async def begin(reference: Reference, begun: StepIn, caller: Decisive, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    async def effect() -> StepOut:
        return await service.begin(session, keyring, caller, reference, begun)

    return await once(caller.subject, effect, location=lambda _: f"/v1/complaints/{reference}/grs")


@router.post("/{reference}/grs/steps/{step_id}")
async def change(
    reference: Reference,
    step_id: UUID,
    changed: StepChangeIn,
    caller: Decisive,
    session: SessionDep,
    keyring: KeyringDep,
    version: ExpectedVersion,
) -> StepOut:
    return await service.change(session, keyring, caller, reference, step_id, changed, version)
