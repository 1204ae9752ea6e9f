"""The register of nationals, told that an incident opens its records to those in charge, and ends that. An errand makes each call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from services.crisis.incidents.models import Incident

REGISTRY: Final = "registry"
OPENINGS: Final = "/v1/nationals/openings"


@dataclass(frozen=True, slots=True)
class Call:
    """One POST to a service of the suite."""

    service: str
    path: str
    body: Mapping[str, Any]


def opening(incident: Incident, standing_in: Sequence[str]) -> Call:
    """`standing_in`: the countries of the mission that has the duty there instead of its own."""
    body = {
        "incident": str(incident.id),
        "is_drill": incident.is_drill,
        "countries": [incident.country],
        "standing_in": [*standing_in],
        "reason": incident.hazard,
        "until": incident.access_until.isoformat(),
    }
    return Call(REGISTRY, OPENINGS, body)


def ending(incident: UUID) -> Call:
    return Call(REGISTRY, f"{OPENINGS}/{incident}/closing", {})
