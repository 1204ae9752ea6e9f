"""Files of a complaint: read as the service gives them to this reader, and added by who has the person or the paper before them."""

from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from kit.errors import InvalidError
from services.portal.access import Lodger, Reader
from services.portal.clients import ServicesDep
from services.portal.files import clients
from services.portal.forms import NO_FILE, PostedFile
from services.portal.uploads import add_whole, passed_on

router = APIRouter(dependencies=[public()], include_in_schema=False)


@router.get("/complaints/{reference}/files/{file_id}")
async def read_file(request: Request, reference: str, file_id: UUID, _: Reader, services: ServicesDep) -> Response:
    original = request.query_params.get("original") == "true"
    answer = await clients.content_of(services, reference, str(file_id), original=original)
    return Response(answer.content, headers=clients.kept_headers(answer))


@router.post("/complaints/{reference}/document")
async def add_document(reference: str, sent: PostedFile, _: Lodger, services: ServicesDep) -> Response:
    """Without scripts: one file below a megabyte, in one piece."""
    form, name, content = sent
    if not content:
        raise InvalidError(NO_FILE)
    more = {"kind": form.value("kind")} if form.value("kind") else None
    await add_whole(services, clients.uploads_of(reference), content, name=name, more=more)
    return RedirectResponse(f"/complaints/{quote(reference, safe='')}#files", 303)


@router.post("/complaints/{reference}/uploads")
async def begin_upload(request: Request, reference: str, services: ServicesDep, _: Lodger) -> Response:
    return await passed_on(request, services, "POST", clients.uploads_of(reference))


@router.head("/complaints/{reference}/uploads/{upload}")
@router.get("/complaints/{reference}/uploads/{upload}")
async def ask_offset(request: Request, reference: str, upload: UUID, services: ServicesDep, _: Lodger) -> Response:
    return await passed_on(request, services, "HEAD", f"{clients.uploads_of(reference)}/{upload}")


@router.patch("/complaints/{reference}/uploads/{upload}")
async def send_part(request: Request, reference: str, upload: UUID, services: ServicesDep, _: Lodger) -> Response:
    return await passed_on(request, services, "PATCH", f"{clients.uploads_of(reference)}/{upload}")


@router.post("/complaints/{reference}/uploads/{upload}/completion")
async def complete_upload(request: Request, reference: str, upload: UUID, services: ServicesDep, _: Lodger) -> Response:
    return await passed_on(request, services, "POST", f"{clients.uploads_of(reference)}/{upload}/completion")
