"""A paper that a record of the framework names, for anybody."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.auth import public
from services.portal.access import Anybody
from services.portal.clients import ServicesDep
from services.portal.files.clients import kept_headers
from services.portal.papers import clients

router = APIRouter(dependencies=[public()], include_in_schema=False)


@router.get("/framework/papers/{paper}")
async def read_paper(paper: UUID, _: Anybody, services: ServicesDep) -> Response:
    answer = await clients.content_of(services, str(paper))
    return Response(answer.content, headers=kept_headers(answer))
