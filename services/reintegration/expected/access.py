"""Who awaits returnees: the wing that registered them, the airport where they land, the offices of their districts."""

from collections.abc import Iterable
from typing import Annotated

from kit.auth import Caller, allow
from services.reintegration.rules import Visibility

Awaiting = Annotated[Caller, allow("supervisor", "demo", "wewb", "airport", "wing")]


def of_those_expected(visible: Visibility, roles: Iterable[str]) -> Visibility:
    """The airport desk sees everybody who is expected, but for restricted records: all of them land there."""
    return visible.widened() if "airport" in set(roles) else visible
