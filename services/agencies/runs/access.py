"""Who may do what in the process. An agency sees its own licence alone: the query that finds a record carries the licence."""

from collections.abc import Collection
from typing import Annotated, Final

from kit.auth import EVERYWHERE, Caller, Role, allow
from services.agencies.runs.rules import UnknownResultError

Decider = Annotated[Caller, allow("decider")]
Reviewer = Annotated[Caller, allow("officer")]
# Sees every count and every fact's id; no complainant stands in any of them.
Reader = Annotated[Caller, allow("decider", "officer", "analyst", "auditor", "admin")]
Agency = Annotated[Caller, allow("agency")]
FileReader = Annotated[Caller, allow("agency", "decider", "officer", "analyst", "auditor", "admin")]

READERS: Final[tuple[Role, ...]] = ("decider", "officer", "analyst", "auditor", "admin")


def is_reader(caller: Caller) -> bool:
    return caller.has(*READERS)


def check_own(caller: Caller, licence: str) -> None:
    """Raises `UnknownResultError`: of other agencies one does not even learn whether there is a result."""
    if not is_reader(caller) and not covers(caller.licence, licence):
        raise UnknownResultError


def covers(licences: Collection[str], licence: str) -> bool:
    return licence in licences or EVERYWHERE in licences
