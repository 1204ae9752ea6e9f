"""Use cases: send the least that a purpose needs, answer, take back, ask the person; and return to the sender what nobody accepts."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.complaints import ReferralAnswered
from contracts.days import DHAKA
from contracts.text import Bilingual, Text
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import ConflictError, NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.paging import Paging
from kit.programs import Receiving
from kit.reference import make
from kit.sharing_log import record_shares
from kit.timer import DueTimer, schedule
from kit.versions import check_version
from services.complaints import service as complaints
from services.complaints import views
from services.complaints.access import is_in_hands_of, offices_of, require_hands, what_is_visible
from services.complaints.consents import service as consents
from services.complaints.consents.schemas import ConsentIn
from services.complaints.models import Complaint
from services.complaints.redress.tasks.service import make_task
from services.complaints.referrals import repository, rules
from services.complaints.referrals.lists import LISTS
from services.complaints.referrals.models import Referral, ReferralReceived
from services.complaints.referrals.rules import recipient_of
from services.complaints.referrals.schemas import (
    ConfirmationIn,
    PackageOut,
    ReceivedOut,
    ReferralAnswerIn,
    ReferralIn,
    ReferralOut,
    ReferralsOut,
)
from services.complaints.referrals.views import received_out

PREFIX: Final = "T"
CONSENT: Final = "referral"
REMIND: Final = "referral-waits"
RETURN: Final = "referral-returns"


class ConsentNeededError(ConflictError):
    slug = "consent-needed"
    title = Text(
        "The person has not agreed to this recipient and purpose. Ask first; without consent nothing is sent.",
        "এই প্রাপক ও উদ্দেশ্যে ব্যক্তি সম্মতি দেননি। আগে জিজ্ঞাসা করুন; সম্মতি ছাড়া কিছু পাঠানো হয় না।",
    )


class WrongReceiverError(ConflictError):
    slug = "wrong-receiver"
    title = Text(
        "A case is not referred to the office that holds it, nor to the one that it is about.",
        "যে কার্যালয়ের কাছে অভিযোগটি আছে বা যার বিরুদ্ধে, তাদের কাছে পাঠানো যায় না।",
    )


class SummaryNeededError(ConflictError):
    slug = "summary-needed"
    title = Text("Say in a few words what the receiver is to do and why.", "প্রাপক কী করবেন ও কেন, অল্প কথায় লিখুন।")


class NotThisAnswerError(ConflictError):
    slug = "not-this-answer"
    title = Text("This answer does not follow from where the referral stands.", "রেফারেলের বর্তমান অবস্থায় এই উত্তর দেওয়া যায় না।")


async def refer(session: AsyncSession, keyring: Keyring, caller: Caller, reference: str, asked: ReferralIn) -> ReferralOut:
    """The case stays with its owner. What is sent is a copy, sealed as it was then: what changes later is not sent after it."""
    complaint = await _held(session, caller, reference)
    body, purpose = LISTS.body(asked.to_kind), LISTS.purpose(asked.purpose)
    if asked.to_office is not None and asked.to_office in {complaint.office, complaint.respondent_office}:
        raise WrongReceiverError
    is_needed = rules.needs_consent(body_needs=body.needs_consent, restricted=complaint.restricted)
    if is_needed:
        await _require_consent(session, keyring, caller, complaint, asked)
    if "allegation" in purpose.fields and not asked.summary:
        raise SummaryNeededError
    now = datetime.now(UTC)
    sent = _package(complaint, keyring, purpose.fields, asked.summary)
    if not await consents.may_tell_immigration_status(session, complaint.id, asked.to_kind):
        # Free text written for another reader: it may say how somebody lives abroad, and with which papers.
        sent.contact_note = None
    package = sent.model_dump_json()
    referral = Referral(
        id=new_id(),
        reference=make(PREFIX),
        complaint_id=complaint.id,
        version=1,
        status=rules.Standing.SENT,
        **asked.model_dump(include={"to_kind", "to_office", "to_org", "purpose"}),
        # Needed and given before: it rests on that one, and ends with it.
        consent="said_yes" if is_needed and not LISTS.consent(asked.consent).counts else asked.consent,
        to_name=keyring.seal(asked.to_name, "referral.to_name") if asked.to_name else None,
        fields=list(purpose.fields),
        package=keyring.seal(package, "referral.package"),
        accept_by=now + timedelta(hours=purpose.accept_hours),
        sent_at=now,
        sent_by=caller.subject,
        sent_office=complaint.office,
    )
    await repository.add(session, referral)
    if asked.to_name is None:
        await repository.add(session, _received(referral, keyring.seal(package, "referral_received.package")))
    await schedule(session, now + (referral.accept_by - now) / 2, REMIND, referral.id)
    await schedule(session, referral.accept_by, RETURN, referral.id)
    await _told(session, complaint, caller, "referred", to=asked.to_kind, purpose=asked.purpose, consent=asked.consent)
    return await _sent_out(session, referral, complaint, keyring)


async def of_complaint(session: AsyncSession, keyring: Keyring, caller: Caller, reference: str) -> ReferralsOut:
    """For those who work on it; others see none."""
    visible = what_is_visible(caller)
    complaint = await complaints.get_complaint(session, caller, visible, reference, purpose="referral")
    may = is_in_hands_of(complaint, caller)
    is_shown = "notes" in views.fields_shown(complaint, caller, visible)
    referrals = await repository.of_complaint(session, complaint.id) if is_shown else []
    return ReferralsOut(items=[await _sent_out(session, one, complaint, keyring) for one in referrals], may_refer=may)


async def answer_letter(
    session: AsyncSession, keyring: Keyring, caller: Caller, reference: str, referral_id: UUID, said: ReferralAnswerIn, version: int
) -> ReferralOut:
    """What a body without an account answered on paper or by telephone, written down by the sender."""
    complaint, referral = await _sent(session, caller, reference, referral_id, version)
    received = await repository.received_of(session, referral.id, lock=True)
    if received is None:
        received = _received(referral, keyring.seal("{}", "referral_received.package"))
        await repository.add(session, received)
    await _answer(session, keyring, caller, complaint, referral, received, said)
    return await _sent_out(session, referral, complaint, keyring)


async def revoke(session: AsyncSession, keyring: Keyring, caller: Caller, reference: str, referral_id: UUID, version: int) -> ReferralOut:
    """Consent is withdrawn, or it was a mistake: the receiver sees it no longer."""
    complaint, referral = await _sent(session, caller, reference, referral_id, version)
    if not rules.may_be_revoked(rules.Standing(referral.status)):
        raise NotThisAnswerError
    await _take_back(session, referral)
    await _told(session, complaint, caller, "referral_revoked", to=referral.to_kind)
    return await _sent_out(session, referral, complaint, keyring)


async def revoke_all(session: AsyncSession, complaint: Complaint, recipient: str | None = None) -> int:
    """For whoever keeps consents: how many were taken back, of all recipients or of one. The caller notes the happening."""
    taken = 0
    for referral in await repository.of_complaint(session, complaint.id):
        is_meant = recipient in {None, recipient_of(referral.to_kind, referral.to_office, referral.to_org)}
        if is_meant and rules.may_be_revoked(rules.Standing(referral.status)):
            await _take_back(session, referral)
            taken += 1
    return taken


async def confirm(
    session: AsyncSession, keyring: Keyring, caller: Caller, reference: str, referral_id: UUID, said: ConfirmationIn, version: int
) -> ReferralOut:
    complaint, referral = await _sent(session, caller, reference, referral_id, version)
    referral.version += 1
    referral.confirmed, referral.confirmed_at = said.confirmed, datetime.now(UTC)
    await _told(session, complaint, caller, "referral_confirmed", confirmed=said.confirmed)
    return await _sent_out(session, referral, complaint, keyring)


async def list_received(session: AsyncSession, receiving: Receiving, paging: Paging) -> Sequence[ReferralReceived]:
    rows = await repository.list_received(session, offices_of(receiving.caller), _orgs(receiving.caller), paging)
    shown = [one.id for one in rows[: paging.limit]]
    await record_access(session, receiving.caller, shown, record_type="referral", purpose="referral", fields=["reference"])
    return rows


async def read_received(session: AsyncSession, keyring: Keyring, receiving: Receiving, received_id: UUID) -> ReceivedOut:
    """The first reading is kept: delivered is not the same as accepted."""
    received = await _of_mine(session, receiving.caller, received_id, lock=True)
    if received.first_read_at is None:
        received.first_read_at = datetime.now(UTC)
    return await _shown(session, keyring, receiving, received)


async def answer_received(
    session: AsyncSession, keyring: Keyring, receiving: Receiving, received_id: UUID, said: ReferralAnswerIn, version: int
) -> ReceivedOut:
    # The complaint first, as everybody else locks it: the sender may write at this very moment.
    received = await _of_mine(session, receiving.caller, received_id)
    referral = await session.get_one(Referral, received.referral_id)
    complaint = await session.get_one(Complaint, referral.complaint_id, with_for_update=True)
    received = await _of_mine(session, receiving.caller, received_id, lock=True)
    check_version(version, received.version)
    await _answer(session, keyring, receiving.caller, complaint, referral, received, said)
    return await _shown(session, keyring, receiving, received)


async def remind(session: AsyncSession, timer: DueTimer) -> None:
    await _wait_over(session, timer, "referral_waiting")


async def give_back(session: AsyncSession, timer: DueTimer) -> None:
    """Nobody accepted: the sender has it to do again, and may send it elsewhere. The receiver may still accept late."""
    referral = await _wait_over(session, timer, "referral_returned")
    if referral is None:
        return
    referral.status, referral.version = rules.Standing.RETURNED, referral.version + 1
    if received := await repository.received_of(session, referral.id, lock=True):
        received.status, received.version = rules.Standing.RETURNED, received.version + 1
    complaint, detail = await session.get_one(Complaint, referral.complaint_id), {"to": referral.to_kind}
    await complaints.note_happening(session, complaint, "referral_returned", by=complaints.SYSTEM, at=timer.due, detail=detail)


async def _wait_over(session: AsyncSession, timer: DueTimer, task: str) -> Referral | None:
    """The referral, locked with its complaint, where it still waits; a task of the sender's office is made."""
    referral = await session.get(Referral, timer.record)
    if referral is None:
        return None
    complaint = await session.get_one(Complaint, referral.complaint_id, with_for_update=True)
    await session.refresh(referral, with_for_update=True)
    if referral.status != rules.Standing.SENT:
        return None
    await make_task(session, complaint, task, timer.due)
    return referral


async def _answer(
    session: AsyncSession,
    keyring: Keyring,
    caller: Caller,
    complaint: Complaint,
    referral: Referral,
    received: ReferralReceived,
    said: ReferralAnswerIn,
) -> None:
    if said.answer not in rules.NEXT[rules.Standing(received.status)]:
        raise NotThisAnswerError
    now = datetime.now(UTC)
    for record in (referral, received):
        record.version += 1
        record.status = said.answer
        record.answered_at = now
        record.outcome, record.outcome_at = said.outcome, now if said.outcome else None
    referral.answer = said.answer
    received.answered_by, received.reason = caller.subject, said.reason
    if said.words:
        received.words = keyring.seal(said.words, "referral_received.words")
    await _told(session, complaint, caller, "referral_answered", to=referral.to_kind, answer=said.answer)
    event = ReferralAnswered(
        to=referral.to_kind,
        answer=said.answer,
        country=complaint.country,
        district=complaint.district,
        sent_at=referral.sent_at,
        answered_at=now,
    )
    await emit(session, event, subject=complaint.id, sequence=complaint.version, restricted=complaint.restricted)


async def _require_consent(session: AsyncSession, keyring: Keyring, caller: Caller, complaint: Complaint, asked: ReferralIn) -> None:
    """One in force for this recipient; or what the person says now, which becomes one: dated, and to be withdrawn like any other."""
    recipient = recipient_of(asked.to_kind, asked.to_office, asked.to_org)
    if await consents.has_consent(session, complaint.id, CONSENT, recipient):
        return
    if not LISTS.consent(asked.consent).counts:
        raise ConsentNeededError
    await consents.give(session, keyring, caller, complaint.reference, ConsentIn(purpose=CONSENT, recipient=recipient))


def _package(complaint: Complaint, keyring: Keyring, fields: Sequence[str], summary: str) -> PackageOut:
    """Only what the purpose's data set names is even opened."""
    package = PackageOut()

    def opened(name: str) -> str | None:
        sealed: bytes | None = getattr(complaint, name)
        return keyring.open(sealed, f"complaint.{name}") if sealed is not None else None

    is_self = complaint.reporter_relation == "self"
    if "classification" in fields:
        package.category, package.country, package.district = complaint.category, complaint.country, complaint.district
        package.sex, package.age_band = complaint.victim_sex, complaint.victim_age_band
    if "allegation" in fields:
        package.summary = summary or None
    if "respondent" in fields:
        package.respondent_kind, package.respondent_licence = complaint.respondent_kind, complaint.respondent_licence
        package.respondent_name = opened("respondent_name")
    if "victim.identity" in fields:
        package.victim_name = opened("victim_name") or (opened("reporter_name") if is_self else None)
    if "victim.contact" in fields:
        package.victim_phone = opened("victim_phone") or (opened("reporter_phone") if is_self else None)
        package.may_call, package.contact_note = complaint.may_call, opened("contact_note")
    return package


def _received(referral: Referral, package: bytes) -> ReferralReceived:
    return ReferralReceived(
        id=new_id(),
        referral_id=referral.id,
        reference=referral.reference,
        office=referral.to_office,
        org=referral.to_org,
        purpose=referral.purpose,
        package=package,
        status=referral.status,
        version=1,
        received_at=referral.sent_at,
        accept_by=referral.accept_by,
    )


async def _held(session: AsyncSession, caller: Caller, reference: str) -> Complaint:
    complaint = await complaints.get_complaint(session, caller, what_is_visible(caller), reference, purpose="referral", lock=True)
    require_hands(complaint, caller)
    return complaint


async def _sent(session: AsyncSession, caller: Caller, reference: str, referral_id: UUID, version: int) -> tuple[Complaint, Referral]:
    complaint = await _held(session, caller, reference)
    referral = await session.get(Referral, referral_id)
    if referral is None or referral.complaint_id != complaint.id:
        raise NotFoundError
    check_version(version, referral.version)
    return complaint, referral


async def _take_back(session: AsyncSession, referral: Referral) -> None:
    referral.status, referral.version = rules.Standing.REVOKED, referral.version + 1
    if received := await repository.received_of(session, referral.id, lock=True):
        received.status, received.version = rules.Standing.REVOKED, received.version + 1


async def _of_mine(session: AsyncSession, caller: Caller, received_id: UUID, *, lock: bool = False) -> ReferralReceived:
    received = await repository.find_received(session, received_id, offices_of(caller), _orgs(caller), lock=lock)
    if received is None:
        raise NotFoundError
    return received


async def _shown(session: AsyncSession, keyring: Keyring, receiving: Receiving, received: ReferralReceived) -> ReceivedOut:
    """Of what was sent what may still be known; noted. An office of the ministry's own knows what it was sent."""
    sent = frozenset[str](LISTS.purpose(received.purpose).fields if received.purpose in LISTS.codes("purposes") else ())
    fields = sent & await _may_know(session, receiving, received) if received.org is not None else sent
    await record_access(session, receiving.caller, [received.id], record_type="referral", purpose="referral", fields=fields)
    return received_out(received, keyring, fields)


async def _may_know(session: AsyncSession, receiving: Receiving, received: ReferralReceived) -> frozenset[str]:
    """A partner organization, by the sharing policy, while the person consents; what was decided is written down."""
    referral = await session.get_one(Referral, received.referral_id)
    recipient = recipient_of(referral.to_kind, referral.to_office, referral.to_org)
    on, consented = datetime.now(DHAKA).date(), await consents.has_consent(session, referral.complaint_id, CONSENT, recipient)
    share = rules.shared_with(recipient, on, consented=consented, kind=receiving.kind, agreements=receiving.agreements)
    await record_shares(session, receiving.caller, [(recipient, share)])
    return share.allowed


async def _told(session: AsyncSession, complaint: Complaint, caller: Caller, kind: str, **detail: object) -> None:
    await complaints.note_happening(session, complaint, kind, by=caller.subject, at=datetime.now(UTC), detail=detail)


def _orgs(caller: Caller) -> frozenset[str]:
    """Of partners alone: the org claim of an officer names an office, not an organization."""
    return caller.org if caller.roles & {"ngo", "partner"} else frozenset()


async def _sent_out(session: AsyncSession, referral: Referral, complaint: Complaint, keyring: Keyring) -> ReferralOut:
    received = await repository.received_of(session, referral.id)
    standing = rules.Standing(referral.status)
    words = keyring.open(received.words, "referral_received.words") if received and received.words else None
    return ReferralOut.model_validate(
        {
            **referral.model_dump(exclude={"package", "to_name", "sent_office"}),
            "complaint": complaint.reference,
            "standing": standing,
            "standing_label": Bilingual.of(rules.STANDING_WORDS[standing]),
            "to": _to(referral, keyring),
            "is_letter": referral.to_name is not None,
            "sent_office": views.office_name(referral.sent_office),
            "answer_words": words,
            "reason": received.reason if received else None,
            "next_answers": sorted(rules.NEXT[standing]) if referral.to_name is not None else [],
            "package": PackageOut.model_validate_json(keyring.open(referral.package, "referral.package")),
        }
    )


def _to(referral: Referral, keyring: Keyring) -> Bilingual:
    if referral.to_office is not None:
        return views.office_name(referral.to_office)
    name = referral.to_org or (keyring.open(referral.to_name, "referral.to_name") if referral.to_name else "")
    return Bilingual(en=name, bn=name)


TIMERS: Final = {REMIND: remind, RETURN: give_back}
