"""The complaints service's redress, as the portal uses it."""

from typing import Any
from urllib.parse import quote, urlsplit

from services.portal.clients import AwayError, Services
from services.portal.language import Language

NAME = "complaints"


def path_of(reference: str, *parts: str) -> str:
    return "/".join(["/v1/complaints", quote(reference, safe=""), *(quote(one, safe="") for one in parts)])


async def lists(services: Services, name: str) -> dict[str, Any]:
    """A public list of the service. While it is away: as it said last."""
    place = f"{NAME}/{name}"
    try:
        listed: dict[str, Any] = await services.get(NAME, f"/v1/complaints/{name}")
    except AwayError:
        listed = services.remembered.get(place, {})
    services.remembered[place] = listed
    return listed


async def heads(services: Services, language: Language) -> list[tuple[str, str]]:
    return [(one["code"], one[language]) for one in (await lists(services, "redress-lists")).get("heads", [])]


async def one(services: Services, reference: str, part: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, path_of(reference, part))
    return found


async def do(services: Services, path: str, body: dict[str, Any], *, key: str, version: str = "") -> dict[str, Any]:
    done: dict[str, Any] = await services.post(NAME, path, body, key=key, version=version)
    return done


async def listed(services: Services, path: str, cursor: str, **narrowed: str) -> tuple[list[dict[str, Any]], str]:
    """A page of a list, and the query string of the page that follows (empty on the last)."""
    after = {"cursor": cursor} if cursor else {}
    found = await services.get(NAME, path, **narrowed, **after, limit="25")
    return found["items"], urlsplit(found["next"] or "").query
