"""The complaints service, as the portal uses it."""

from typing import Any
from urllib.parse import quote, urlsplit

from services.portal.clients import AwayError, Services
from services.portal.language import Language, said

NAME = "complaints"
Choices = list[tuple[str, str]]


async def categories(services: Services, language: Language) -> Choices:
    """(code, words) in the order of the taxonomy. While the service is away: as it said last, for a filled form to be shown again."""
    try:
        listed = await services.get(NAME, "/v1/complaints/categories")
    except AwayError:
        listed = services.remembered.get(NAME, {"items": []})
    services.remembered[NAME] = listed
    return [(one["code"], said(one, language)) for one in listed["items"]]


async def lodge(services: Services, body: dict[str, Any], *, key: str) -> dict[str, Any]:
    receipt: dict[str, Any] = await services.post(NAME, "/v1/complaints", body, key=key)
    return receipt


async def read(services: Services, reference: str) -> dict[str, Any]:
    complaint: dict[str, Any] = await services.get(NAME, f"/v1/complaints/{quote(reference, safe='')}")
    return complaint


async def newest(services: Services, cursor: str) -> tuple[list[dict[str, Any]], str]:
    """A page of the list, and the query string of the page that follows (empty on the last)."""
    narrowed = {"cursor": cursor} if cursor else {}
    found = await services.get(NAME, "/v1/complaints", **narrowed, limit="25")
    return found["items"], urlsplit(found["next"] or "").query
