"""Who may call what in the register. Which persons a desk sees is judged in `rules.visibility`."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Path, Request
from pydantic import AfterValidator

from kit.auth import Caller, Verifier, allow, allow_service, bearer
from kit.reference import parse
from services.registry.rules import PREFIX, Source, Visibility, visibility

CRISIS: Final = "svc-crisis"
REINTEGRATION: Final = "svc-reintegration"
# No account may be called so: what comes by an open door is nobody's own.
WEB: Final = "door:web"
_DESKS: Final = (("wing", Source.WING), ("agent", Source.AGENT), ("supervisor", Source.AGENT), ("ngo", Source.NGO), ("udc", Source.UDC))

Desk = Annotated[Caller, allow("wing", "agent", "supervisor", "ngo", "udc")]
Officer = Annotated[Caller, allow("wing", "agent", "supervisor")]
DecisionReader = Annotated[Caller, allow("analyst", "auditor")]
InEmergency = Annotated[Caller, allow("wing", "supervisor")]


Crisis = Annotated[Caller, allow_service(CRISIS)]
Reintegration = Annotated[Caller, allow_service(REINTEGRATION)]


async def _registrar(request: Request) -> Caller:
    """Who registers somebody: a desk that is signed in, else the person, by the open door."""
    token = bearer(request.headers.get("authorization"))
    if token is None:
        return Caller(subject=WEB, username="", client_id=WEB, roles=frozenset())
    verifier: Verifier = request.state.verifier
    return await verifier.verify(token)


Registrar = Annotated[Caller, Depends(_registrar)]


def source_of(caller: Caller, *, from_outreach: bool) -> Source:
    by_the_person = Source.OUTREACH if from_outreach else Source.SELF
    return next((source for role, source in _DESKS if role in caller.roles), by_the_person)


def what_is_visible(caller: Caller) -> Visibility:
    return visibility(roles=caller.roles, subject=caller.subject, countries=caller.countries, orgs=caller.org)


def _id_or_reference(written: str) -> UUID | str:
    try:
        return UUID(written)
    except ValueError:
        return parse(written, PREFIX)


Who = Annotated[str, Path(max_length=40, description="Reference or id."), AfterValidator(_id_or_reference)]
