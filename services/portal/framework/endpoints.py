"""The open page of the framework: what was undertaken, and what has been done for each activity."""

from fastapi import APIRouter, Request, Response

from kit.auth import public
from services.portal.access import Anybody
from services.portal.clients import ServicesDep
from services.portal.framework import clients
from services.portal.framework.rules import by_goal
from services.portal.page import page

router = APIRouter(dependencies=[public()], include_in_schema=False)


@router.get("/framework")
async def show_framework(request: Request, _: Anybody, services: ServicesDep, goal: str = "") -> Response:
    """`goal` narrows to one; any other value shows all."""
    found = await clients.activities(services)
    goals = by_goal(found["items"])
    shown = [one for one in goals if one.id == goal] or goals
    return page(request, "framework/all.html", goals=goals, shown=shown, chosen=goal, counts=found["counts"])
