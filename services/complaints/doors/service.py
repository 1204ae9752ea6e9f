"""Use cases of the open doors: a report without an account, and the look of a person at what seemed odd."""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import NotFoundError
from services.complaints import service as complaints
from services.complaints.doors import repository, rules
from services.complaints.doors.models import Doubt
from services.complaints.doors.schemas import PublicComplaintIn, PublicReceiptOut
from services.complaints.models import Complaint
from services.complaints.schemas import ComplaintIn, ReceiptOut
from services.complaints.settings import Doors
from services.complaints.tracking import service as tracking
from services.complaints.tracking.views import secret_of

# No account may be called so: what comes by an open door is nobody's own.
WEB: Final = "door:web"


def stranger(door: str) -> Caller:
    return Caller(subject=door, username="", client_id=door, roles=frozenset())


async def report(session: AsyncSession, keyring: Keyring, said: PublicComplaintIn, doors: Doors) -> PublicReceiptOut:
    """Lodges it, gives the secret, and marks what a person should look at."""
    odd = await _doubts(session, keyring, said, doors)
    receipt, secret = await lodge_with_secret(session, keyring, said, door=WEB, odd=odd)
    return PublicReceiptOut(**receipt.model_dump(), key=secret_of(receipt.reference, secret))


async def lodge_with_secret(
    session: AsyncSession, keyring: Keyring, said: ComplaintIn, *, door: str, odd: list[rules.Reason]
) -> tuple[ReceiptOut, str]:
    receipt = await complaints.lodge_complaint(session, keyring, stranger(door), said)
    complaint = await repository.locked(session, receipt.id)
    secret = await tracking.give_secret(session, keyring, complaint)
    if odd:
        session.add(Doubt(complaint_id=receipt.id, reasons=list(odd), at=datetime.now(UTC)))
    await session.flush()
    return receipt, secret


async def _doubts(session: AsyncSession, keyring: Keyring, said: PublicComplaintIn, doors: Doors) -> list[rules.Reason]:
    earlier = 0
    if (index := complaints.phone_index(keyring, said.reporter.phone)) is not None:
        earlier = await repository.lodged_since(session, index, datetime.now(UTC) - rules.DAY)
    return rules.doubts(earlier_of_number=earlier, most_of_number=doors.reports_per_number, filled_in_s=said.filled_in_s, trap=said.website)


async def look_at(session: AsyncSession, complaint: Complaint, by: str) -> None:
    """A person has looked: it is no longer among those to look at. Raises `NotFoundError` where there is nothing to look at."""
    doubt = await repository.find_doubt(session, complaint.id)
    if doubt is None:
        raise NotFoundError
    doubt.looked_at, doubt.looked_by = datetime.now(UTC), by
    await complaints.note_happening(session, complaint, "looked_at", by=by, at=doubt.looked_at, detail={"reasons": doubt.reasons})
