"""Reports with figures, as the monitor keeps them."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from services.portal.clients import Services

NAME: Final = "monitor"
PUBLISHED: Final = "/v1/framework/reports"
DRAFTS: Final = "/v1/framework/report-drafts"


async def kinds(services: Services) -> dict[str, Any]:
    """Which reports there are, and the last half-year that may be told."""
    found: dict[str, Any] = await services.get(NAME, "/v1/framework/report-kinds")
    return found


async def published(services: Services, cursor: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, PUBLISHED, limit="50", **({"cursor": cursor} if cursor else {}))
    return found


async def edition(services: Services, name: str, period: str, number: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, f"{PUBLISHED}/{'/'.join(quote(one, safe='') for one in (name, period, number))}")
    return found


async def drafts(services: Services, cursor: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, DRAFTS, limit="50", **({"cursor": cursor} if cursor else {}))
    return found


async def draft(services: Services, identity: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, f"{DRAFTS}/{quote(identity, safe='')}")
    return found


async def make_draft(services: Services, wanted: Mapping[str, Any], *, key: str) -> dict[str, Any]:
    made: dict[str, Any] = await services.post(NAME, DRAFTS, wanted, key=key)
    return made


async def step(services: Services, identity: str, what: str, *, key: str, version: str) -> dict[str, Any]:
    """`what`: approval, publication, withdrawal."""
    found: dict[str, Any] = await services.post(NAME, f"{DRAFTS}/{quote(identity, safe='')}/{what}", {}, key=key, version=version)
    return found
