"""Reintegration, told who was brought home."""

from collections.abc import Sequence
from typing import Any, Final

from services.crisis.incidents.clients import Call

REINTEGRATION: Final = "reintegration"
ARRIVALS: Final = "/v1/returnees/arrivals"
AT_ONCE: Final = 500


def arrivals(rows: Sequence[dict[str, Any]]) -> Call:
    """At most `AT_ONCE` rows; each is judged by itself."""
    return Call(REINTEGRATION, ARRIVALS, {"rows": list(rows)})
