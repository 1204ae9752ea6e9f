"""Who may call what in the complaints service."""

from typing import Annotated

from kit.auth import Caller, allow
from services.complaints.rules import Visibility, visibility

Taker = Annotated[Caller, allow("agent", "supervisor", "demo", "wing", "ngo", "udc", "airport")]
Reader = Annotated[Caller, allow("agent", "supervisor", "demo", "wing", "ngo", "udc", "airport", "agency", "decider")]


def what_is_visible(caller: Caller) -> Visibility:
    return visibility(
        roles=caller.roles,
        subject=caller.subject,
        districts=caller.districts,
        countries=caller.countries,
        orgs=caller.org,
        licences=caller.licence,
    )
