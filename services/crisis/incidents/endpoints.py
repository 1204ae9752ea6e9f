"""The HTTP edge of incidents: one call into `service` each."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.versions import ExpectedVersion, etag
from services.crisis.evacuation.totals import service as totals
from services.crisis.handover.views import duty_with
from services.crisis.incidents import closing, repository, service, views
from services.crisis.incidents.access import Desk, Leader, Onlooker
from services.crisis.incidents.models import Incident, IncidentTask
from services.crisis.incidents.schemas import (
    ChangeIn,
    ChecklistOut,
    ClosingIn,
    IncidentDetail,
    IncidentIn,
    IncidentOut,
    LinkIn,
    ListsOut,
    LogOut,
    NoteIn,
    TaskChangeIn,
    TaskIn,
    TaskOut,
)

router = APIRouter(prefix="/v1/crisis/incidents", tags=["crisis: incidents"])


async def _detail(desk: Desk, incident: Incident, response: Response | None = None) -> IncidentDetail:
    if response is not None:
        response.headers["ETag"] = etag(incident.version)
    alerts, errands = await repository.alerts_of(desk.session, incident.id), await repository.errands_of(desk.session, incident.id)
    return views.detail(incident, alerts, errands, await duty_with(desk.session, desk.caller, [incident.country]))


def _address(one: IncidentDetail) -> str:
    return f"/v1/crisis/incidents/{one.id}"


async def _task_out(desk: Desk, task: IncidentTask) -> TaskOut:
    alarm = next(iter((await service.alarms_of(desk, [task])).values()), None)
    return views.task_out(task, desk.keyring, datetime.now(UTC), alarm)


@router.post("", status_code=201, response_model=IncidentDetail)
async def open_incident(said: IncidentIn, desk: Leader, once: OnceDep) -> Response:
    async def effect() -> IncidentDetail:
        incident = await service.open_incident(desk, said)
        await totals.begin(desk.session, incident, incident.opened_at)
        return await _detail(desk, incident)

    return await once(desk.caller.subject, effect, location=_address)


@router.get("")
async def list_incidents(
    desk: Onlooker,
    paging: PagingDep,
    is_open: Annotated[bool, Query(alias="open")] = False,  # noqa: FBT002 - a query
) -> Page[IncidentOut]:
    rows = await service.list_incidents(desk, paging, is_open=is_open)
    return paging.page(rows, lambda one: Position(one.opened_at, one.id), views.incident_out)


@router.get("/lists")
async def read_lists(_: Onlooker) -> ListsOut:
    return views.lists_out()


@router.get("/{incident_id}")
async def read_incident(incident_id: UUID, desk: Onlooker, response: Response) -> IncidentDetail:
    return await _detail(desk, await service.seen(desk, incident_id), response)


@router.put("/{incident_id}")
async def change_incident(incident_id: UUID, said: ChangeIn, desk: Leader, expected: ExpectedVersion, response: Response) -> IncidentDetail:
    return await _detail(desk, await service.change(desk, incident_id, expected, said), response)


@router.post("/{incident_id}/alerts", status_code=201, response_model=IncidentDetail)
async def link_alert(incident_id: UUID, said: LinkIn, desk: Leader, once: OnceDep) -> Response:
    async def effect() -> IncidentDetail:
        return await _detail(desk, await service.link_alert(desk, incident_id, said.alert))

    return await once(desk.caller.subject, effect, location=_address)


@router.post("/{incident_id}/closing", status_code=201, response_model=IncidentDetail)
async def close_incident(incident_id: UUID, said: ClosingIn, desk: Leader, expected: ExpectedVersion, once: OnceDep) -> Response:
    async def effect() -> IncidentDetail:
        return await _detail(desk, await closing.close(desk, incident_id, expected, said.reason))

    return await once(desk.caller.subject, effect, location=_address)


@router.get("/{incident_id}/tasks")
async def read_checklist(incident_id: UUID, desk: Onlooker) -> ChecklistOut:
    _, tasks = await service.checklist_of(desk, incident_id)
    return views.checklist_out(tasks, await service.alarms_of(desk, tasks), desk.keyring, datetime.now(UTC))


@router.post("/{incident_id}/tasks", status_code=201, response_model=TaskOut)
async def plan_task(incident_id: UUID, said: TaskIn, desk: Leader, once: OnceDep) -> Response:
    async def effect() -> TaskOut:
        return await _task_out(desk, await service.plan_task(desk, incident_id, said))

    return await once(desk.caller.subject, effect, location=lambda _: f"/v1/crisis/incidents/{incident_id}/tasks")


@router.put("/{incident_id}/tasks/{task_id}")
async def change_task(incident_id: UUID, task_id: UUID, said: TaskChangeIn, desk: Leader, expected: ExpectedVersion) -> TaskOut:
    task = await service.change_task(desk, incident_id, task_id, expected, said)
    return await _task_out(desk, task)


@router.get("/{incident_id}/log")
async def read_log(incident_id: UUID, desk: Leader) -> LogOut:
    return await service.read_log(desk, incident_id)


@router.post("/{incident_id}/log", status_code=201, response_model=LogOut)
async def write_log(incident_id: UUID, said: NoteIn, desk: Leader, once: OnceDep) -> Response:
    async def effect() -> LogOut:
        await service.write_note(desk, incident_id, said.note)
        return await service.read_log(desk, incident_id)

    return await once(desk.caller.subject, effect, location=lambda _: f"/v1/crisis/incidents/{incident_id}/log")
