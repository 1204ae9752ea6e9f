"""The HTTP edge of urgent tasks."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.paging import Page, PagingDep, Position
from kit.versions import ExpectedVersion
from services.reintegration.access import Officer, what_is_visible
from services.reintegration.tasks import service, views
from services.reintegration.tasks.schemas import FinishIn, TaskOut

router = APIRouter(prefix="/v1/returnees/tasks", tags=["returnees"])
TaskId = Annotated[UUID, Path()]


@router.get("")
async def list_urgent_tasks(caller: Officer, session: SessionDep, keyring: KeyringDep, paging: PagingDep) -> Page[TaskOut]:
    rows = await service.list_tasks(session, caller, what_is_visible(caller), paging)
    return paging.page(rows, lambda one: Position(one[0].due_at, one[0].id), lambda one: views.task_of(*one, caller, keyring))


@router.post("/{task_id}/take")
async def take_urgent_task(
    task_id: TaskId, caller: Officer, session: SessionDep, keyring: KeyringDep, expected: ExpectedVersion
) -> TaskOut:
    return views.task_of(*await service.take(session, caller, what_is_visible(caller), task_id, expected), caller, keyring)


@router.post("/{task_id}/finish")
async def finish_urgent_task(
    task_id: TaskId, done: FinishIn, caller: Officer, session: SessionDep, keyring: KeyringDep, expected: ExpectedVersion
) -> TaskOut:
    visible = what_is_visible(caller)
    task = await service.finish(session, keyring, caller, visible, task_id, expected, done.outcome, done.note)
    return views.task_of(*task, caller, keyring)
