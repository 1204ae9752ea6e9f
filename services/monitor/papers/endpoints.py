"""The HTTP edge of papers. Who writes a record brings its paper first; anybody reads what a record names."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from starlette.responses import StreamingResponse

from kit.auth import public
from kit.database import SessionDep
from kit.files import FilesDep, file_response
from kit.idempotency import OnceDep
from services.monitor.papers import service
from services.monitor.papers.access import Bringer
from services.monitor.papers.rules import KINDS
from services.monitor.papers.schemas import PaperName, PaperOut

router = APIRouter(prefix="/v1/framework/papers", tags=["framework"])
_BODY = {"required": True, "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in sorted(KINDS)}}


@router.post("", status_code=201, response_model=PaperOut, openapi_extra={"requestBody": _BODY})
async def bring_paper(request: Request, name: PaperName, caller: Bringer, session: SessionDep, files: FilesDep, once: OnceDep) -> Response:
    """A PDF or a picture, 5 MB at most. Within a day a record names it in `paper`; until then nobody reads it, and then it is gone."""
    content = await request.body()

    async def effect() -> PaperOut:
        await service.check_room(session, caller)
        return PaperOut.of(await service.bring(session, caller, name, await service.keep(files, content)))

    return await once(caller.subject, effect, location=lambda made: f"/v1/framework/papers/{made.id}")


@router.get("/{paper}", dependencies=[public()], response_class=StreamingResponse)
async def read_paper(paper: Annotated[UUID, Path(description="As a record names it.")], session: SessionDep, files: FilesDep) -> Response:
    """Its content, under the name that it was brought with."""
    found = await service.find(session, paper)
    return file_response(files.open(found.file_id), found.media_type, name=found.name, size=found.size)
