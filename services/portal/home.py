"""The first page: what a stranger may do here, or what this person does here."""

from fastapi import APIRouter, Request, Response

from kit.auth import public
from services.portal.access import CASEWORK, Anybody, grouped, tasks_of
from services.portal.clients import ServicesDep
from services.portal.handover.clients import has_to_judge
from services.portal.page import page

router = APIRouter(dependencies=[public()], include_in_schema=False)


@router.get("/")
async def home(request: Request, visitor: Anybody, services: ServicesDep) -> Response:
    to_judge = visitor is not None and visitor.caller.has(*CASEWORK) and await has_to_judge(services)
    return page(request, "home.html", to_judge=to_judge, task_groups=grouped(tasks_of(visitor)))
