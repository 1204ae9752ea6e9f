"""What the stream of complaints suggests, as the portal uses it."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from services.portal.clients import Services

NAME = "crisis"
PLACE = "/v1/crisis/signals"


async def newest(services: Services, cursor: str, *, past: bool) -> tuple[list[dict[str, Any]], str]:
    """A page of the list, and the query string of the page that follows (empty on the last). Those that wait only, unless `past`."""
    narrowed = {"cursor": cursor} if cursor else {}
    found = await services.get(NAME, PLACE, **narrowed, limit="25", waiting="false" if past else "true")
    return found["items"], urlsplit(found["next"] or "").query


async def read(services: Services, identity: UUID) -> dict[str, Any]:
    signal: dict[str, Any] = await services.get(NAME, f"{PLACE}/{identity}")
    return signal


async def answer(services: Services, identity: UUID, act: str, because: str, *, version: str, key: str) -> None:
    await services.post(NAME, f"{PLACE}/{identity}/{act}", {"because": because}, key=key, version=version)
