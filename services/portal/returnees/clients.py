"""The reintegration service, as the portal uses it."""

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from services.portal.clients import AwayError, Services
from services.portal.language import Language, said

NAME = "reintegration"
Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Lists:
    """(code, words) of each list, in the service's order."""

    reasons: Choices
    needs: Choices
    document_kinds: Choices
    proofs: Choices
    owed: Choices
    flags: Choices
    arrival_services: Choices


async def lists(services: Services, language: Language) -> Lists:
    names = ("reasons", "needs", "document-kinds", "proofs", "owed", "flags", "arrival-services")
    return Lists(*await asyncio.gather(*(_choices(services, name, language) for name in names)))


async def _choices(services: Services, name: str, language: Language) -> Choices:
    """While the service is away: as it said last, for a filled form to be shown again."""
    place = f"{NAME}/{name}"
    try:
        listed = await services.get(NAME, f"/v1/returnees/{name}")
    except AwayError:
        listed = services.remembered.get(place, {"items": []})
    services.remembered[place] = listed
    return [(one["code"], said(one, language)) for one in listed["items"]]


async def register(services: Services, body: dict[str, Any], *, key: str) -> dict[str, Any]:
    receipt: dict[str, Any] = await services.post(NAME, "/v1/returnees", body, key=key)
    return receipt


async def open_case(services: Services, reference: str, body: dict[str, Any], *, key: str) -> dict[str, Any]:
    case: dict[str, Any] = await services.post(NAME, f"/v1/returnees/{quote(reference, safe='')}/cases", body, key=key)
    return case


async def read(services: Services, reference: str) -> dict[str, Any]:
    returnee: dict[str, Any] = await services.get(NAME, f"/v1/returnees/{quote(reference, safe='')}")
    return returnee


async def newest(services: Services, cursor: str) -> tuple[list[dict[str, Any]], str]:
    """A page of the list, and the query string of the page that follows (empty on the last)."""
    narrowed = {"cursor": cursor} if cursor else {}
    found = await services.get(NAME, "/v1/returnees", **narrowed, limit="25")
    return found["items"], urlsplit(found["next"] or "").query
