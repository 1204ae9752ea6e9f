"""Use cases that every case shares: begin a change, steps, a case that grows out of another, the end. Its money: `money`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from contracts.complaints import CaseClosed, ComplaintLodged
from contracts.days import DHAKA
from contracts.money import CURRENCIES
from contracts.text import Bilingual, Text
from kit.auth import Caller
from kit.crypto import Keyring
from kit.ids import new_id
from kit.outbox import emit, outbox_row
from kit.reference import make
from kit.text import clean_line
from kit.versions import check_version
from services.complaints import repository as complaints_repository
from services.complaints import rules as complaint_rules
from services.complaints import service as complaints
from services.complaints import views as complaint_views
from services.complaints.access import is_in_hands_of
from services.complaints.cases import repository, rules
from services.complaints.cases.lists import CaseKind
from services.complaints.cases.models import Link, Step
from services.complaints.cases.schemas import ChangedOut, NewCaseIn, StepIn
from services.complaints.models import Complaint
from services.complaints.offices import OFFICES
from services.complaints.redress import service as redress
from services.complaints.redress.schemas import ClaimIn
from services.complaints.schemas import TAXONOMY

PURPOSE: Final = "case"
_RETURN: Final = "ticket"
F = TypeVar("F", bound=SQLModel)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where somebody works: their session, what they may open and see, and one moment for all that a request writes."""

    session: AsyncSession
    keyring: Keyring
    caller: Caller
    visible: complaint_rules.Visibility
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(DHAKA).date()

    @property
    def by(self) -> str:
        return self.caller.subject

    def seal(self, value: str | None, column: str) -> bytes | None:
        return self.keyring.seal(value, column) if value else None

    def open(self, value: bytes | None, column: str) -> str | None:
        return self.keyring.open(value, column) if value is not None else None

    def number_index(self, number: str | None) -> bytes | None:
        """Blind index of a passport: capitals and digits only, so that spaces and dashes do not hide it."""
        folded = "".join(char for char in clean_line(number or "").upper() if char.isalnum())
        return self.keyring.blind_index(folded, "passport") if folded else None


async def begin(
    desk: Desk, reference: str, *, kind: CaseKind | None = None, expected: int | None = None, even_ended: bool = False
) -> Complaint:
    """A case that this caller may change, locked.

    Raises `NotFoundError`, `NotYoursError`, `WrongKindError`, `CaseEndedError`, and `StaleVersionError` where `expected` is given.
    """
    complaint = await complaints.get_complaint(desk.session, desk.caller, desk.visible, reference, purpose=PURPOSE, lock=True)
    related = complaint_rules.relations(complaint_views.place_of(complaint), desk.visible, desk.caller.roles)
    if not rules.may_work(related, restricted=complaint.restricted, roles=desk.caller.roles):
        raise rules.NotYoursError
    if expected is not None:
        check_version(expected, complaint.version)
    if kind is not None and complaint.kind != kind:
        raise rules.WrongKindError
    if not even_ended and has_ended(complaint):
        raise rules.CaseEndedError
    return complaint


def has_ended(complaint: Complaint) -> bool:
    return complaint_rules.category_of(complaint_rules.Status(complaint.status)) == complaint_rules.Category.RESOLVED


async def opened(desk: Desk, kind: type[F], complaint: Complaint) -> F:
    """The file of a kind. Raises `NotOpenError` before its facts were written down."""
    found = await desk.session.get(kind, complaint.id)
    if found is None:
        raise rules.NotOpenError
    return found


async def note(desk: Desk, complaint: Complaint, what: str, **detail: Any) -> None:
    await complaints.note_happening(desk.session, complaint, what, by=desk.by, at=desk.now, detail=detail)


def changed(complaint: Complaint, identity: UUID, said: Text | None = None) -> ChangedOut:
    return ChangedOut(
        id=identity, reference=complaint.reference, version=complaint.version, said=Bilingual.of(said) if said is not None else None
    )


async def add_step(desk: Desk, reference: str, step: StepIn, known_request: Callable[[Complaint, UUID], Any]) -> ChangedOut:
    """`known_request` raises where the step names a request of another case."""
    complaint = await begin(desk, reference)
    if step.request is not None:
        await known_request(complaint, step.request)
    row = Step(
        id=new_id(),
        complaint_id=complaint.id,
        request_id=step.request,
        note=desk.seal(step.note, "file_step.note"),
        office=complaint.office,
        recorded_at=desk.now,
        recorded_by=desk.by,
        **step.model_dump(exclude={"request", "note"}),
    )
    desk.session.add(row)
    # Whoever phoned or visited the person has met the clocks of contact.
    await note(desk, complaint, "contacted" if step.kind in repository.CONTACT else "step_done", step=step.kind, source=step.source)
    if step.cost is not None and step.borne_by == "agency":
        await _claim_of_the_agency(desk, complaint, row.currency or "")
    return changed(complaint, row.id)


async def _claim_of_the_agency(desk: Desk, complaint: Complaint, currency: str) -> None:
    """What its negligence cost may be asked of the agency (OEMA s.29): all of it is one claim of redress, which follows it to its end."""
    if currency not in CURRENCIES or not is_in_hands_of(complaint, desk.caller):
        return
    steps = await repository.steps_of(desk.session, complaint.id)
    total = sum(one.cost or 0 for one in steps if one.borne_by == "agency" and one.currency == currency)
    await redress.claim(
        desk.session, desk.caller, complaint.reference, ClaimIn(head=_RETURN, currency=currency, amount=total, payer="agency")
    )


# The category under which a case that grows out of another is kept; it may be changed like any other.
_CATEGORY: Final[Mapping[str, str]] = {"distress": "stranded", "death": "death"}
_OWN: Final = (
    *("assignee", "decision", "decided_at", "decided_by", "decided_office", "resolved_at", "call_id", "secret_hash", "merged_into"),
    *("transfer_to", "appeal_office", "checker", "resumes", "investigation_started_at", "investigated_at", "withdrawal", "glass"),
)


async def grow(desk: Desk, origin: Complaint, kind: str, narrative: str | None, *, why: str) -> Complaint:
    """A new case about the same person, linked to `origin`, which must be locked. It is never less restricted than that.

    Sealed values are bound to their column, not to their row: they are copied as they are. `narrative` None keeps the words of `origin`.
    """
    category = TAXONOMY.category(_CATEGORY[kind])
    restricted = category.restricted or origin.restricted
    values: dict[str, Any] = {
        **origin.model_dump(),
        **dict.fromkeys(_OWN),
        "id": new_id(),
        "reference": make(complaints.PREFIX),
        "version": 1,
        "kind": category.kind,
        "category": category.code,
        "taxonomy_version": TAXONOMY.version,
        "severity": max(category.severity, origin.severity),
        "status": complaint_rules.Status.LODGED,
        "office": OFFICES.handling(category.office, country=origin.country, district=origin.district, about=origin.respondent_office),
        "restricted": restricted,
        "lodged_by": desk.by,
        "lodged_by_org": min(desk.caller.org, default=None),
        "lodged_at": desk.now,
        "changed_at": desk.now,
    }
    if narrative is not None:
        values["narrative"] = desk.keyring.seal(narrative, "complaint.narrative")
    event = outbox_row(_lodged(values), subject=values["id"], sequence=1, restricted=restricted)
    await complaints_repository.add_complaint(desk.session, values, complaints.first_happening(values), event)
    await desk.session.flush()
    desk.session.add(Link(complaint_id=values["id"], other_id=origin.id, why=why, at=desk.now, by=desk.by))
    await note(desk, origin, "case_grown", kind=kind)
    return Complaint(**values)


async def grow_from(desk: Desk, reference: str, new: NewCaseIn) -> ChangedOut:
    """Opened from a complaint, by an office that works on it: distress behind unpaid wages, a death behind an illness."""
    origin = await begin(desk, reference)
    if origin.kind == new.kind:
        raise rules.WrongKindError
    grown = await grow(desk, origin, new.kind, new.narrative, why="grew_out_of")
    return changed(grown, grown.id)


def _lodged(values: Mapping[str, Any]) -> ComplaintLodged:
    licence = complaint_rules.named_in_event(values["respondent_licence"], restricted=values["restricted"])
    shared = {name: values[name] for name in ("channel", "category", "country", "district", "victim_sex", "victim_age_band", "lodged_at")}
    kind = None if values["restricted"] else values["respondent_kind"]
    return ComplaintLodged(**shared, respondent_kind=kind, respondent_licence=licence)


async def tell_closed(session: AsyncSession, complaint: Complaint, outcome: str, at: datetime) -> None:
    """`CaseClosed`, once the case has ended, in the transaction that ends it."""
    event = CaseClosed(
        kind=complaint.kind,
        outcome=outcome,
        country=complaint.country,
        district=complaint.district,
        opened_at=complaint.lodged_at,
        closed_at=at,
    )
    await emit(session, event, subject=complaint.id, sequence=complaint.version, restricted=complaint.restricted)
