"""The HTTP edge of oversight: one call into `service` each."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from kit.auth import Caller, allow
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from services.agencies.oversight import service, views
from services.agencies.oversight.schemas import (
    ChangeOut,
    CommentIn,
    CommentOut,
    ComparisonOut,
    DraftIn,
    PlanOut,
    RenewalOut,
    WatchedOut,
)
from services.agencies.runs.schemas import Reference
from services.agencies.runs.service import today

router = APIRouter(prefix="/v1/agencies/ratings", tags=["oversight of agencies"])

Overseer = Annotated[Caller, allow("analyst", "decider", "admin")]
Speaker = Annotated[Caller, allow("association", "decider", "analyst")]
Listener = Annotated[Caller, allow("association", "decider", "officer", "analyst", "auditor", "admin")]


@router.get("/comparisons")
async def compare(
    _: Overseer, session: SessionDep, paging: PagingDep, before: Annotated[Reference, Query()], after: Annotated[Reference, Query()]
) -> ComparisonOut:
    """Who would move from one rule set to another, and why, on today's evidence. Nothing is stored or published."""
    one, other, compared = await service.compare(session, before, after)
    rows = views.cut(paging, compared.moves, views.place_of_move)
    return views.comparison(one, other, compared, paging.page(rows, views.place_of_move, lambda move: views.move_view(move, one, other)))


@router.post("/comparisons", status_code=200)
async def compare_draft(order: DraftIn, _: Overseer, session: SessionDep, paging: PagingDep) -> ComparisonOut:
    """A draft that nobody has adopted, as JSON. Says what is wrong with one that does not hold together. Shows the first page only."""
    one, other, compared = await service.compare(session, order.before, order.after)
    items = [views.move_view(move, one, other) for move in compared.moves[: paging.limit]]
    return views.comparison(one, other, compared, Page(items=items, next=None))


@router.get("/inspections")
async def plan_inspections(_: Overseer, session: SessionDep, visits: Annotated[int, Query(ge=1, le=200)] = 50) -> PlanOut:
    """As many visits as an office can make, the most urgent first."""
    return views.plan_view(await service.plan_inspections(session, visits))


@router.get("/watch-list")
async def watch(_: Overseer, session: SessionDep, paging: PagingDep) -> Page[WatchedOut]:
    def place(one: service.Watched) -> Position:
        return views.place_of_row(one.row)

    return paging.page(views.cut(paging, await service.watch(session), place), place, views.watched_view)


@router.get("/changes")
async def list_changes(_: Overseer, session: SessionDep, paging: PagingDep) -> Page[ChangeOut]:
    """Evidence that came, was struck out or came back since what the last published run knew."""
    rows = await service.list_changed(session, paging)
    return paging.page(
        rows, lambda one: Position(one.agency.evidence_changed_at or one.agency.registered_at, one.agency.id), views.change_view
    )


@router.get("/renewals")
async def renewals_due(_: Overseer, session: SessionDep, paging: PagingDep) -> Page[RenewalOut]:
    """Licences that end soon, the soonest first."""
    rows = views.cut(paging, await service.renewals_due(session), views.place_of_renewal)
    return paging.page(rows, views.place_of_renewal, lambda row: views.renewal_view(row, today()))


@router.post("/rule-sets/{name}/{version}/comments", status_code=201, response_model=CommentOut)
async def comment(name: str, version: str, said: CommentIn, caller: Speaker, session: SessionDep, once: OnceDep) -> Response:
    """What the association and the office say about a rule set, on the record: it is never changed."""

    async def effect() -> CommentOut:
        return views.comment_view(await service.comment(session, caller, name, version, said))

    return await once(caller.subject, effect, location=lambda _: f"/v1/agencies/ratings/rule-sets/{name}/{version}/comments")


@router.get("/rule-sets/{name}/{version}/comments")
async def list_comments(name: str, version: str, _: Listener, session: SessionDep, paging: PagingDep) -> Page[CommentOut]:
    rows = list(await service.list_comments(session, name, version, paging))
    return paging.page(rows, lambda one: Position(one.said_at, one.id), views.comment_view)
