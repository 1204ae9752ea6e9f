"""The HTTP edge of the feed. What is answered is what was written down, byte by byte: nothing is read and written anew."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AwareDatetime

from kit.database import SessionDep
from kit.paging import MOST
from services.partners.access import Program
from services.partners.feed import service
from services.partners.feed.schemas import After, EventOut, FeedOut, Slice, cursor

router = APIRouter(prefix="/v1/partners/events", tags=["partners"])
MEDIA_TYPE = "application/cloudevents+json"


@router.get("", response_model=FeedOut)
async def read_feed(
    request: Request,
    caller: Program,
    session: SessionDep,
    after: Annotated[After | None, Query(description="`after` of the page before, or the id of the last event that you have.")] = None,
    since: Annotated[AwareDatetime | None, Query(description="Only what was added then or later.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> Response:
    """What the organisation of the client is told, oldest first. Each event has the same id and bytes whenever it is asked for.

    What the agreement does not name at this moment is left out, and comes when it is asked for under one that does.
    """
    found = await service.read(session, caller, cursor(after) if after else None, since, limit)
    return Response(_page(request, found, since, limit), media_type="application/json")


@router.get("/{event_id}", response_model=EventOut)
async def read_event(event_id: Annotated[UUID, Path()], caller: Program, session: SessionDep) -> Response:
    """One event again, as it was sent."""
    return Response(await service.read_one(session, caller, event_id), media_type=MEDIA_TYPE)


def _page(request: Request, found: Slice, since: datetime | None, limit: int) -> bytes:
    url = request.url.remove_query_params(["after", "since", "limit"]).include_query_params(after=found.last, limit=limit)
    if since is not None:
        url = url.include_query_params(since=since.isoformat())
    following = orjson.dumps(f"{url.path}?{url.query}" if found.has_more else None)
    return b'{"items":[%b],"after":"%d","next":%b}' % (b",".join(found.bodies), found.last, following)
