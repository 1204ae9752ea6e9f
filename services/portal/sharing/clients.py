"""What the pages of sharing ask of the service of partners and of the register."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

from services.portal.clients import Services
from services.portal.partners.clients import NAME, ROOT

# Where decisions are written down, and at which address they are listed.
LOGS: Final[Mapping[str, tuple[str, str]]] = {
    "partners": (NAME, f"{ROOT}/decisions"),
    "nationals": ("registry", "/v1/nationals/decisions"),
    "complaints": ("complaints", "/v1/complaints/sharing-decisions"),
    "returnees": ("reintegration", "/v1/returnees/sharing-decisions"),
}


async def simulated(services: Services, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Nothing is kept of it: the key makes it safe to ask once more, no more."""
    found: dict[str, Any] = await services.post(NAME, f"{ROOT}/simulations", asked, key=str(uuid4()))
    return found


async def decisions(services: Services, log: str, cursor: str) -> tuple[list[dict[str, Any]], str]:
    """A page of one log, newest first, and the query string of the page that follows."""
    service, path = LOGS[log]
    found = await services.get(service, path, limit="25", **({"cursor": cursor} if cursor else {}))
    return found["items"], urlsplit(found["next"] or "").query
