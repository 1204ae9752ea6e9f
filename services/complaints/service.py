"""Use cases: lodge a complaint, find it, note what was done with it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.complaints import ComplaintLodged
from contracts.persons import AgeBand, Disability, Sex
from contracts.text import Bilingual
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.names import sound_key
from kit.outbox import outbox_row
from kit.reference import make
from kit.text import search_key
from kit.zones import zone_of
from services.complaints import repository, rules, views
from services.complaints.clocks import service as clocks
from services.complaints.contact import service as contact
from services.complaints.models import Complaint, Happening
from services.complaints.offices import OFFICES, OfficeKind
from services.complaints.schemas import TAXONOMY, ComplaintIn, ReceiptOut, SafeContactIn

PREFIX: Final = rules.PREFIX
SYSTEM: Final = "system"
REDRESS_AT_FIRST: Final = "nothing_claimed"


async def lodge_complaint(
    session: AsyncSession, keyring: Keyring, caller: Caller, complaint: ComplaintIn, *, call_id: UUID | None = None
) -> ReceiptOut:
    """Stores the complaint and tells of it in one transaction. `call_id`: the telephone call in which it was told."""
    now, complaint_id = datetime.now(UTC), new_id()
    category = TAXONOMY.category(complaint.category)
    values = {
        "id": complaint_id,
        "reference": make(PREFIX),
        "version": 1,
        "kind": category.kind,
        "status": rules.Status.LODGED,
        "severity": rules.severity_of(category.severity, caller_safe=complaint.caller_safe),
        "office": _first_office(category.office, complaint),
        "restricted": category.restricted,
        "taxonomy_version": TAXONOMY.version,
        "lodged_by": caller.subject,
        "lodged_by_org": min(caller.org, default=None),
        "lodged_at": now,
        "changed_at": now,
        "on_hold": False,
        "redress_state": REDRESS_AT_FIRST,
        **_NOT_YET,
        **_said(complaint),
        **_sealed(keyring, complaint),
        "call_id": call_id,
    }
    event = outbox_row(
        _lodged(complaint, now, restricted=category.restricted), subject=complaint_id, sequence=1, restricted=category.restricted
    )
    await repository.add_complaint(session, values, first_happening(values), event)
    if complaint.caller_safe is False:
        await repository.tell_boards(session)
    if complaint.original_text and complaint.original_text.strip() != complaint.narrative:
        held = await session.get_one(Complaint, complaint_id)
        await note_happening(session, held, "original_text", by=caller.subject, at=now, note=seal_note(keyring, complaint.original_text))
    return _receipt(values, complaint)


def _first_office(kind: OfficeKind, complaint: ComplaintIn) -> str:
    """An office never handles a complaint about itself (design §5); nor does one that may be meant while nobody has said which."""
    about = complaint.respondent.office if complaint.respondent else None
    if complaint.respondent and complaint.respondent.kind is rules.RespondentKind.OFFICE and about is None:
        return OFFICES.fallback
    return OFFICES.handling(kind, country=complaint.country, district=complaint.district, about=about)


_NOT_YET: Final = dict.fromkeys(
    (
        *("assignee", "decision", "decided_at", "decided_by", "decided_office", "resolved_at"),
        *("appeal_of", "merged_into", "call_id", "secret_hash", "redress_due"),
        *("transfer_to", "appeal_office", "checker", "resumes", "investigation_started_at", "investigated_at"),
        *("withdrawal", "allegation", "glass", "emptied_at"),
    )
)


def first_happening(values: Mapping[str, Any]) -> dict[str, Any]:
    """The history begins with the case, for `repository.add_complaint`."""
    return {
        "id": new_id(),
        "complaint_id": values["id"],
        "version": 1,
        "at": values["lodged_at"],
        "by": values["lodged_by"],
        "office": values["office"],
        "kind": "lodged",
        "status": values["status"],
        "detail": {"channel": values["channel"]},
        "note": None,
    }


def _said(complaint: ComplaintIn) -> dict[str, Any]:
    victim, respondent = complaint.victim, complaint.respondent
    return {
        "channel": complaint.channel,
        "language": complaint.language,
        "caller_safe": complaint.caller_safe,
        "category": complaint.category,
        "country": complaint.country,
        "district": complaint.district,
        "occurred_on": complaint.occurred_on,
        "reporter_relation": complaint.reporter.relation,
        "victim_sex": victim.sex if victim else Sex.UNKNOWN,
        "victim_age_band": victim.age_band if victim else AgeBand.UNKNOWN,
        "victim_disability": victim.disability if victim else Disability.UNKNOWN,
        "respondent_kind": respondent.kind if respondent else None,
        "respondent_licence": respondent.licence if respondent else None,
        "respondent_office": respondent.office if respondent else None,
        "may_call": complaint.safe_contact.may_call,
        "contact_rule": contact_rule(complaint.safe_contact, complaint.reporter.phone),
    }


def contact_rule(said: SafeContactIn, phone: str | None) -> dict[str, Any]:
    """What of safe contact is codes, as it is kept; hours are by the clock of the country that the number is from."""
    kept = said.model_dump(exclude={"may_call", "note", "ask_for"}, exclude_defaults=True)
    if said.hours_from is not None and said.time_zone is None:
        kept["time_zone"] = zone_of(phone)
    return kept


def _sealed(keyring: Keyring, complaint: ComplaintIn) -> dict[str, bytes | None]:
    reporter, victim, respondent = complaint.reporter, complaint.victim, complaint.respondent
    personal = {
        "reporter_name": reporter.name,
        "reporter_phone": reporter.phone,
        "victim_name": victim.name if victim else None,
        "victim_phone": victim.phone if victim else None,
        "narrative": complaint.narrative,
        "contact_note": complaint.safe_contact.note or None,
        "contact_ask_for": complaint.safe_contact.ask_for,
    }
    sealed = {name: keyring.seal(value, f"complaint.{name}") if value else None for name, value in personal.items()}
    phones = {f"{name}_index": phone_index(keyring, personal[name]) for name in ("reporter_phone", "victim_phone")}
    names = {
        "reporter_name_key": name_index(keyring, reporter.name),
        "victim_name_key": name_index(keyring, personal["victim_name"]),
    }
    sounds = {f"{name}_sound_key": sound_index(keyring, personal[f"{name}_name"]) for name in ("reporter", "victim")}
    return sealed | phones | names | sounds | sealed_respondent(keyring, respondent.name if respondent else None)


def sealed_respondent(keyring: Keyring, name: str | None) -> dict[str, bytes | None]:
    """The columns that a respondent's name fills."""
    return {
        "respondent_name": keyring.seal(name, "complaint.respondent_name") if name else None,
        "respondent_key": name_index(keyring, name),
        "respondent_sound_key": sound_index(keyring, name),
    }


def phone_index(keyring: Keyring, phone: str | None) -> bytes | None:
    """Of a number in E.164."""
    return keyring.blind_index(phone, "phone") if phone else None


def name_index(keyring: Keyring, name: str | None) -> bytes | None:
    """Equal for spellings that `search_key` folds to one."""
    folded = search_key(name) if name else ""
    return keyring.blind_index(folded, "name") if folded else None


def sound_index(keyring: Keyring, name: str | None) -> bytes | None:
    """Equal for names that sound alike, in either script: what `duplicates` compares."""
    sound = sound_key(name) if name else ""
    return keyring.blind_index(sound, "name-sound") if sound else None


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


async def get_complaint(
    session: AsyncSession, caller: Caller, visible: rules.Visibility, reference: str, *, purpose: str = "read", lock: bool = False
) -> Complaint:
    """Writes the access log in the same transaction: no record, no data. Raises `NotFoundError` also for what the caller may not see.

    `lock` holds the row until the transaction ends: every change begins with it.
    """
    complaint = await repository.find_complaint(session, reference, visible, lock=lock)
    if complaint is None:
        raise NotFoundError
    shown = views.fields_shown(complaint, caller, visible)
    await record_access(session, caller, [complaint.id], record_type="complaint", purpose=purpose, fields=shown)
    return complaint


async def log_list(session: AsyncSession, caller: Caller, shown: Sequence[Complaint]) -> None:
    """Lines of a list were shown."""
    await record_access(session, caller, [one.id for one in shown], record_type="complaint", purpose="list", fields=views.LISTED)


async def note_happening(
    session: AsyncSession,
    complaint: Complaint,
    kind: str,
    *,
    by: str,
    at: datetime,
    detail: Mapping[str, Any] | None = None,
    note: bytes | None = None,
) -> Happening:
    """Writes down what was done and raises the version: the only way to change a complaint.

    Called while holding the row's lock, after the columns were changed. `detail` has codes only; `note` is sealed for `happening.note`.
    """
    complaint.version += 1
    complaint.changed_at = at
    happening = Happening(
        id=new_id(),
        complaint_id=complaint.id,
        version=complaint.version,
        at=at,
        by=by,
        office=complaint.office,
        kind=kind,
        status=complaint.status,
        detail=dict(detail or {}),
        note=note,
    )
    session.add(happening)
    # Not flushed before: what the clocks find goes into the same update of the row, which has many indexes.
    await clocks.follow(session, complaint, at, just=happening)
    await contact.tell_of_happening(session, complaint, kind, at=at)
    return happening


def seal_note(keyring: Keyring, note: str | None) -> bytes | None:
    return keyring.seal(note, "happening.note") if note else None
