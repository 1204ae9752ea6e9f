"""The HTTP edge of papers that come with an answer: uploads as those of complaints (parts from `Upload-Offset`), and reading."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import StreamingResponse

from kit.auth import Caller, allow
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.files import FilesDep
from kit.idempotency import OnceDep
from kit.versions import ExpectedVersion
from services.complaints.access import Decisive, Reference
from services.complaints.answers.access import Answerer
from services.complaints.answers.documents import service
from services.complaints.answers.schemas import DocumentOut, QuestionOut, SharingIn
from services.complaints.answers.service import document_of
from services.complaints.attachments import endpoints as uploads
from services.complaints.attachments import service as attachments
from services.complaints.attachments import views
from services.complaints.attachments.schemas import UploadIn, UploadOut

router = APIRouter(prefix="/v1/complaints", tags=["answers of respondents"])

Weigher = Annotated[Caller, allow("agent", "supervisor", "officer", "demo", "wing", "wewb", "decider")]


@router.post("/questions/{question_id}/uploads", status_code=201, response_model=UploadOut)
async def begin_upload(
    question_id: UUID, wanted: UploadIn, caller: Answerer, session: SessionDep, keyring: KeyringDep, request: Request, once: OnceDep
) -> Response:
    async def effect() -> UploadOut:
        return views.upload_of(await service.begin(session, keyring, caller, question_id, wanted, request.state.doors))

    return await once(caller.subject, effect, location=lambda upload: f"/v1/complaints/questions/{question_id}/uploads/{upload.id}")


@router.head("/questions/{question_id}/uploads/{upload_id}", include_in_schema=False)
@router.get("/questions/{question_id}/uploads/{upload_id}", response_class=Response)
async def ask_offset(question_id: UUID, upload_id: UUID, caller: Answerer, session: SessionDep) -> Response:
    return Response(headers=uploads.progress(await service.find(session, caller, question_id, upload_id)))


@router.patch("/questions/{question_id}/uploads/{upload_id}", status_code=204, openapi_extra=uploads.OCTETS)
async def send_part(
    question_id: UUID, upload_id: UUID, offset: uploads.Offset, caller: Answerer, session: SessionDep, files: FilesDep, request: Request
) -> Response:
    content = await request.body()
    upload = await service.find(session, caller, question_id, upload_id, lock=True)
    await attachments.take_part(session, files, upload, offset, content)
    return Response(status_code=204, headers=uploads.progress(upload))


@router.post("/questions/{question_id}/uploads/{upload_id}/completion", status_code=201)
async def complete_upload(
    question_id: UUID, upload_id: UUID, caller: Answerer, session: SessionDep, keyring: KeyringDep, files: FilesDep
) -> DocumentOut:
    return document_of(await service.complete(session, files, caller, question_id, upload_id), keyring)


@router.get("/questions/{question_id}/documents/{document_id}", response_class=StreamingResponse)
async def read_own(question_id: UUID, document_id: UUID, caller: Answerer, session: SessionDep, files: FilesDep) -> StreamingResponse:
    document, complaint = await service.read_own(session, caller, question_id, document_id)
    return views.content_of(document, files, complaint.reference, original=True)


@router.get("/{reference}/questions/{question_id}/documents/{document_id}", response_class=StreamingResponse)
async def read_document(
    reference: Reference,
    question_id: UUID,
    document_id: UUID,
    caller: Weigher,
    session: SessionDep,
    files: FilesDep,
    *,
    original: Annotated[bool, Query(description="The file as it came.")] = False,
) -> StreamingResponse:
    document, complaint = await service.read(session, caller, reference, question_id, document_id)
    return views.content_of(document, files, complaint.reference, original=original)


@router.post("/{reference}/questions/{question_id}/documents/{document_id}/sharing")
async def share(
    reference: Reference,
    question_id: UUID,
    document_id: UUID,
    asked: SharingIn,
    caller: Decisive,
    session: SessionDep,
    keyring: KeyringDep,
    version: ExpectedVersion,
) -> QuestionOut:
    place = (question_id, document_id)
    return await service.share(session, keyring, caller, reference, place, shared=asked.shared, version=version)
