"""Use cases of consents. What leaves the service asks `has_consent` in its own transaction: sharing stops with the withdrawal."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from contracts.text import Text
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import ConflictError, NotFoundError
from kit.ids import new_id
from services.complaints.access import NotInYourHandsError, is_in_hands_of, what_is_visible
from services.complaints.consents.models import Consent
from services.complaints.consents.schemas import ConsentIn, ConsentOut, ConsentsOut
from services.complaints.models import Complaint
from services.complaints.referrals import service as referrals
from services.complaints.service import get_complaint, note_happening

REFERRAL: Final = "referral"
IMMIGRATION_STATUS: Final = "immigration_status"
# Who could use what a person said of their papers against them.
GUARDED: Final = frozenset({"immigration", "police"})


class ConsentThereError(ConflictError):
    slug = "consent-there"
    title = Text("This consent is on record already.", "এই সম্মতি ইতিমধ্যে নথিভুক্ত আছে।")


async def has_consent(session: AsyncSession, complaint_id: UUID, purpose: str, recipient: str) -> bool:
    """Whether it is in force now. One probe of consent_in_force; the row is kept from being withdrawn until the transaction ends."""
    mine = select(col(Consent.id)).where(
        col(Consent.complaint_id) == complaint_id,
        col(Consent.purpose) == purpose,
        col(Consent.recipient) == recipient,
        col(Consent.withdrawn_at).is_(None),
    )
    return (await session.execute(mine.with_for_update(read=True))).first() is not None


async def may_tell_immigration_status(session: AsyncSession, complaint_id: UUID, recipient: str) -> bool:
    """Nothing about somebody's papers goes to immigration or police without their consent (design §5)."""
    return recipient not in GUARDED or await has_consent(session, complaint_id, IMMIGRATION_STATUS, recipient)


async def give(session: AsyncSession, keyring: Keyring, caller: Caller, reference: str, asked: ConsentIn) -> ConsentOut:
    """Raises `ConsentThereError` for one that is in force."""
    complaint = await _held(session, caller, reference)
    if await has_consent(session, complaint.id, asked.purpose, asked.recipient):
        raise ConsentThereError
    consent = Consent(
        id=new_id(),
        complaint_id=complaint.id,
        purpose=asked.purpose,
        recipient=asked.recipient,
        language=asked.language,
        witness=keyring.seal(asked.witness, "consent.witness") if asked.witness else None,
        given_at=datetime.now(UTC),
        recorded_by=caller.subject,
        withdrawn_at=None,
        withdrawn_by=None,
    )
    session.add(consent)
    detail = {"purpose": asked.purpose, "recipient": asked.recipient}
    await note_happening(session, complaint, "consent_given", by=caller.subject, at=consent.given_at, detail=detail)
    return _shown(consent, keyring)


async def withdraw(session: AsyncSession, keyring: Keyring, caller: Caller, reference: str, consent_id: UUID) -> ConsentOut:
    """Idempotent: the first withdrawal counts."""
    complaint = await _held(session, caller, reference)
    consent = await session.get(Consent, consent_id, with_for_update=True)
    if consent is None or consent.complaint_id != complaint.id:
        raise NotFoundError
    if consent.withdrawn_at is None:
        consent.withdrawn_at, consent.withdrawn_by = datetime.now(UTC), caller.subject
        # Sharing stops, and who received it is told: what was sent to this body is taken back.
        taken_back = await referrals.revoke_all(session, complaint, consent.recipient) if consent.purpose == REFERRAL else 0
        detail = {"purpose": consent.purpose, "recipient": consent.recipient, "taken_back": taken_back}
        await note_happening(session, complaint, "consent_withdrawn", by=caller.subject, at=consent.withdrawn_at, detail=detail)
    return _shown(consent, keyring)


async def list_all(session: AsyncSession, keyring: Keyring, caller: Caller, reference: str) -> ConsentsOut:
    complaint = await get_complaint(session, caller, what_is_visible(caller), reference, purpose="consents")
    _in_hands(complaint, caller)
    mine = select(Consent).where(col(Consent.complaint_id) == complaint.id).order_by(col(Consent.given_at))
    return ConsentsOut(items=[_shown(one, keyring) for one in (await session.execute(mine)).scalars()])


async def _held(session: AsyncSession, caller: Caller, reference: str) -> Complaint:
    complaint = await get_complaint(session, caller, what_is_visible(caller), reference, purpose="consents", lock=True)
    _in_hands(complaint, caller)
    return complaint


def _in_hands(complaint: Complaint, caller: Caller) -> None:
    """Whoever works on it, or took it down and speaks with the person."""
    if not is_in_hands_of(complaint, caller) and complaint.lodged_by != caller.subject:
        raise NotInYourHandsError


def _shown(consent: Consent, keyring: Keyring) -> ConsentOut:
    witness = keyring.open(consent.witness, "consent.witness") if consent.witness else None
    return ConsentOut.model_validate(consent.model_dump() | {"witness": witness})
