"""The monitor, as the portal uses it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from services.portal.clients import Services

NAME: Final = "monitor"
_ACTIVITIES: Final = "/v1/framework/activities"


@dataclass(frozen=True, slots=True)
class Told:
    """An activity with what was said of it: the newest first, each list with the place where its next page begins, or empty."""

    activity: Mapping[str, Any]
    reports: Mapping[str, Any]
    comments: Mapping[str, Any]


async def activities(services: Services, *, overdue: bool = False) -> dict[str, Any]:
    """All activities with their counts of evidence, in the framework's order, and the claimed and found number of activities."""
    found: dict[str, Any] = await services.get(NAME, _ACTIVITIES, **({"overdue": "true"} if overdue else {}))
    return found


async def activity(services: Services, number: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, _address(number))
    return found


async def told(services: Services, number: str, earlier: str) -> Told:
    """`earlier`: from where on the history goes; empty is the newest."""
    cursor = {"cursor": earlier} if earlier else {}
    return Told(
        *await asyncio.gather(
            activity(services, number),
            services.get(NAME, f"{_address(number)}/reports", limit="20", **cursor),
            services.get(NAME, f"{_address(number)}/comments", limit="100"),
        )
    )


async def figures(services: Services, number: str, by: str, quarter: str) -> dict[str, Any]:
    """One quarter divided one way; the newest that is published where none is asked for."""
    found: dict[str, Any] = await services.get(NAME, f"{_address(number)}/figures", by=by, **({"quarter": quarter} if quarter else {}))
    return found


async def actors(services: Services) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await services.get(NAME, "/v1/framework/actors"))["items"]
    return found


async def actor(services: Services, name: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, f"/v1/framework/actors/{quote(name, safe='')}")
    return found


async def duties(services: Services) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, "/v1/framework/duties")
    return found


async def report(services: Services, number: str, said: Mapping[str, Any], *, key: str, version: str) -> None:
    await services.post(NAME, f"{_address(number)}/reports", said, key=key, version=version)


async def comment(services: Services, number: str, said: Mapping[str, Any], *, key: str) -> None:
    await services.post(NAME, f"{_address(number)}/comments", said, key=key)


def _address(number: str) -> str:
    return f"{_ACTIVITIES}/{quote(number, safe='')}"
