"""A file of a complaint, as the service gives it to this reader."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from kit.auth import public
from services.portal.access import Reader
from services.portal.clients import ServicesDep
from services.portal.files import clients

router = APIRouter(dependencies=[public()], include_in_schema=False)


@router.get("/complaints/{reference}/files/{file_id}")
async def read_file(request: Request, reference: str, file_id: UUID, _: Reader, services: ServicesDep) -> Response:
    original = request.query_params.get("original") == "true"
    answer = await clients.content_of(services, reference, str(file_id), original=original)
    return Response(answer.content, headers=clients.kept_headers(answer))
