"""Use cases: load, decide, save, emit."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.complaints import ComplaintLodged
from contracts.persons import AgeBand, Sex
from contracts.text import Bilingual
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.outbox import outbox_row
from kit.paging import Paging
from kit.policy import Question, policies
from kit.reference import make
from services.complaints import repository, rules
from services.complaints.models import Complaint
from services.complaints.schemas import TAXONOMY, ComplaintIn, ComplaintOut, ComplaintRow, ReceiptOut

PREFIX: Final = "C"
LISTED: Final = ("reference", "state", "classification")
PERSONAL: Final = frozenset({"reporter.identity", "reporter.contact", "victim.identity", "victim.contact", "narrative", "respondent"})


async def lodge_complaint(session: AsyncSession, keyring: Keyring, caller: Caller, complaint: ComplaintIn) -> ReceiptOut:
    """Stores the complaint and tells of it in one transaction."""
    now, complaint_id = datetime.now(UTC), new_id()
    restricted = TAXONOMY.category(complaint.category).restricted
    values = {
        "id": complaint_id,
        "reference": make(PREFIX),
        "version": 1,
        "status": rules.Status.LODGED,
        "restricted": restricted,
        "taxonomy_version": TAXONOMY.version,
        "lodged_by": caller.subject,
        "lodged_by_org": min(caller.org, default=None),
        "lodged_at": now,
        **_said(complaint),
        **_sealed(keyring, complaint),
    }
    lodged = _lodged(complaint, now, restricted=restricted)
    event = outbox_row(lodged, subject=complaint_id, sequence=1, restricted=restricted)
    await repository.add_complaint(session, values, event)
    return _receipt(values, complaint)


def _said(complaint: ComplaintIn) -> dict[str, Any]:
    victim, respondent = complaint.victim, complaint.respondent
    return {
        "channel": complaint.channel,
        "language": complaint.language,
        "caller_safe": complaint.caller_safe,
        "category": complaint.category,
        "country": complaint.country,
        "district": complaint.district,
        "reporter_relation": complaint.reporter.relation,
        "victim_sex": victim.sex if victim else Sex.UNKNOWN,
        "victim_age_band": victim.age_band if victim else AgeBand.UNKNOWN,
        "respondent_kind": respondent.kind if respondent else None,
        "respondent_licence": respondent.licence if respondent else None,
        "may_call": complaint.safe_contact.may_call,
    }


def _sealed(keyring: Keyring, complaint: ComplaintIn) -> dict[str, bytes | None]:
    reporter, victim = complaint.reporter, complaint.victim
    personal = {
        "reporter_name": reporter.name,
        "reporter_phone": reporter.phone,
        "victim_name": victim.name if victim else None,
        "victim_phone": victim.phone if victim else None,
        "respondent_name": complaint.respondent.name if complaint.respondent else None,
        "narrative": complaint.narrative,
        "contact_note": complaint.safe_contact.note or None,
    }
    sealed = {name: keyring.seal(value, f"complaint.{name}") if value else None for name, value in personal.items()}
    indexes = {
        f"{name}_index": keyring.blind_index(str(personal[name]), "phone") if personal[name] else None
        for name in ("reporter_phone", "victim_phone")
    }
    return sealed | indexes


def _lodged(complaint: ComplaintIn, now: datetime, *, restricted: bool) -> ComplaintLodged:
    respondent = complaint.respondent
    return ComplaintLodged(
        channel=complaint.channel,
        category=complaint.category,
        country=complaint.country,
        district=complaint.district,
        victim_sex=complaint.victim.sex if complaint.victim else Sex.UNKNOWN,
        victim_age_band=complaint.victim.age_band if complaint.victim else AgeBand.UNKNOWN,
        respondent_kind=respondent.kind if respondent and not restricted else None,
        respondent_licence=rules.named_in_event(respondent.licence if respondent else None, restricted=restricted),
        lodged_at=now,
    )


def _receipt(values: dict[str, Any], complaint: ComplaintIn) -> ReceiptOut:
    return ReceiptOut(
        id=values["id"],
        reference=values["reference"],
        status=values["status"],
        status_label=Bilingual.of(rules.STATUS_WORDS[rules.Status.LODGED]),
        lodged_at=values["lodged_at"],
        restricted=values["restricted"],
        next_step=Bilingual.of(rules.next_step(caller_safe=complaint.caller_safe)),
    )


async def get_complaint(session: AsyncSession, caller: Caller, visible: rules.Visibility, reference: str) -> Complaint:
    """Writes the access log in the same transaction: no record, no data. Raises `NotFoundError` also for what the caller may not see."""
    complaint = await repository.find_complaint(session, reference, visible)
    if complaint is None:
        raise NotFoundError
    await record_access(
        session, caller, [complaint.id], record_type="complaint", purpose="read", fields=_fields_shown(complaint, caller, visible)
    )
    return complaint


async def list_complaints(session: AsyncSession, caller: Caller, visible: rules.Visibility, paging: Paging) -> Sequence[Complaint]:
    """Logged as `get_complaint` is."""
    complaints = await repository.list_complaints(session, visible, paging)
    shown = [one.id for one in complaints[: paging.limit]]
    await record_access(session, caller, shown, record_type="complaint", purpose="list", fields=LISTED)
    return complaints


def row_of(complaint: Complaint) -> ComplaintRow:
    label = Bilingual.of(rules.STATUS_WORDS[rules.Status(complaint.status)])
    return ComplaintRow.model_validate({**complaint.model_dump(), "status_label": label})


def view_of(complaint: Complaint, keyring: Keyring, caller: Caller, visible: rules.Visibility) -> ComplaintOut:
    """The complaint as this caller may see it, field by field of the policy. What is hidden is not even opened."""
    shown = _fields_shown(complaint, caller, visible)

    def opened(name: str, field: str) -> str | None:
        sealed: bytes | None = getattr(complaint, name)
        return keyring.open(sealed, f"complaint.{name}") if sealed is not None and field in shown else None

    return ComplaintOut.model_validate(
        {
            **row_of(complaint).model_dump(),
            "language": complaint.language,
            "caller_safe": complaint.caller_safe,
            "reporter": {
                "relation": complaint.reporter_relation,
                "name": opened("reporter_name", "reporter.identity"),
                "phone": opened("reporter_phone", "reporter.contact"),
            },
            "victim": {
                "name": opened("victim_name", "victim.identity"),
                "phone": opened("victim_phone", "victim.contact"),
                "sex": complaint.victim_sex,
                "age_band": complaint.victim_age_band,
            },
            "respondent": _respondent(complaint, opened("respondent_name", "respondent")) if "respondent" in shown else None,
            "narrative": opened("narrative", "narrative"),
            "may_call": complaint.may_call if "reporter.contact" in shown else None,
            "contact_note": opened("contact_note", "reporter.contact"),
            "hidden": sorted(PERSONAL - shown),
        }
    )


def _fields_shown(complaint: Complaint, caller: Caller, visible: rules.Visibility) -> frozenset[str]:
    policy = policies().in_force("complaints", datetime.now(UTC).date())
    related = rules.relations(
        roles=caller.roles,
        own=complaint.lodged_by == caller.subject or complaint.lodged_by_org in visible.lodged_by_orgs,
        district=complaint.district,
        country=complaint.country,
        licence=complaint.respondent_licence,
        visible=visible,
    )
    subject = {"role": caller.roles, "relation": related}
    record = {"restricted": ["yes" if complaint.restricted else "no"]}
    purposes = {rules.PURPOSES[one] for one in related if one in rules.PURPOSES}
    return frozenset().union(*(policy.visible(Question(subject, purpose, record)) for purpose in purposes))


def _respondent(complaint: Complaint, name: str | None) -> dict[str, str | None] | None:
    if complaint.respondent_kind is None:
        return None
    return {"kind": complaint.respondent_kind, "name": name, "licence": complaint.respondent_licence}
