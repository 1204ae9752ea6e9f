"""The HTTP edge for the person whose complaint it is. Open to anybody: the secret, and then the session's token, let in."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.responses import StreamingResponse

from kit.auth import Caller, allow, public
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.errors import NotFoundError
from kit.files import FilesDep
from kit.idempotency import OnceDep
from kit.strangers import Address
from services.complaints import service as complaints
from services.complaints.access import Reference, what_is_visible
from services.complaints.answers.documents import service as papers
from services.complaints.attachments import endpoints as uploads
from services.complaints.attachments import repository as files_of
from services.complaints.attachments import service as attachments
from services.complaints.attachments import views as attachment_views
from services.complaints.attachments.models import Upload
from services.complaints.attachments.schemas import AttachmentOut, UploadIn, UploadOut
from services.complaints.clocks import service as clocks
from services.complaints.duplicates.merges import service as merges
from services.complaints.models import Complaint
from services.complaints.tracking import repository, service, views
from services.complaints.tracking.access import Token
from services.complaints.tracking.schemas import (
    AnswerPaperOut,
    AppealedOut,
    AppealIn,
    EnteredOut,
    EntryIn,
    SecretOut,
    StatusOut,
    WithdrawalIn,
)

router = APIRouter(prefix="/v1/complaints", tags=["following one's own complaint"])

Giver = Annotated[Caller, allow("agent", "supervisor", "officer", "demo", "wing", "ngo", "udc", "airport", "wewb")]


@router.post("/{reference}/secret", status_code=201)
async def give_secret(reference: Reference, caller: Giver, session: SessionDep, keyring: KeyringDep, response: Response) -> SecretOut:
    """A new secret for the person who stands here or is on the line, shown once. The one before is over."""
    complaint = await complaints.get_complaint(session, caller, what_is_visible(caller), reference, purpose="secret", lock=True)
    secret = await service.give_secret(session, keyring, complaint)
    await complaints.note_happening(session, complaint, "secret_given", by=caller.subject, at=datetime.now(UTC))
    response.headers["Cache-Control"] = "no-store"
    return views.secret_of(complaint.reference, secret)


@router.post("/track", dependencies=[public()])
async def enter(
    entry: EntryIn, address: Address, session: SessionDep, keyring: KeyringDep, request: Request, response: Response
) -> EnteredOut:
    shown = service.Entry(entry.reference, entry.secret, address, "web", entry.phone)
    complaint = await service.enter(request.state.sessions, keyring, shown)
    token, expires = await service.begin_session(session, complaint, "web", request.state.doors.tracking_minutes)
    response.headers["Cache-Control"] = "no-store"
    return EnteredOut(token=token, expires_at=expires, status=await _status(session, await service.complaint_of(session, token)))


@router.get("/track", dependencies=[public()])
async def read_status(token: Token, session: SessionDep, response: Response) -> StatusOut:
    response.headers["Cache-Control"] = "no-store"
    return await _status(session, await service.complaint_of(session, token))


@router.post("/track/end", dependencies=[public()], status_code=204)
async def end(token: Token, session: SessionDep) -> Response:
    await repository.end_session(session, service.digest(token))
    return Response(status_code=204)


@router.get("/track/answers/{document_id}", dependencies=[public()], response_class=StreamingResponse)
async def read_answer_paper(document_id: UUID, token: Token, session: SessionDep, files: FilesDep) -> StreamingResponse:
    """A paper of the other side that an officer lets the person see; of a photo the clean copy."""
    complaint = await service.complaint_of(session, token, purpose="read_answer")
    found = next((one for one in await papers.of_complainant(session, complaint) if one.id == document_id), None)
    if found is None:
        raise NotFoundError
    return attachment_views.content_of(found, files, complaint.reference, original=False)


@router.post("/track/withdrawal", dependencies=[public()])
async def withdraw(asked: WithdrawalIn, token: Token, session: SessionDep, keyring: KeyringDep) -> StatusOut:
    complaint = await service.complaint_of(session, token, lock=True, purpose="withdraw")
    await service.withdraw(session, keyring, complaint, asked.reason)
    return await _status(session, complaint)


@router.post("/track/appeal", dependencies=[public()], status_code=201, response_model=AppealedOut)
async def appeal(asked: AppealIn, token: Token, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    """Decided by another person in another office."""
    complaint = await service.complaint_of(session, token, lock=True, purpose="appeal")

    async def effect() -> AppealedOut:
        reference, secret = await service.appeal(session, keyring, complaint, asked.grounds)
        return AppealedOut(key=views.secret_of(reference, secret))

    return await once(_sender(complaint), effect, location=lambda _: "/v1/complaints/track")


@router.post("/track/uploads", dependencies=[public()], status_code=201, response_model=UploadOut)
async def begin_upload(
    wanted: UploadIn, token: Token, session: SessionDep, keyring: KeyringDep, request: Request, once: OnceDep
) -> Response:
    complaint = await service.complaint_of(session, token, lock=True, purpose="add_document")

    async def effect() -> UploadOut:
        return attachment_views.upload_of(
            await attachments.begin_upload(session, keyring, complaint, wanted, by=_sender(complaint), doors=request.state.doors)
        )

    return await once(_sender(complaint), effect, location=lambda upload: f"/v1/complaints/track/uploads/{upload.id}")


@router.head("/track/uploads/{upload_id}", dependencies=[public()], include_in_schema=False)
@router.get("/track/uploads/{upload_id}", dependencies=[public()], response_class=Response)
async def ask_offset(upload_id: UUID, token: Token, session: SessionDep) -> Response:
    complaint = await service.complaint_of(session, token, purpose="add_document")
    return Response(headers=uploads.progress(await attachments.find_upload(session, upload_id, by=_sender(complaint))))


@router.patch("/track/uploads/{upload_id}", dependencies=[public()], status_code=204, openapi_extra=uploads.OCTETS)
async def send_part(
    upload_id: UUID, offset: uploads.Offset, token: Token, session: SessionDep, files: FilesDep, request: Request
) -> Response:
    complaint = await service.complaint_of(session, token, purpose="add_document")
    content = await request.body()
    upload = await attachments.find_upload(session, upload_id, by=_sender(complaint), lock=True)
    await attachments.take_part(session, files, upload, offset, content)
    return Response(status_code=204, headers=uploads.progress(upload))


@router.post("/track/uploads/{upload_id}/completion", dependencies=[public()], status_code=201)
async def complete_upload(
    upload_id: UUID, token: Token, session: SessionDep, keyring: KeyringDep, files: FilesDep, request: Request
) -> AttachmentOut:
    complaint = await service.complaint_of(session, token, lock=True, purpose="add_document")
    upload: Upload = await attachments.find_upload(session, upload_id, by=_sender(complaint), lock=True)
    adding = attachments.Adding(files, keyring, request.state.doors, _sender(complaint), "web")
    return attachment_views.attachment_of(await attachments.complete_upload(session, adding, complaint, upload), keyring)


def _sender(complaint: Complaint) -> str:
    """Uploads of a complaint's owner are theirs in each of their sessions: a phone that enters again goes on where it stopped."""
    return f"{service.COMPLAINANT}:{complaint.id}"


async def _status(session: SessionDep, complaint: Complaint) -> StatusOut:
    documents = await files_of.list_attachments(session, complaint.id, None if not complaint.restricted else _sender(complaint))
    followed = await merges.follow(session, complaint)
    deadlines, _ = await clocks.deadlines_of(session, followed)
    shown = views.status_of(complaint, followed, documents, views.deadlines_of(deadlines), await service.offers(session, complaint))
    shown.answers = [AnswerPaperOut.model_validate(one, from_attributes=True) for one in await papers.of_complainant(session, complaint)]
    return shown
