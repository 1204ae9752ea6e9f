"""The HTTP edge of activities. Anybody reads; a lead's office reports, civil society comments."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from kit.auth import public
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.versions import ExpectedVersion, etag
from services.monitor.activities import lists, service
from services.monitor.activities.access import Commenter, Reporter
from services.monitor.activities.schemas import (
    ActivitiesOut,
    ActivityDetail,
    ActorOut,
    ActorsOut,
    CommentIn,
    CommentOut,
    CountedFrom,
    CountsOut,
    DutiesOut,
    ReportIn,
    ReportOut,
    StateOut,
)

router = APIRouter(prefix="/v1/framework", tags=["framework"])
ActivityId = Annotated[str, Path(max_length=20, description="As the document numbers it: 4.4.2.3.")]
ActorId = Annotated[str, Path(max_length=40, description="As the document abbreviates it: MoEWOE.")]
Goal = Annotated[str | None, Query(pattern=r"^[1-6]$")]
Overdue = Annotated[bool, Query(description="Only those whose time is over and which nobody reported as done or given up.")]


@router.get("/activities", dependencies=[public(kept_s=0)])
async def list_activities(session: SessionDep, goal: Goal = None, overdue: Overdue = False) -> ActivitiesOut:  # noqa: FBT002 - a query
    found = await service.list_activities(session, goal=goal, overdue=overdue)
    return ActivitiesOut(items=found, counts=CountsOut.here(), **CountedFrom.here().model_dump())


@router.get("/activities/{activity}", dependencies=[public(kept_s=0)])
async def read_activity(activity: ActivityId, session: SessionDep, response: Response) -> ActivityDetail:
    """Its ETag is what a report on it sends as If-Match."""
    found = await service.read_activity(session, activity)
    response.headers["ETag"] = etag(found.progress.version)
    return found


@router.get("/activities/{activity}/reports", dependencies=[public(kept_s=0)])
async def list_reports(activity: ActivityId, session: SessionDep, paging: PagingDep) -> Page[ReportOut]:
    """The newest first, under every number that the activity ever had. What was corrected stays."""
    found = await service.list_reports(session, activity, paging)
    return paging.page(found, lambda one: Position(one.reported_at, one.id), ReportOut.of)


@router.post("/activities/{activity}/reports", status_code=201, response_model=ReportOut)
async def report(
    activity: ActivityId, given: ReportIn, caller: Reporter, session: SessionDep, once: OnceDep, expected: ExpectedVersion
) -> Response:
    async def effect() -> ReportOut:
        return ReportOut.of(await service.report(session, caller, activity, given, expected))

    return await once(caller.subject, effect, location=lambda _: f"/v1/framework/activities/{activity}/reports")


@router.get("/activities/{activity}/comments", dependencies=[public(kept_s=0)])
async def list_comments(activity: ActivityId, session: SessionDep, paging: PagingDep) -> Page[CommentOut]:
    found = await service.list_comments(session, activity, paging)
    return paging.page(found, lambda one: Position(one.written_at, one.id), CommentOut.of)


@router.post("/activities/{activity}/comments", status_code=201, response_model=CommentOut)
async def comment(activity: ActivityId, given: CommentIn, caller: Commenter, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> CommentOut:
        return CommentOut.of(await service.comment(session, caller, activity, given))

    return await once(caller.subject, effect, location=lambda _: f"/v1/framework/activities/{activity}/comments")


@router.get("/actors", dependencies=[public(kept_s=0)])
async def list_actors(session: SessionDep) -> ActorsOut:
    return ActorsOut(items=await service.list_actors(session))


@router.get("/actors/{actor}", dependencies=[public(kept_s=0)])
async def read_actor(actor: ActorId, session: SessionDep) -> ActorOut:
    return await service.read_actor(session, actor)


@router.get("/duties")
async def list_duties(caller: Reporter, session: SessionDep) -> DutiesOut:
    """What the caller's office may report on."""
    states = [StateOut.of(one.code) for one in lists.load().states]
    return DutiesOut(items=await service.duties(session, caller), states=states, **CountedFrom.here().model_dump())
