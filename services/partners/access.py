"""Who may call what. Which organisations somebody sees is judged in the query, never after it."""

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from fastapi import Path

from kit.auth import Caller, Role, allow, allow_service

KEEPERS: Final[tuple[Literal["admin", "decider"], ...]] = ("admin", "decider")
MEMBERS: Final[tuple[Role, ...]] = ("ngo", "agency", "association")

# Who keeps the list of partners and the agreements: two roles, so that four eyes are to be had.
Keeper = Annotated[Caller, allow("admin", "decider")]
Applicant = Annotated[Caller, allow("admin", "decider", "ngo", "agency", "association")]
Reader = Annotated[Caller, allow("admin", "decider", "auditor", "ngo", "agency", "association")]
# What a withdrawal asks is answered by a program, by a person, or by an officer who heard it from them.
Confirmer = Annotated[Caller, allow("admin", "decider", "ngo", "agency", "association", "partner")]
WithdrawalReader = Annotated[Caller, allow("admin", "decider", "auditor", "ngo", "agency", "association", "partner")]
Program = Annotated[Caller, allow("partner")]
# A program, or a person who acts for an organisation that they name.
Acting = Annotated[Caller, allow("partner", "admin", "decider", "ngo", "agency", "association")]
Service = Annotated[Caller, allow("service")]
# The gateway is told what nobody else need know: who has how much left, and which pages may use whose tokens.
Gateway = Annotated[Caller, allow_service("svc-gateway")]
# Who agrees on what must know what it comes to: both sides, and whoever analyses or audits.
Simulator = Annotated[Caller, allow("admin", "decider", "analyst", "auditor", "ngo", "agency", "association", "partner")]
DecisionReader = Annotated[Caller, allow("analyst", "auditor")]

Which = Annotated[str, Path(max_length=40, description="The code of the organisation.")]


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose organisations are seen: all, or those of these codes."""

    everything: bool
    codes: frozenset[str]


def sight(caller: Caller) -> Sight:
    """`*` in a person's own claim would make every organisation theirs: it counts for nothing here."""
    return Sight(caller.has("admin", "decider", "auditor"), caller.org - {"*"} if caller.has(*MEMBERS) else frozenset())
