"""Sources of warnings, as the portal asks the crisis service for them."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from services.portal.clients import Services

NAME = "crisis"


async def overview(services: Services) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, "/v1/crisis/sources")
    return found


async def fetches(services: Services, code: str, cursor: str) -> tuple[list[dict[str, Any]], str]:
    """A page of what was asked of this source, newest first, and the query string of the page that follows."""
    narrowed = {"cursor": cursor} if cursor else {}
    found = await services.get(NAME, f"/v1/crisis/sources/{code}/fetches", **narrowed, limit="50")
    return found["items"], urlsplit(found["next"] or "").query


async def quarantined(services: Services, cursor: str) -> tuple[list[dict[str, Any]], str]:
    narrowed = {"cursor": cursor} if cursor else {}
    found = await services.get(NAME, "/v1/crisis/quarantine", **narrowed, limit="25")
    return found["items"], urlsplit(found["next"] or "").query


async def message(services: Services, identity: UUID) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, f"/v1/crisis/quarantine/{identity}")
    return found


async def close(services: Services, identity: UUID, reason: str, *, key: str, version: str) -> None:
    await services.post(NAME, f"/v1/crisis/quarantine/{identity}/closing", {"reason": reason}, key=key, version=version)


async def read_again(services: Services, identity: UUID, countries: Sequence[str], *, key: str, version: str) -> Mapping[str, Any]:
    body = {"countries": list(countries)}
    alert: Mapping[str, Any] = await services.post(NAME, f"/v1/crisis/quarantine/{identity}/reading", body, key=key, version=version)
    return alert
