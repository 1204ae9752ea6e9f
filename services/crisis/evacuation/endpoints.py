"""The HTTP edge of registration for an evacuation. A queue is read by place: its order is who goes first, and changes while it is read."""

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from kit.idempotency import OnceDep
from kit.paging import Page
from kit.versions import ExpectedVersion, etag
from services.crisis.evacuation import repository, service, views
from services.crisis.evacuation.access import Mover, Registrar
from services.crisis.evacuation.models import EvacuationWindow, Evacuee
from services.crisis.evacuation.rules import Papers, State
from services.crisis.evacuation.schemas import (
    EvacuationListsOut,
    EvacueeIn,
    EvacueeOut,
    EvacueeRow,
    EvacueesFound,
    FindEvacueeIn,
    GuardianIn,
    MoveIn,
    PapersIn,
    WindowIn,
    WindowsOut,
)
from services.crisis.incidents.access import Desk

router = APIRouter(prefix="/v1/crisis", tags=["crisis: evacuation"])
AT = "/incidents/{incident_id}/evacuation"
ONE = "/evacuees/{evacuee_id}"


class QueuesOut(BaseModel):
    states: dict[str, int]
    papers: dict[str, int]


def _windows(rows: list[EvacuationWindow]) -> WindowsOut:
    now = datetime.now(UTC)
    return WindowsOut(items=[views.window_out(one) for one in rows], open=any(service.is_open(one, now) for one in rows))


async def _shown(desk: Desk, evacuee: Evacuee, response: Response | None = None) -> EvacueeOut:
    if response is not None:
        response.headers["ETag"] = etag(evacuee.version)
    return views.evacuee_out(evacuee, await repository.live_seat(desk.session, evacuee.id), desk)


@router.get("/evacuation/lists")
async def read_lists(_: Registrar) -> EvacuationListsOut:
    return views.lists_out()


@router.get(AT + "/windows")
async def list_windows(incident_id: UUID, desk: Registrar) -> WindowsOut:
    return _windows(await service.windows_of(desk, incident_id))


@router.post(AT + "/windows", status_code=201, response_model=WindowsOut)
async def open_window(incident_id: UUID, said: WindowIn, desk: Mover, once: OnceDep) -> Response:
    async def effect() -> WindowsOut:
        return _windows(await service.open_window(desk, incident_id, said))

    return await once(desk.caller.subject, effect, location=lambda _: f"/v1/crisis/incidents/{incident_id}/evacuation/windows")


@router.post(AT + "/windows/closing", status_code=201, response_model=WindowsOut)
async def close_window(incident_id: UUID, desk: Mover, once: OnceDep) -> Response:
    async def effect() -> WindowsOut:
        return _windows(await service.close_window(desk, incident_id))

    return await once(desk.caller.subject, effect, location=lambda _: f"/v1/crisis/incidents/{incident_id}/evacuation/windows")


@router.post(AT + "/evacuees", status_code=201, response_model=EvacueeOut)
async def register(incident_id: UUID, said: EvacueeIn, desk: Registrar, once: OnceDep) -> Response:
    async def effect() -> EvacueeOut:
        return await _shown(desk, await service.register(desk, incident_id, said))

    return await once(desk.caller.subject, effect, location=lambda one: f"/v1/crisis/evacuees/{one.id}")


@router.get(AT + "/evacuees")
async def list_evacuees(
    incident_id: UUID,
    desk: Mover,
    state: Annotated[list[State], Query(default_factory=list, max_length=16)],
    papers: Annotated[Papers | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Page[EvacueeRow]:
    rows = await service.queue(desk, incident_id, states=state, papers=papers, offset=after, limit=limit)
    more = [("state", one.value) for one in state] + ([("papers", papers.value)] if papers else [])
    following = urlencode([*more, ("limit", limit), ("after", after + limit)])
    place = f"/v1/crisis/incidents/{incident_id}/evacuation/evacuees?{following}" if len(rows) > limit else None
    return Page(items=[views.row_out(one, desk) for one in rows[:limit]], next=place)


@router.post(AT + "/evacuees/search")
async def find_evacuees(incident_id: UUID, said: FindEvacueeIn, desk: Mover) -> EvacueesFound:
    """Somebody stands there and is on the list of thousands. What is personal travels in the body."""
    return EvacueesFound(items=[views.row_out(one, desk) for one in await service.search(desk, incident_id, said)])


@router.get(AT + "/queues")
async def read_queues(incident_id: UUID, desk: Registrar) -> QueuesOut:
    states, papers = await service.papers_waiting(desk, incident_id)
    return QueuesOut(states=states, papers=papers)


@router.get(ONE)
async def read_evacuee(evacuee_id: UUID, desk: Registrar, response: Response) -> EvacueeOut:
    evacuee, seat = await service.read(desk, evacuee_id)
    response.headers["ETag"] = etag(evacuee.version)
    return views.evacuee_out(evacuee, seat, desk)


@router.put(ONE + "/state")
async def move_evacuee(evacuee_id: UUID, said: MoveIn, desk: Mover, expected: ExpectedVersion, response: Response) -> EvacueeOut:
    return await _shown(desk, await service.move(desk, evacuee_id, expected, said), response)


@router.put(ONE + "/papers")
async def set_papers(evacuee_id: UUID, said: PapersIn, desk: Mover, expected: ExpectedVersion, response: Response) -> EvacueeOut:
    return await _shown(desk, await service.set_papers(desk, evacuee_id, expected, said), response)


@router.put(ONE + "/guardian")
async def set_guardian(evacuee_id: UUID, said: GuardianIn, desk: Mover, expected: ExpectedVersion, response: Response) -> EvacueeOut:
    return await _shown(desk, await service.set_guardian(desk, evacuee_id, expected, said), response)
