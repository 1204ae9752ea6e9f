"""The register of those who recruit without registration, as its officers use it."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from services.portal.agencies.clients import NAME
from services.portal.clients import Services

BASE = "/v1/agencies/unregistered"


async def overview(services: Services, cursor: str) -> dict[str, Any]:
    """Mentions that belong to nobody yet, a page of people, and the query string of the page that follows."""
    narrowed = {"cursor": cursor} if cursor else {}
    loose, people = await asyncio.gather(
        services.get(NAME, f"{BASE}/sightings", loose="true", limit="50"), services.get(NAME, BASE, **narrowed, limit="50")
    )
    return {"loose": loose["items"], "people": people["items"], "next": urlsplit(people["next"] or "").query}


async def search(services: Services, asked: Mapping[str, str]) -> list[dict[str, Any]]:
    """In a body: what is asked is somebody's name or number."""
    found: list[dict[str, Any]] = (await services.send("POST", NAME, f"{BASE}/search", {}, json=asked)).json()["items"]
    return found


async def mention(services: Services, identity: str) -> dict[str, Any]:
    """With each other mention that it resembles."""
    found: dict[str, Any] = await services.get(NAME, f"{BASE}/sightings/{quote(identity, safe='')}")
    others = await asyncio.gather(*(_only(services, one["sighting"]) for one in found["proposals"]))
    return found | {"proposals": [one | {"of": other} for one, other in zip(found["proposals"], others, strict=True)]}


async def _only(services: Services, identity: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, f"{BASE}/sightings/{quote(identity, safe='')}")
    return found


async def person(services: Services, reference: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, f"{BASE}/{quote(reference, safe='')}")
    return found


async def write(services: Services, path: str, body: Mapping[str, Any], *, key: str) -> dict[str, Any]:
    made: dict[str, Any] = await services.post(NAME, f"{BASE}/{path}" if path else BASE, body, key=key)
    return made
