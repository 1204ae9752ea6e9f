"""The agencies service, as the portal uses it."""

from typing import Any
from urllib.parse import quote, urlsplit

from services.portal.clients import Services

NAME = "agencies"


async def search(services: Services, query: str, cursor: str) -> tuple[list[dict[str, Any]], str]:
    """A page of what was found, and the query string of the page that follows (empty on the last)."""
    narrowed = {"query": query, **({"cursor": cursor} if cursor else {})}
    found = await services.get(NAME, "/v1/agencies", **narrowed, limit="25")
    return found["items"], urlsplit(found["next"] or "").query


async def read(services: Services, licence: str) -> dict[str, Any]:
    agency: dict[str, Any] = await services.get(NAME, f"/v1/agencies/{quote(licence, safe='')}")
    return agency
