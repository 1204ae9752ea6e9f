"""The HTTP edge of a consent's photo: the picture itself is the body."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import StreamingResponse

from kit.files import FilesDep, file_response
from kit.media import PICTURES
from services.reintegration.casework import views
from services.reintegration.casework.endpoints import DeskDep
from services.reintegration.casework.schemas import ConsentOut
from services.reintegration.consents import service
from services.reintegration.endpoints import Who

router = APIRouter(prefix="/v1/returnees", tags=["returnees"])
ConsentId = Annotated[UUID, Path()]
_PICTURE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "A photo (JPEG, PNG, WebP, HEIC), at most 5 MiB. What it is is judged by its content; a clean copy is kept.",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in sorted(PICTURES)},
    },
}


async def _sent(request: Request) -> bytes:
    return await request.body()


@router.put("/{who}/consents/{consent_id}/photo", openapi_extra=_PICTURE)
async def add_photo(
    who: Who, consent_id: ConsentId, desk: DeskDep, files: FilesDep, content: Annotated[bytes, Depends(_sent)]
) -> ConsentOut:
    """The same picture twice is the same; another one is refused."""
    return views.consent_of(await service.add_photo(desk, files, who, consent_id, content), desk.keyring, has_photo=True)


@router.get("/{who}/consents/{consent_id}/photo", response_class=StreamingResponse)
async def read_photo(who: Who, consent_id: ConsentId, desk: DeskDep, files: FilesDep) -> Response:
    photo = await service.get_photo(desk, who, consent_id)
    return file_response(files.open(photo.file_id), "image/jpeg", name="consent.jpg", size=photo.size)
