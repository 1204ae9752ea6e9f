"""Use cases of the person whose complaint it is: get a secret, enter with it, see how it stands, withdraw, appeal."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Text
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.database import Sessions
from kit.errors import ConflictError
from kit.ids import new_id
from kit.strangers import (
    FORGOTTEN_AFTER,
    SECRET_DIGITS,
    Judgement,
    PhoneNeededError,
    TooManyTriesError,
    WrongKeyError,
    hashed_secret,
    judge,
    read_secret,
    written_secret,
)
from services.complaints.lifecycle import service as lifecycle
from services.complaints.lifecycle.decisions import service as decisions
from services.complaints.lifecycle.decisions.schemas import AppealIn as LodgeAppealIn
from services.complaints.lifecycle.rules import Action
from services.complaints.lifecycle.schemas import ReasonIn
from services.complaints.models import Complaint
from services.complaints.tracking import repository
from services.complaints.tracking.models import TrackingFailure, TrackingSession

COMPLAINANT: Final = "complainant"
NO_REASON: Final = "—"
SALT: Final = "tracking.salt"


class TrackingOverError(ConflictError):
    slug = "tracking-over"
    title = Text("This page was closed to protect you. Enter again.", "আপনার নিরাপত্তার জন্য পৃষ্ঠাটি বন্ধ হয়েছে। আবার প্রবেশ করুন।")


async def give_secret(session: AsyncSession, keyring: Keyring, complaint: Complaint) -> str:
    """A new secret, to be shown once; the one before and the sessions begun with it are over. Called while holding the row's lock."""
    number = secrets.randbelow(10**SECRET_DIGITS)
    secret = written_secret(number)
    complaint.secret_hash = await hashed_secret(keyring, complaint.id, read_secret(secret), SALT)
    await repository.end_sessions(session, complaint.id)
    return secret


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody shows at the door. `address`: where they come from, as the gateway says; `door`: `web`, `sms`, `keypad`.

    `knows_phone`: a company that carries texts or calls vouches that they come from the complaint's own number.
    """

    reference: str
    secret: str
    address: str
    door: str
    phone: str | None = None


async def enter(sessions: Sessions, keyring: Keyring, entry: Entry) -> Complaint:
    """The complaint. Raises `WrongKeyError`, `TooManyTriesError`, `PhoneNeededError`.

    Takes sessions of its own: a wrong attempt is counted although the request fails.
    """
    now = datetime.now(UTC)
    address = keyring.blind_index(entry.address, "tracking.address")
    async with sessions.begin() as session:
        complaint = await repository.find_by_reference(session, entry.reference)
        failures = await repository.count_failures(session, address, complaint.id if complaint else None, now)
    judgement = judge(failures)
    knows_phone = complaint is not None and _is_own_number(keyring, complaint, entry.phone)
    if judgement is Judgement.MUST_WAIT:
        raise TooManyTriesError
    has_phone = complaint is not None and complaint.reporter_phone_index is not None
    if judgement is Judgement.NEEDS_PHONE and has_phone and not knows_phone:
        raise PhoneNeededError
    # Worked out for a reference that is none too: the time that an answer takes tells nothing.
    tried = await hashed_secret(keyring, complaint.id if complaint else UUID(int=0), entry.secret, SALT)
    if complaint is None or complaint.secret_hash is None or not hmac.compare_digest(tried, complaint.secret_hash):
        async with sessions.begin() as session:
            session.add(TrackingFailure(id=new_id(), complaint_id=complaint.id if complaint else None, address_index=address, at=now))
        raise WrongKeyError
    return complaint


def _is_own_number(keyring: Keyring, complaint: Complaint, phone: str | None) -> bool:
    if phone is None:
        return False
    index = keyring.blind_index(phone, "phone")
    return any(
        known is not None and hmac.compare_digest(index, known) for known in (complaint.reporter_phone_index, complaint.victim_phone_index)
    )


async def begin_session(session: AsyncSession, complaint: Complaint, door: str, minutes: int) -> tuple[str, datetime]:
    """The token and when it is over; known to whoever entered only."""
    token, now = secrets.token_urlsafe(32), datetime.now(UTC)
    await repository.sweep(session, failures_before=now - FORGOTTEN_AFTER, sessions_before=now)
    expires = now + timedelta(minutes=minutes)
    session.add(TrackingSession(token_hash=digest(token), complaint_id=complaint.id, door=door, at=now, expires_at=expires))
    await session.flush()
    return token, expires


async def complaint_of(session: AsyncSession, token: str, *, lock: bool = False, purpose: str = "own") -> Complaint:
    """The complaint of a session, its reading logged. Raises `TrackingOverError`. `lock`: every change begins with it."""
    found = await repository.find_by_session(session, digest(token), datetime.now(UTC), lock=lock)
    if found is None:
        raise TrackingOverError
    complaint, door = found
    await record_access(session, owner(door), [complaint.id], record_type="complaint", purpose=purpose, fields=("reference", "state"))
    return complaint


async def note_read(session: AsyncSession, complaint: Complaint, door: str) -> None:
    """A voice or a text told how it stands."""
    await record_access(session, owner(door), [complaint.id], record_type="complaint", purpose="own", fields=("reference", "state"))


def owner(door: str) -> Caller:
    """Whoever holds the secret, in the log of reads and in histories: not a person with an account."""
    return Caller(subject=COMPLAINANT, username="", client_id=door, roles=frozenset())


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def withdraw(session: AsyncSession, keyring: Keyring, complaint: Complaint, reason: str) -> None:
    """A wish, not a decision: an officer speaks with the person first, lest somebody else pressed the button. Holds the row already."""

    async def effect(acting: lifecycle.Acting) -> None:
        await lifecycle.ask_withdrawal(acting, ReasonIn(reason=reason or NO_REASON))

    await lifecycle.act_for_complainant(session, keyring, complaint, Action.WITHDRAW, effect)


async def appeal(session: AsyncSession, keyring: Keyring, complaint: Complaint, grounds: str) -> tuple[str, str]:
    """Another case, in another office; its reference and secret. Raises `NotNowError`. Holds the row already."""
    lodged: list[Complaint] = []

    async def effect(acting: lifecycle.Acting) -> None:
        lodged.append(await decisions.appeal(acting, LodgeAppealIn(by="complainant", grounds=grounds)))

    await lifecycle.act_for_complainant(session, keyring, complaint, Action.APPEAL, effect)
    return lodged[0].reference, await give_secret(session, keyring, lodged[0])


async def offers(session: AsyncSession, complaint: Complaint) -> tuple[bool, bool]:
    """Whether the page offers to withdraw, and to appeal."""
    withdrawal = await lifecycle.complainant_may(session, complaint, Action.WITHDRAW)
    return withdrawal, await lifecycle.complainant_may(session, complaint, Action.APPEAL)
