"""Who may call what in the reintegration service. Which returnees a desk sees is judged in `rules.visibility`."""

from datetime import datetime
from typing import Annotated

from contracts.days import DHAKA
from kit.auth import Caller, allow
from services.reintegration.counter.lists import COUNTER
from services.reintegration.rules import Visibility, visibility

Desk = Annotated[Caller, allow("supervisor", "demo", "ngo", "udc", "airport", "wewb", "wing")]

# Who works on a record, besides taking it down: a digital centre, the airport desk and a partner register and ask.
Officer = Annotated[Caller, allow("supervisor", "demo", "wewb")]
DecisionReader = Annotated[Caller, allow("analyst", "auditor")]

# Who is told of a returnee by a referral: only what was sent to its own body.
Receiver = Annotated[Caller, allow("ngo", "partner")]


def what_is_visible(caller: Caller) -> Visibility:
    """Of today: a desk that stands in for a neighbour sees what its neighbour sees."""
    covered = COUNTER.covered_by(caller.districts, datetime.now(DHAKA).date())
    districts = caller.districts | {one.district for one in covered}
    return visibility(roles=caller.roles, subject=caller.subject, districts=districts, orgs=caller.org, countries=caller.countries)
