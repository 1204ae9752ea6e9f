"""Who may call what in the complaints service."""

from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator

from kit.auth import Caller, allow
from kit.reference import parse
from services.complaints.offices import OFFICES
from services.complaints.rules import Visibility, visibility
from services.complaints.service import PREFIX

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
