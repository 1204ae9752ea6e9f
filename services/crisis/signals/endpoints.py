"""The HTTP edge of signals: what the stream of complaints suggests."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.versions import ExpectedVersion, etag
from services.crisis.signals import service
from services.crisis.signals.access import Answerer, Reader
from services.crisis.signals.rules import State
from services.crisis.signals.schemas import AnswerIn, SignalOut

router = APIRouter(prefix="/v1/crisis/signals", tags=["crisis"])


@router.get("")
async def list_signals(
    caller: Reader,
    session: SessionDep,
    keyring: KeyringDep,
    paging: PagingDep,
    waiting: Annotated[bool, Query(description="Only those that nobody has answered.")] = False,  # noqa: FBT002 - a query
) -> Page[SignalOut]:
    rows = await service.list_signals(session, caller, paging, waiting=waiting)
    return paging.page(rows, lambda one: Position(one.made_at, one.id), lambda one: service.row_of(one, keyring))


@router.get("/{signal_id}")
async def read_signal(signal_id: UUID, caller: Reader, session: SessionDep, keyring: KeyringDep, response: Response) -> SignalOut:
    signal = await service.get_signal(session, keyring, caller, signal_id)
    response.headers["ETag"] = etag(signal.version)
    return signal


@router.post("/{signal_id}/confirmation", status_code=201, response_model=SignalOut)
async def confirm(
    signal_id: UUID, said: AnswerIn, caller: Answerer, session: SessionDep, keyring: KeyringDep, once: OnceDep, expected: ExpectedVersion
) -> Response:
    async def effect() -> SignalOut:
        return await service.answer(session, keyring, caller, signal_id, expected, State.CONFIRMED, said.because)

    return await once(caller.subject, effect, location=lambda one: f"/v1/crisis/signals/{one.id}")


@router.post("/{signal_id}/dismissal", status_code=201, response_model=SignalOut)
async def dismiss(
    signal_id: UUID, said: AnswerIn, caller: Answerer, session: SessionDep, keyring: KeyringDep, once: OnceDep, expected: ExpectedVersion
) -> Response:
    async def effect() -> SignalOut:
        return await service.answer(session, keyring, caller, signal_id, expected, State.DISMISSED, said.because)

    return await once(caller.subject, effect, location=lambda one: f"/v1/crisis/signals/{one.id}")
