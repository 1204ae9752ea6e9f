"""Use cases: an agency adds papers to its answer; the office reads them and decides whether the complainant may.

They have room of their own: what an agency sends takes none from the complainant. Nobody but the office sees one before an officer read it.
"""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Text
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import ConflictError, NotFoundError
from kit.files import Files, StoredFile, too_large
from kit.ids import new_id
from kit.timer import schedule
from kit.versions import check_version
from services.complaints import rules as roots
from services.complaints import service as complaints
from services.complaints import views as complaint_views
from services.complaints.access import require_hands, what_is_visible
from services.complaints.answers import repository
from services.complaints.answers import service as answers
from services.complaints.answers.models import RespondentDocument, RespondentQuestion
from services.complaints.answers.schemas import QuestionOut
from services.complaints.attachments import service as uploads
from services.complaints.attachments.models import Upload
from services.complaints.attachments.rules import has_room
from services.complaints.attachments.schemas import UploadIn
from services.complaints.models import Complaint
from services.complaints.settings import Doors

FIELD: Final = "answer"


class TooLateError(ConflictError):
    slug = "answer-closed"
    title = Text("The complaint is decided: nothing more is added to the answer.", "অভিযোগটির নিষ্পত্তি হয়েছে: উত্তরে আর কিছু যোগ করা যায় না।")


async def begin(session: AsyncSession, keyring: Keyring, caller: Caller, question_id: UUID, wanted: UploadIn, doors: Doors) -> Upload:
    """Before the answer or after it, until the complaint is decided. Raises `FileTooLargeError`, `NoRoomError`, `TooLateError`."""
    question, complaint = await _open(session, caller, question_id)
    if wanted.length > doors.most_per_file:
        raise too_large(doors.most_per_file)
    files, held = await repository.held(session, question.id, datetime.now(UTC))
    limits = {"most_files": doors.most_files_per_answer, "most_bytes": doors.most_per_answer}
    if not has_room(files=files, bytes_held=held, more=wanted.length, **limits):
        raise uploads.NoRoomError
    return await uploads.open_upload(session, keyring, complaint, wanted, by=caller.subject, doors=doors, question=question.id)


async def find(session: AsyncSession, caller: Caller, question_id: UUID, upload_id: UUID, *, lock: bool = False) -> Upload:
    await answers.mine(session, caller, question_id)
    return await uploads.find_upload(session, upload_id, by=caller.subject, question=question_id, lock=lock)


async def complete(session: AsyncSession, files: Files, caller: Caller, question_id: UUID, upload_id: UUID) -> RespondentDocument:
    """A second call gives the same, and so does the same paper sent again."""
    question, complaint = await _open(session, caller, question_id)
    upload = await uploads.find_upload(session, upload_id, by=caller.subject, question=question_id, lock=True)
    if upload.document_id is not None:
        return await session.get_one(RespondentDocument, upload.document_id)
    stored = await uploads.store_upload(session, files, upload)
    document = await _added(session, files, caller, question, upload, stored)
    upload.document_id = document.id
    await schedule(session, datetime.now(UTC), uploads.SWEEP, upload.id)
    detail = {"question": str(question.id), "sha256": stored.sha256.hex()}
    await complaints.note_happening(session, complaint, "respondent_document", by=caller.subject, at=document.added_at, detail=detail)
    return document


async def _added(
    session: AsyncSession, files: Files, caller: Caller, question: RespondentQuestion, upload: Upload, stored: StoredFile
) -> RespondentDocument:
    if same := await repository.same_document(session, question.id, stored.sha256):
        await files.delete(stored.id)
        return same
    shown = await uploads.shown_copy(files, stored)
    document = RespondentDocument(
        id=new_id(),
        question_id=question.id,
        name=upload.name,
        media_type=stored.media_type,
        size=stored.size,
        sha256=stored.sha256,
        file_id=stored.id,
        shown_file_id=shown.id if shown else None,
        shown_size=shown.size if shown else None,
        added_by=caller.subject,
        added_at=datetime.now(UTC),
    )
    await repository.add(session, document)
    return document


async def read_own(session: AsyncSession, caller: Caller, question_id: UUID, document_id: UUID) -> tuple[RespondentDocument, Complaint]:
    question, complaint = await answers.mine(session, caller, question_id)
    return await _document(session, caller, question.id, document_id), complaint


async def read(
    session: AsyncSession, caller: Caller, reference: str, question_id: UUID, document_id: UUID
) -> tuple[RespondentDocument, Complaint]:
    """For whoever the policy shows answers to."""
    visible = what_is_visible(caller)
    complaint = await complaints.get_complaint(session, caller, visible, reference, purpose="answering")
    question = await session.get(RespondentQuestion, question_id)
    if question is None or question.complaint_id != complaint.id or FIELD not in complaint_views.fields_shown(complaint, caller, visible):
        raise NotFoundError
    return await _document(session, caller, question.id, document_id), complaint


async def share(
    session: AsyncSession,
    keyring: Keyring,
    caller: Caller,
    reference: str,
    place: tuple[UUID, UUID],
    *,
    shared: bool,
    version: int,
) -> QuestionOut:
    """`place`: question and document. An officer read it and knows that it names nobody who would come to harm."""
    complaint = await complaints.get_complaint(session, caller, what_is_visible(caller), reference, purpose="answering", lock=True)
    require_hands(complaint, caller)
    question = await session.get(RespondentQuestion, place[0])
    if question is None or question.complaint_id != complaint.id:
        raise NotFoundError
    check_version(version, question.version)
    document = await _document(session, caller, question.id, place[1])
    question.version += 1
    now = datetime.now(UTC)
    document.shared_at, document.shared_by = (now, caller.subject) if shared else (None, None)
    detail = {"document": str(document.id), "shared": shared}
    await complaints.note_happening(session, complaint, "respondent_document_shared", by=caller.subject, at=now, detail=detail)
    return answers.out(question, complaint, keyring, await repository.documents_of(session, [question.id]))


async def of_complainant(session: AsyncSession, complaint: Complaint) -> list[RespondentDocument]:
    """What the policy and an officer let the person see whose complaint it is. Of a restricted one nothing stands on an open page."""
    if complaint.restricted or FIELD not in complaint_views.fields_of_own(complaint):
        return []
    return list(await repository.shared_with_complainant(session, complaint.id))


async def _open(session: AsyncSession, caller: Caller, question_id: UUID) -> tuple[RespondentQuestion, Complaint]:
    question, complaint = await answers.mine(session, caller, question_id, lock=True)
    if roots.category_of(roots.Status(complaint.status)) is roots.Category.RESOLVED:
        raise TooLateError
    return question, complaint


async def _document(session: AsyncSession, caller: Caller, question_id: UUID, document_id: UUID) -> RespondentDocument:
    found = await repository.document(session, question_id, document_id)
    if found is None:
        raise NotFoundError
    await record_access(session, caller, [found.id], record_type="attachment", purpose="answering", fields=("content",))
    return found
