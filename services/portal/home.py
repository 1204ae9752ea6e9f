"""The first page: what a stranger may do here, or what this person does here."""

from fastapi import APIRouter, Request, Response

from kit.auth import public
from services.portal.access import Anybody
from services.portal.page import page

router = APIRouter(dependencies=[public()], include_in_schema=False)


@router.get("/")
async def home(request: Request, _: Anybody) -> Response:
    return page(request, "home.html")
