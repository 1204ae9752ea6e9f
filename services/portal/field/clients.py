"""What the pages of registrations without a connection ask of the reintegration service."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx

from services.portal.clients import Services

NAME: Final = "reintegration"
_MEND: Final = "/v1/returnees/mend"
_CONFLICTS: Final = "/v1/returnees/conflicts"


async def sync_key(services: Services) -> dict[str, Any]:
    key: dict[str, Any] = await services.get(NAME, "/v1/returnees/sync/key")
    return key


async def sync(services: Services, batch: bytes) -> httpx.Response:
    """The answer as it is, also a refusal: the page's script reads it."""
    return await services.pass_on("POST", NAME, "/v1/returnees/sync", {"Content-Type": "application/json"}, content=batch)


async def list_to_mend(services: Services, cursor: str) -> tuple[list[dict[str, Any]], str]:
    return await _listed(services, _MEND, cursor)


async def read_to_mend(services: Services, identity: str) -> dict[str, Any]:
    entry: dict[str, Any] = await services.get(NAME, f"{_MEND}/{identity}")
    return entry


async def mend(services: Services, identity: str, body: dict[str, Any], version: str) -> dict[str, Any]:
    result: dict[str, Any] = await services.put(NAME, f"{_MEND}/{identity}", body, version=version)
    return result


async def dismiss(services: Services, identity: str, because: str, version: str, *, key: str) -> None:
    await services.post(NAME, f"{_MEND}/{identity}/dismissal", {"because": because} if because else {}, key=key, version=version)


async def list_conflicts(services: Services, cursor: str) -> tuple[list[dict[str, Any]], str]:
    return await _listed(services, _CONFLICTS, cursor)


async def read_conflict(services: Services, identity: str) -> dict[str, Any]:
    conflict: dict[str, Any] = await services.get(NAME, f"{_CONFLICTS}/{identity}")
    return conflict


async def conflicts_of(services: Services, returnee: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    listed = await services.get(NAME, f"/v1/returnees/{quote(returnee['reference'], safe='')}/conflicts")
    return listed["items"] or None


async def choose(services: Services, identity: str, choices: dict[str, str], version: str) -> dict[str, Any]:
    conflict: dict[str, Any] = await services.put(NAME, f"{_CONFLICTS}/{identity}/choices", {"choices": choices}, version=version)
    return conflict


async def _listed(services: Services, path: str, cursor: str) -> tuple[list[dict[str, Any]], str]:
    narrowed = {"cursor": cursor} if cursor else {}
    found = await services.get(NAME, path, **narrowed, limit="25")
    return found["items"], urlsplit(found["next"] or "").query
