"""The HTTP edge of the clocks: the deadlines of a complaint, and a contact that was had with its complainant."""

from datetime import UTC, datetime

from fastapi import APIRouter, Response

from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.versions import etag
from services.complaints import service as complaints
from services.complaints.access import Reference, what_is_visible
from services.complaints.clocks import service, views
from services.complaints.clocks.access import Noter, Timekeeper
from services.complaints.clocks.schemas import ContactIn, DeadlinesOut

router = APIRouter(prefix="/v1/complaints/{reference}", tags=["clocks"])


@router.get("/deadlines")
async def read_deadlines(reference: Reference, caller: Timekeeper, session: SessionDep, response: Response) -> DeadlinesOut:
    complaint = await complaints.get_complaint(session, caller, what_is_visible(caller), reference, purpose="deadlines")
    rows, raised = await service.deadlines_of(session, complaint)
    response.headers["ETag"] = etag(complaint.version)
    return views.deadlines_out(complaint, rows, raised, datetime.now(UTC))


@router.post("/contacts", status_code=201, response_model=DeadlinesOut)
async def note_contact(
    reference: Reference, contact: ContactIn, caller: Noter, session: SessionDep, keyring: KeyringDep, once: OnceDep
) -> Response:
    async def effect() -> DeadlinesOut:
        visible, now = what_is_visible(caller), datetime.now(UTC)
        complaint = await complaints.get_complaint(session, caller, visible, reference, purpose="contact", lock=True)
        note = complaints.seal_note(keyring, contact.note)
        detail = {"how": contact.how}
        await complaints.note_happening(session, complaint, "contacted", by=caller.subject, at=now, detail=detail, note=note)
        rows, raised = await service.deadlines_of(session, complaint)
        return views.deadlines_out(complaint, rows, raised, now)

    return await once(caller.subject, effect, location=lambda done: f"/v1/complaints/{done.reference}/deadlines")
