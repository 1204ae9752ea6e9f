"""The HTTP edge of call-backs."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit.auth import Caller
from kit.crypto import Keyring, KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.versions import ExpectedVersion, etag
from services.complaints.access import what_is_visible
from services.complaints.calls import views
from services.complaints.calls.access import Desk
from services.complaints.calls.callbacks import questions, service
from services.complaints.calls.callbacks.models import Callback
from services.complaints.calls.callbacks.schemas import AttemptIn, CallbackOut, CallbackRow
from services.complaints.redress.schemas import TaskAnswerIn, TaskOut

router = APIRouter(prefix="/v1/complaints/calls/callbacks", tags=["calls"])


@router.get("")
async def list_callbacks(
    caller: Desk,
    session: SessionDep,
    keyring: KeyringDep,
    paging: PagingDep,
    is_open: Annotated[bool, Query(alias="open")] = True,  # noqa: FBT002 - a query
) -> Page[CallbackRow]:
    rows = await service.list_callbacks(session, paging, is_open=is_open)
    now = datetime.now(UTC)
    return paging.page(rows, lambda one: Position(one.opened_at, one.id), lambda one: service.row_of(one, keyring, caller, now))


@router.get("/{callback_id}")
async def read_callback(callback_id: UUID, caller: Desk, session: SessionDep, keyring: KeyringDep, response: Response) -> CallbackOut:
    task = await service.read_callback(session, caller, callback_id)
    return await _shown(task, caller, session, keyring, response)


@router.post("/{callback_id}/take")
async def take_callback(callback_id: UUID, caller: Desk, session: SessionDep, keyring: KeyringDep, response: Response) -> CallbackOut:
    """Idempotent."""
    await service.take(session, caller, callback_id)
    task = await service.read_callback(session, caller, callback_id)
    return await _shown(task, caller, session, keyring, response)


@router.post("/{callback_id}/attempts", status_code=201, response_model=CallbackRow)
async def note_attempt(
    callback_id: UUID,
    attempt: AttemptIn,
    caller: Desk,
    session: SessionDep,
    keyring: KeyringDep,
    once: OnceDep,
    expected: ExpectedVersion,
) -> Response:
    async def effect() -> CallbackRow:
        task = await service.note_attempt(session, keyring, caller, callback_id, attempt, expected)
        return service.row_of(task, keyring, caller, datetime.now(UTC))

    return await once(caller.subject, effect, location=lambda task: f"/v1/complaints/calls/callbacks/{task.id}")


@router.post("/{callback_id}/questions/{task_id}", status_code=201, response_model=TaskOut)
async def answer_question(
    callback_id: UUID, task_id: UUID, said: TaskAnswerIn, caller: Desk, session: SessionDep, keyring: KeyringDep, once: OnceDep
) -> Response:
    async def effect() -> TaskOut:
        return await questions.answer(session, keyring, caller, callback_id, task_id, said)

    return await once(caller.subject, effect, location=lambda _: f"/v1/complaints/calls/callbacks/{callback_id}")


async def _shown(task: Callback, caller: Caller, session: SessionDep, keyring: Keyring, response: Response) -> CallbackOut:
    response.headers["ETag"] = etag(task.version)
    known = await views.known_of(session, keyring, caller, what_is_visible(caller), task.number_index)
    return await service.view_of(session, keyring, caller, task, known, await questions.shown(session, caller, task))
