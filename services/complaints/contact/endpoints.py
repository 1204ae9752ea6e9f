"""The HTTP edge of safe contact: the rule, the texts that were sent, a text by hand."""

from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Response

from contracts.text import Bilingual, Text
from kit.auth import Caller, allow
from kit.crypto import Keyring, KeyringDep
from kit.database import SessionDep
from kit.errors import ConflictError, ForbiddenError
from kit.idempotency import OnceDep
from kit.versions import ExpectedVersion, check_version, etag
from services.complaints import service as complaints
from services.complaints import views
from services.complaints.access import Reference, what_is_visible
from services.complaints.contact import repository, service
from services.complaints.contact.models import Message
from services.complaints.contact.rules import Refusal
from services.complaints.contact.schemas import MessageIn, MessageOut, MessagesOut
from services.complaints.models import Complaint
from services.complaints.schemas import SafeContactIn, SafeContactOut

router = APIRouter(prefix="/v1/complaints", tags=["safe contact"])

Officer = Annotated[Caller, allow("agent", "supervisor", "officer", "demo", "wing", "wewb")]
Taker = Annotated[Caller, allow("agent", "supervisor", "officer", "demo", "wing", "ngo", "udc", "airport", "wewb")]

STATUS: Final = {
    "waiting": Text("Waits for the person's hours", "নিরাপদ সময়ের অপেক্ষায়"),
    "sending": Text("Being sent", "পাঠানো হচ্ছে"),
    "unclear": Text("Not known whether it went", "পৌঁছেছে কি না জানা যায়নি"),
    "sent": Text("Sent", "পাঠানো হয়েছে"),
    "delivered": Text("Delivered", "পৌঁছেছে"),
    "refused": Text("Not sent", "পাঠানো হয়নি"),
    "failed": Text("Could not be sent", "পাঠানো যায়নি"),
}
REASONS: Final = {
    Refusal.NOT_ALLOWED: Text("The person said that texts are not safe.", "বার্তা পাঠানো নিরাপদ নয় বলে জানানো হয়েছে।"),
    Refusal.NOT_ASKED: Text("Nobody has asked whether texts are safe.", "বার্তা পাঠানো নিরাপদ কি না, কেউ জিজ্ঞাসা করেননি।"),
    Refusal.NO_NUMBER: Text("There is no number.", "কোনো নম্বর নেই।"),
}


class MayNotTextError(ConflictError):
    slug = "may-not-text"
    title = Text("This person may not be texted.", "এই ব্যক্তিকে বার্তা পাঠানো যাবে না।")


@router.post("/{reference}/contact")
async def change_contact(
    reference: Reference,
    said: SafeContactIn,
    caller: Taker,
    session: SessionDep,
    keyring: KeyringDep,
    expected: ExpectedVersion,
    response: Response,
) -> SafeContactOut:
    """The whole rule anew: what is left out is unknown again."""
    complaint = await _found(session, caller, reference, lock=True)
    check_version(expected, complaint.version)
    phone = keyring.open(complaint.reporter_phone, "complaint.reporter_phone") if complaint.reporter_phone else None
    complaint.may_call = said.may_call
    complaint.contact_rule = complaints.contact_rule(said, phone)
    complaint.contact_note = keyring.seal(said.note, "complaint.contact_note") if said.note else None
    complaint.contact_ask_for = keyring.seal(said.ask_for, "complaint.contact_ask_for") if said.ask_for else None
    await complaints.note_happening(session, complaint, "contact_changed", by=caller.subject, at=datetime.now(UTC))
    response.headers["ETag"] = etag(complaint.version)
    return views.contact_of(complaint, keyring)


@router.post("/{reference}/messages", status_code=201, response_model=MessageOut)
async def send_message(
    reference: Reference, wanted: MessageIn, caller: Officer, session: SessionDep, keyring: KeyringDep, once: OnceDep
) -> Response:
    async def effect() -> MessageOut:
        complaint = await _found(session, caller, reference, lock=True)
        message = await service.send(session, complaint, wanted.template, by=caller.subject)
        if message.status == "refused":
            raise MayNotTextError(REASONS.get(Refusal(message.reason or "")))
        return _out(message, keyring)

    return await once(caller.subject, effect, location=lambda _: f"/v1/complaints/{reference}/messages")


@router.get("/{reference}/messages")
async def list_messages(reference: Reference, caller: Taker, session: SessionDep, keyring: KeyringDep) -> MessagesOut:
    complaint = await _found(session, caller, reference, lock=False)
    return MessagesOut(items=[_out(one, keyring) for one in await repository.list_messages(session, complaint.id)])


async def _found(session: SessionDep, caller: Caller, reference: str, *, lock: bool) -> Complaint:
    """Raises `ForbiddenError` for whoever sees the complaint but not how to reach the person."""
    visible = what_is_visible(caller)
    complaint = await complaints.get_complaint(session, caller, visible, reference, purpose="contact", lock=lock)
    if "reporter.contact" not in views.fields_shown(complaint, caller, visible):
        raise ForbiddenError
    return complaint


def _out(message: Message, keyring: Keyring) -> MessageOut:
    words = keyring.open(message.body, "message.body") if message.body else None
    return MessageOut.model_validate(
        {**message.model_dump(exclude={"body"}), "words": words, "status_label": Bilingual.of(STATUS[message.status])}
    )
