"""Reports with figures, as the monitor keeps them."""

from collections.abc import Mapping
from typing import Any, Final, Literal
from urllib.parse import quote

from services.portal.clients import Services

NAME: Final = "monitor"
PUBLISHED: Final = "/v1/framework/reports"
_DRAFTS: Final = "/v1/framework/report-drafts"
Step = Literal["approval", "publication", "withdrawal"]


async def published(services: Services, cursor: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, PUBLISHED, limit="50", **({"cursor": cursor} if cursor else {}))
    return found


async def edition(services: Services, name: str, period: str, number: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, f"{PUBLISHED}/{'/'.join(quote(one, safe='') for one in (name, period, number))}")
    return found


async def kinds(services: Services) -> dict[str, Any]:
    """Which reports there are, and the last half-year that may be told."""
    found: dict[str, Any] = await services.get(NAME, "/v1/framework/report-kinds")
    return found


async def drafts(services: Services, cursor: str) -> dict[str, Any]:
    """What is not published, also what was withdrawn: the newest first."""
    found: dict[str, Any] = await services.get(NAME, _DRAFTS, limit="50", **({"cursor": cursor} if cursor else {}))
    return found


async def draft(services: Services, identity: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, f"{_DRAFTS}/{quote(identity, safe='')}")
    return found


async def make_draft(services: Services, said: Mapping[str, Any], *, key: str) -> str:
    """Its id."""
    made: dict[str, Any] = await services.post(NAME, _DRAFTS, said, key=key)
    return str(made["id"])


async def step(services: Services, identity: str, to: Step, *, key: str, version: str) -> dict[str, Any]:
    """The draft after the step."""
    done: dict[str, Any] = await services.post(NAME, f"{_DRAFTS}/{quote(identity, safe='')}/{to}", {}, key=key, version=version)
    found: dict[str, Any] = done["draft"]
    return found
