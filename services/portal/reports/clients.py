"""Reports with figures, as the monitor keeps them."""

from typing import Any, Final
from urllib.parse import quote

from services.portal.clients import Services

NAME: Final = "monitor"
PUBLISHED: Final = "/v1/framework/reports"


async def published(services: Services, cursor: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, PUBLISHED, limit="50", **({"cursor": cursor} if cursor else {}))
    return found


async def edition(services: Services, name: str, period: str, number: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, f"{PUBLISHED}/{'/'.join(quote(one, safe='') for one in (name, period, number))}")
    return found
