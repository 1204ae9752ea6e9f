"""Addresses of consents."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from kit.auth import Caller, allow
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from services.complaints.access import Reference
from services.complaints.consents import service
from services.complaints.consents.schemas import ConsentIn, ConsentOut, ConsentsOut

router = APIRouter(prefix="/v1/complaints/{reference}/consents", tags=["complaints: consents"])

Keeper = Annotated[Caller, allow("agent", "supervisor", "officer", "demo", "wing", "wewb")]


@router.get("")
async def list_consents(reference: Reference, caller: Keeper, session: SessionDep, keyring: KeyringDep) -> ConsentsOut:
    return await service.list_all(session, keyring, caller, reference)


@router.post("", status_code=201, response_model=ConsentOut)
async def give_consent(
    reference: Reference, asked: ConsentIn, caller: Keeper, session: SessionDep, keyring: KeyringDep, once: OnceDep
) -> Response:
    async def effect() -> ConsentOut:
        return await service.give(session, keyring, caller, reference, asked)

    return await once(caller.subject, effect, location=lambda one: f"/v1/complaints/{reference}/consents#{one.id}")


@router.post("/{consent_id}/withdrawal", status_code=201, response_model=ConsentOut)
async def withdraw_consent(
    reference: Reference, consent_id: UUID, caller: Keeper, session: SessionDep, keyring: KeyringDep, once: OnceDep
) -> Response:
    async def effect() -> ConsentOut:
        return await service.withdraw(session, keyring, caller, reference, consent_id)

    return await once(caller.subject, effect, location=lambda one: f"/v1/complaints/{reference}/consents#{one.id}")
