"""The HTTP edge of what is tracked. Anybody reads; an office that speaks for a body that leads it tells of it."""

from datetime import UTC, datetime, time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from kit.auth import public
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.versions import ExpectedVersion, etag
from services.monitor.activities.access import Reporter
from services.monitor.tracker import service
from services.monitor.tracker.schemas import (
    ActionChangeIn,
    ActionDetail,
    ActionIn,
    ActionOut,
    KindsOut,
    MatterIn,
    MatterOut,
    MatterRow,
    StepIn,
    StepOut,
)

router = APIRouter(prefix="/v1/framework", tags=["framework"])
Code = Annotated[str, Path(max_length=40, description="As the list names it: icrmw.")]
Named = Annotated[str | None, Query(max_length=40)]
Late = Annotated[bool, Query(description="Only what is past its day.")]
State = Annotated[str | None, Query(pattern="^(open|done|dropped)$")]


@router.get("/matter-kinds", dependencies=[public(kept_s=300)])
async def list_kinds() -> KindsOut:
    return KindsOut.here()


@router.get("/matters", dependencies=[public(kept_s=0)])
async def list_matters(
    session: SessionDep,
    paging: PagingDep,
    kind: Named = None,
    activity: Named = None,
    late: Late = False,  # noqa: FBT002 - a query
) -> Page[MatterRow]:
    """Those that the framework names first, then by the day on which they were opened."""
    found = await service.list_matters(session, paging.after, paging.limit, kind=kind, activity=activity, late=late)
    return paging.page(found, lambda one: one[0], lambda one: one[1])


@router.post("/matters", status_code=201, response_model=MatterOut)
async def open_matter(given: MatterIn, caller: Reporter, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> MatterOut:
        return await service.open_matter(session, caller, given)

    return await once(caller.subject, effect, location=lambda made: f"/v1/framework/matters/{made.code}")


@router.get("/matters/{code}", dependencies=[public(kept_s=0)])
async def read_matter(code: Code, session: SessionDep, response: Response) -> MatterOut:
    """Its ETag is what the next step sends as If-Match."""
    found = await service.read_matter(session, code)
    response.headers["ETag"] = etag(found.version)
    return found


@router.get("/matters/{code}/history", dependencies=[public(kept_s=0)])
async def list_history(code: Code, session: SessionDep, paging: PagingDep) -> Page[StepOut]:
    """All that was ever told of it, the newest first: what was replaced stays."""
    kind, found = await service.history(session, code, paging)
    return paging.page(found, lambda one: Position(one.told_at, one.id), lambda one: StepOut.of(one, kind, service.this_day()))


@router.post("/matters/{code}/steps", status_code=201, response_model=StepOut)
async def tell_step(code: Code, given: StepIn, caller: Reporter, session: SessionDep, once: OnceDep, expected: ExpectedVersion) -> Response:
    async def effect() -> StepOut:
        return await service.tell_step(session, caller, code, given, expected)

    return await once(caller.subject, effect, location=lambda _: f"/v1/framework/matters/{code}")


@router.get("/actions", dependencies=[public(kept_s=0)])
async def list_actions(
    session: SessionDep,
    paging: PagingDep,
    matter: Named = None,
    owner: Named = None,
    state: State = None,
    late: Late = False,  # noqa: FBT002 - a query
) -> Page[ActionOut]:
    """The first due first."""
    found = await service.list_actions(session, paging, matter=matter, owner=owner, state=state, late=late)
    return paging.page(
        found,
        lambda one: Position(datetime.combine(one.due, time(), UTC), one.action),
        lambda one: ActionOut.shown(one, service.this_day()),
    )


@router.post("/matters/{code}/actions", status_code=201, response_model=ActionOut)
async def decide_action(code: Code, given: ActionIn, caller: Reporter, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> ActionOut:
        return await service.decide_action(session, caller, code, given)

    return await once(caller.subject, effect, location=lambda made: f"/v1/framework/actions/{made.id}")


@router.get("/actions/{action}", dependencies=[public(kept_s=0)])
async def read_action(action: UUID, session: SessionDep, response: Response) -> ActionDetail:
    """Its ETag is what a change of it sends as If-Match."""
    found = await service.read_action(session, action)
    response.headers["ETag"] = etag(found.version)
    return found


@router.post("/actions/{action}/changes", status_code=201, response_model=ActionDetail)
async def change_action(
    action: UUID, given: ActionChangeIn, caller: Reporter, session: SessionDep, once: OnceDep, expected: ExpectedVersion
) -> Response:
    async def effect() -> ActionDetail:
        return await service.change_action(session, caller, action, given, expected)

    return await once(caller.subject, effect, location=lambda _: f"/v1/framework/actions/{action}")
