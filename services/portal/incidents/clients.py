"""Incidents and what families ask in them, as the portal uses them."""

from collections.abc import Mapping
from typing import Any, Final

from services.portal.clients import AwayError, RefusedError, Services

NAME: Final = "crisis"
Json = dict[str, Any]


async def get(services: Services, path: str, **params: str) -> Json:
    found: Json = await services.get(NAME, f"/v1/crisis/{path}", **params)
    return found


async def post(services: Services, path: str, body: Mapping[str, Any], *, key: str, version: str = "") -> Json:
    made: Json = await services.post(NAME, f"/v1/crisis/{path}", body, key=key, version=version)
    return made


async def put(services: Services, path: str, body: Mapping[str, Any], *, version: str) -> Json:
    made: Json = await services.put(NAME, f"/v1/crisis/{path}", body, version=version)
    return made


async def briefings(services: Services) -> list[Json]:
    """What a desk tells callers while an incident is open; nothing where crisis gives no answer: the call goes on without it."""
    try:
        found = await get(services, "briefings")
    except (RefusedError, AwayError):
        return []
    return list(found["items"])
