"""The HTTP edge of files, for officers and partners; those of the complainant are beside the status page.

Uploads follow tus 1.0 (https://tus.io/protocols/resumable-upload) in what a phone needs: HEAD tells `Upload-Offset`, PATCH sends a part
from there. Creation and completion are plain JSON; a part that overlaps what is here is taken and not refused.
"""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from starlette.responses import StreamingResponse

from kit.access_log import record_access
from kit.auth import Caller, allow
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.errors import ForbiddenError, NotFoundError
from kit.files import FilesDep
from kit.idempotency import OnceDep
from services.complaints import service as complaints
from services.complaints import views as complaint_views
from services.complaints.access import Reference, what_is_visible
from services.complaints.attachments import repository, service, views
from services.complaints.attachments.models import Upload
from services.complaints.attachments.schemas import AttachmentOut, AttachmentsOut, UploadIn, UploadOut
from services.complaints.models import Complaint

router = APIRouter(prefix="/v1/complaints", tags=["files of complaints"])

Adder = Annotated[Caller, allow("agent", "supervisor", "officer", "demo", "wing", "ngo", "udc", "airport", "wewb")]
Viewer = Annotated[Caller, allow("agent", "supervisor", "officer", "demo", "wing", "ngo", "udc", "airport", "wewb", "decider")]
Offset = Annotated[int, Header(alias="Upload-Offset", ge=0)]
TUS: Final = {"Tus-Resumable": "1.0.0", "Cache-Control": "no-store"}
OCTETS: Final = {"requestBody": {"content": {"application/offset+octet-stream": {}}, "required": True}}


@router.post("/{reference}/uploads", status_code=201, response_model=UploadOut)
async def begin_upload(
    reference: Reference, wanted: UploadIn, caller: Adder, session: SessionDep, keyring: KeyringDep, request: Request, once: OnceDep
) -> Response:
    async def effect() -> UploadOut:
        complaint = await _complaint(session, caller, reference, lock=True)
        return views.upload_of(
            await service.begin_upload(session, keyring, complaint, wanted, by=caller.subject, doors=request.state.doors)
        )

    return await once(caller.subject, effect, location=lambda upload: f"/v1/complaints/{reference}/uploads/{upload.id}")


# The gateway asks GET where it was asked HEAD.
@router.head("/{reference}/uploads/{upload_id}", include_in_schema=False)
@router.get("/{reference}/uploads/{upload_id}", response_class=Response)
async def ask_offset(reference: Reference, upload_id: UUID, caller: Adder, session: SessionDep) -> Response:
    complaint = await _complaint(session, caller, reference, lock=False)
    return Response(headers=progress(_same(await service.find_upload(session, upload_id, by=caller.subject), complaint)))


@router.patch("/{reference}/uploads/{upload_id}", status_code=204, openapi_extra=OCTETS)
async def send_part(
    reference: Reference, upload_id: UUID, offset: Offset, caller: Adder, session: SessionDep, files: FilesDep, request: Request
) -> Response:
    complaint = await _complaint(session, caller, reference, lock=False)
    content = await request.body()
    upload = _same(await service.find_upload(session, upload_id, by=caller.subject, lock=True), complaint)
    await service.take_part(session, files, upload, offset, content)
    return Response(status_code=204, headers=progress(upload))


@router.post("/{reference}/uploads/{upload_id}/completion", status_code=201)
async def complete_upload(
    reference: Reference, upload_id: UUID, caller: Adder, session: SessionDep, keyring: KeyringDep, files: FilesDep, request: Request
) -> AttachmentOut:
    complaint = await _complaint(session, caller, reference, lock=True)
    upload = _same(await service.find_upload(session, upload_id, by=caller.subject, lock=True), complaint)
    adding = service.Adding(files, keyring, request.state.doors, caller.subject, complaint.channel)
    return views.attachment_of(await service.complete_upload(session, adding, complaint, upload), keyring)


@router.get("/{reference}/attachments")
async def list_attachments(reference: Reference, caller: Viewer, session: SessionDep, keyring: KeyringDep) -> AttachmentsOut:
    """Whoever took the complaint down without handling it sees what they added themselves."""
    complaint = await _complaint(session, caller, reference, lock=False)
    only = None if _sees_evidence(complaint, caller) else caller.subject
    items = await repository.list_attachments(session, complaint.id, only)
    await record_access(session, caller, [one.id for one in items], record_type="attachment", purpose="list", fields=("name", "kind"))
    return AttachmentsOut(items=[views.attachment_of(one, keyring) for one in items])


@router.get("/{reference}/attachments/{attachment_id}", response_class=StreamingResponse)
async def read_attachment(
    reference: Reference,
    attachment_id: UUID,
    caller: Viewer,
    session: SessionDep,
    files: FilesDep,
    *,
    original: Annotated[bool, Query(description="The file as it came, with what a photo tells of place and phone.")] = False,
) -> StreamingResponse:
    complaint = await _complaint(session, caller, reference, lock=False)
    found = await repository.find_attachment(session, complaint.id, attachment_id)
    if found is None or not (_sees_evidence(complaint, caller) or found.by == caller.subject):
        raise NotFoundError
    if original and not _sees_evidence(complaint, caller):
        raise ForbiddenError
    read = "original" if original else "content"
    await record_access(session, caller, [found.id], record_type="attachment", purpose="evidence", fields=(read,))
    return views.content_of(found, files, complaint.reference, original=original)


def progress(upload: Upload) -> dict[str, str]:
    return {**TUS, "Upload-Offset": str(upload.received), "Upload-Length": str(upload.length)}


async def _complaint(session: SessionDep, caller: Caller, reference: str, *, lock: bool) -> Complaint:
    return await complaints.get_complaint(session, caller, what_is_visible(caller), reference, purpose="files", lock=lock)


def _same(upload: Upload, complaint: Complaint) -> Upload:
    """The upload of this complaint: the path of another leads nowhere."""
    if upload.complaint_id != complaint.id:
        raise NotFoundError
    return upload


def _sees_evidence(complaint: Complaint, caller: Caller) -> bool:
    return "evidence" in complaint_views.fields_shown(complaint, caller, what_is_visible(caller))
