"""The reintegration service, as the portal uses it."""

from typing import Any
from urllib.parse import quote

from services.portal.clients import AwayError, Services
from services.portal.language import Language, said

NAME = "reintegration"
Choices = list[tuple[str, str]]


async def needs(services: Services, language: Language) -> Choices:
    """(code, words) in the service's order. While it is away: as it said last, so that a form that was filled in can be shown again."""
    try:
        listed = await services.get(NAME, "/v1/returnees/needs")
    except AwayError:
        listed = services.remembered.get(NAME, {"items": []})
    services.remembered[NAME] = listed
    return [(one["code"], said(one, language)) for one in listed["items"]]


async def register(services: Services, body: dict[str, Any], *, key: str) -> dict[str, Any]:
    receipt: dict[str, Any] = await services.post(NAME, "/v1/returnees", body, key=key)
    return receipt


async def open_case(services: Services, identity: str, body: dict[str, Any], *, key: str) -> dict[str, Any]:
    case: dict[str, Any] = await services.post(NAME, f"/v1/returnees/{quote(identity, safe='')}/cases", body, key=key)
    return case


async def read(services: Services, reference: str) -> dict[str, Any]:
    returnee: dict[str, Any] = await services.get(NAME, f"/v1/returnees/{quote(reference, safe='')}")
    return returnee
