"""Who may see what outreach did. Whose countries is judged in the query: a wing sees the people of its own."""

from typing import Annotated

from kit.auth import EVERYWHERE, Caller
from services.crisis.handover.access import on_duty

FigureReader = Annotated[Caller, on_duty("wing", "agent", "supervisor", "analyst", "auditor", "admin", "service")]
PeopleReader = Annotated[Caller, on_duty("wing", "agent", "supervisor", "admin")]
RelayReader = Annotated[Caller, on_duty("wing", "supervisor", "admin")]


def countries_of(caller: Caller) -> frozenset[str] | None:
    """Whose people a caller sees; None is everybody's. The call centre and the ministry answer for all countries."""
    if caller.has("agent", "supervisor", "analyst", "auditor", "admin", "service") or EVERYWHERE in caller.countries:
        return None
    return caller.countries
