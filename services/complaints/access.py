"""Who may call what in the complaints service."""

from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator

from contracts.text import Text
from kit.auth import Caller, allow
from kit.errors import ConflictError
from kit.reference import parse
from services.complaints.models import Complaint
from services.complaints.offices import OFFICES
from services.complaints.rules import PREFIX, Visibility, visibility

Reference = Annotated[str, Path(max_length=40), AfterValidator(lambda text: parse(text, PREFIX))]

Taker = Annotated[Caller, allow("agent", "supervisor", "officer", "demo", "wing", "ngo", "udc", "airport", "wewb")]
Reader = Annotated[Caller, allow("agent", "supervisor", "officer", "demo", "wing", "ngo", "udc", "airport", "wewb", "agency", "decider")]


def offices_of(caller: Caller) -> frozenset[str]:
    return OFFICES.of(roles=caller.roles, districts=caller.districts, countries=caller.countries, orgs=caller.org)


def what_is_visible(caller: Caller) -> Visibility:
    return visibility(
        roles=caller.roles,
        subject=caller.subject,
        districts=caller.districts,
        countries=caller.countries,
        orgs=caller.org,
        licences=caller.licence,
        offices=offices_of(caller),
    )


Handler = Annotated[Caller, allow("agent", "supervisor", "officer", "demo", "wing", "wewb")]
Decisive = Annotated[Caller, allow("supervisor", "officer", "demo", "wing", "wewb")]


class NotInYourHandsError(ConflictError):
    slug = "not-in-your-hands"
    title = Text(
        "This complaint is in other hands. Only the office that holds it may do this; a restricted one only its officer or the supervisor.",
        "এই অভিযোগটি অন্যের দায়িত্বে আছে। যে কার্যালয়ের কাছে আছে শুধু তারাই এটি করতে পারে; সীমাবদ্ধ অভিযোগে শুধু দায়িত্বপ্রাপ্ত কর্মকর্তা বা সুপারভাইজার।",
    )


def is_in_hands_of(complaint: Complaint, caller: Caller) -> bool:
    """Whether the caller works on it: its officer; of a restricted one nobody else but the supervisor; else all of its office."""
    if complaint.assignee == caller.subject or (complaint.restricted and "supervisor" in caller.roles):
        return True
    return not complaint.restricted and complaint.office in offices_of(caller)


def require_hands(complaint: Complaint, caller: Caller) -> None:
    if not is_in_hands_of(complaint, caller):
        raise NotInYourHandsError
