"""What each reader is shown of a complaint, field by field of the policy `contracts/policies/complaints.yaml`."""

from datetime import UTC, datetime
from typing import Final

from contracts.days import DHAKA
from contracts.text import Bilingual, Text
from kit.auth import Caller
from kit.crypto import Keyring
from kit.policy import Question, policies
from services.complaints import rules
from services.complaints.contact.rules import Allowed, judge_text, may_call_now
from services.complaints.contact.service import rule_of
from services.complaints.lifecycle.procedures import PROCEDURES
from services.complaints.models import Complaint
from services.complaints.offices import OFFICES
from services.complaints.redress.rules import REDRESS_WORDS, Redress
from services.complaints.redress.rules import state as redress_state
from services.complaints.schemas import ComplaintOut, ComplaintRow, SafeContactOut

LISTED: Final = ("reference", "state", "classification")
_PROCEDURE: Final = (
    *("transfer_to", "investigation_started_at", "investigated_at", "decided_at", "decided_office", "resolved_at"),
    *("appeal_of", "merged_into", "on_hold", "emptied_at"),
)
PERSONAL: Final = frozenset({"reporter.identity", "reporter.contact", "victim.identity", "victim.contact", "narrative", "respondent"})


def office_name(code: str) -> Bilingual:
    """Of an office that is no longer in force: its code."""
    office = OFFICES.by_code.get(code)
    return Bilingual.of(office.name if office else Text(code, code))


def row_of(complaint: Complaint) -> ComplaintRow:
    redress = redress_state(Redress(complaint.redress_state), complaint.redress_due, datetime.now(DHAKA).date())
    more = {
        "status_label": Bilingual.of(rules.STATUS_WORDS[rules.Status(complaint.status)]),
        "office_name": office_name(complaint.office),
        "assigned": complaint.assignee is not None,
        "redress": redress,
        "redress_label": Bilingual.of(REDRESS_WORDS[redress]),
    }
    return ComplaintRow.model_validate({**complaint.model_dump(), **more})


def view_of(complaint: Complaint, keyring: Keyring, caller: Caller, visible: rules.Visibility) -> ComplaintOut:
    """The complaint as this caller may see it. What is hidden is not even opened."""
    shown = fields_shown(complaint, caller, visible)

    def opened(name: str, field: str) -> str | None:
        sealed: bytes | None = getattr(complaint, name)
        return keyring.open(sealed, f"complaint.{name}") if sealed is not None and field in shown else None

    return ComplaintOut.model_validate(
        {
            **row_of(complaint).model_dump(),
            **{name: getattr(complaint, name) for name in _PROCEDURE},
            "decision_label": Bilingual.of(PROCEDURES.word(complaint.decision)) if complaint.decision else None,
            "transfer_to_name": office_name(complaint.transfer_to) if complaint.transfer_to else None,
            "allegation": opened("allegation", "allegation"),
            # A respondent who learns that somebody wavers would press them.
            "withdrawal": complaint.withdrawal if "narrative" in shown else None,
            "language": complaint.language,
            "caller_safe": complaint.caller_safe,
            "occurred_on": complaint.occurred_on,
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
                "disability": complaint.victim_disability,
            },
            "respondent": _respondent(complaint, opened("respondent_name", "respondent")) if "respondent" in shown else None,
            "narrative": opened("narrative", "narrative"),
            "may_call": complaint.may_call if "reporter.contact" in shown else None,
            "contact_note": opened("contact_note", "reporter.contact"),
            "safe_contact": contact_of(complaint, keyring) if "reporter.contact" in shown else None,
            "hidden": sorted(PERSONAL - shown),
        }
    )


def contact_of(complaint: Complaint, keyring: Keyring) -> SafeContactOut:
    rule, now = rule_of(complaint), datetime.now(UTC)
    sealed = {"ask_for": complaint.contact_ask_for, "note": complaint.contact_note}
    columns = {"ask_for": "complaint.contact_ask_for", "note": "complaint.contact_note"}
    words = {name: keyring.open(value, columns[name]) if value else None for name, value in sealed.items()}
    verdict = judge_text(rule, now=now, has_number=complaint.reporter_phone is not None)
    return SafeContactOut.model_validate(
        {
            "may_call": rule.may_call,
            "may_text": rule.may_text,
            "channels": sorted(rule.channels),
            "hours_from": f"{rule.hours.begin:%H:%M}" if rule.hours else None,
            "hours_to": f"{rule.hours.end:%H:%M}" if rule.hours else None,
            "time_zone": rule.time_zone,
            "wording": rule.wording,
            "may_leave_voicemail": rule.may_leave_voicemail,
            "may_call_now": may_call_now(rule, now),
            "may_text_now": isinstance(verdict, Allowed) and verdict.at <= now,
            **words,
        }
    )


def fields_shown(complaint: Complaint, caller: Caller, visible: rules.Visibility) -> frozenset[str]:
    policy = policies().in_force("complaints", datetime.now(UTC).date())
    related = rules.relations(place_of(complaint), visible, caller.roles)
    subject = {"role": caller.roles, "relation": related}
    record = {"restricted": ["yes" if complaint.restricted else "no"]}
    purposes = {rules.PURPOSES[one] for one in related if one in rules.PURPOSES}
    return frozenset().union(*(policy.visible(Question(subject, purpose, record)) for purpose in purposes))


def fields_of_own(complaint: Complaint) -> frozenset[str]:
    """What the person whose complaint it is may see of it without an account."""
    policy = policies().in_force("complaints", datetime.now(UTC).date())
    record = {"restricted": ["yes" if complaint.restricted else "no"]}
    return policy.visible(Question({"role": frozenset(), "relation": frozenset({"reporter"})}, "own", record))


def _through_broken_glass(complaint: Complaint) -> list[str]:
    now = datetime.now(UTC)
    return [subject for subject, until in (complaint.glass or {}).items() if datetime.fromisoformat(until) > now]


def place_of(complaint: Complaint) -> rules.Place:
    return rules.Place(
        lodged_by=complaint.lodged_by,
        lodged_by_org=complaint.lodged_by_org,
        entrusted=frozenset(filter(None, (complaint.assignee, complaint.checker, *_through_broken_glass(complaint)))),
        offices=frozenset(filter(None, (complaint.office, complaint.transfer_to, complaint.appeal_office))),
        district=complaint.district,
        country=complaint.country,
        licence=complaint.respondent_licence,
    )


def _respondent(complaint: Complaint, name: str | None) -> dict[str, object] | None:
    if complaint.respondent_kind is None:
        return None
    return {
        "kind": complaint.respondent_kind,
        "name": name,
        "licence": complaint.respondent_licence,
        "office": complaint.respondent_office,
        "office_name": office_name(complaint.respondent_office) if complaint.respondent_office else None,
    }
