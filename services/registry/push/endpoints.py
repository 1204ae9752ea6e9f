"""The HTTP edge of notifications. Only crisis is admitted; a person's own record has its own door (`own`)."""

from fastapi import APIRouter, Request

from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.errors import NotFoundError
from services.registry import repository as people
from services.registry import service as core
from services.registry.access import Crisis
from services.registry.push import service
from services.registry.push.schemas import PushGoneIn, PushIn

router = APIRouter(prefix="/v1/nationals", tags=["nationals: for crisis"])


@router.post("/push", status_code=204)
async def subscribe(said: PushIn, _: Crisis, session: SessionDep, keyring: KeyringDep, request: Request) -> None:
    """Idempotent for one browser. Another person's notifications on it end."""
    if await people.find(session, said.person, core.EVERYBODY, lock=True) is None:
        raise NotFoundError
    await service.subscribe(session, keyring, request.state.outward, said.person, said.subscription)


@router.post("/push/gone", status_code=204)
async def forget_gone(told: PushGoneIn, _: Crisis, session: SessionDep) -> None:
    await service.forget_gone(session, told.subscriptions)
