"""The HTTP edge of recordings."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import StreamingResponse

from kit.database import SessionDep
from kit.files import FilesDep, file_response
from kit.media import EXTENSIONS
from services.crisis.checkins.access import Taker
from services.crisis.checkins.recordings import service

router = APIRouter(prefix="/v1/crisis", tags=["check-ins"])
_BY_TYPE: Final = {str(kind): extension for kind, extension in EXTENSIONS.items()}


@router.get("/texts/{text_id}/recording", response_class=StreamingResponse)
async def read_recording(text_id: UUID, caller: Taker, session: SessionDep, files: FilesDep) -> StreamingResponse:
    """The voice note, or the picture drawn anew without what it tells of place and phone."""
    kept = await service.opened(session, caller, text_id)
    name = f"{text_id.hex[-8:]}.{_BY_TYPE.get(kept.media_type, 'bin')}"
    return file_response(files.open(kept.id), kept.media_type, name=name, size=kept.size)
