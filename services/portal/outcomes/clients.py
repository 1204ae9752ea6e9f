"""Outcomes and needs of returnees, as the portal uses them."""

from typing import Any

import httpx

from services.portal.clients import Services

NAME = "reintegration"
PLACE = "/v1/returnees/outcomes"


async def outcomes(services: Services, at: str, help_code: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, PLACE, **narrowed(at, help_code))
    return found


async def profile(services: Services) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, f"{PLACE}/profile")
    return found


async def helps(services: Services) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await services.get(NAME, "/v1/returnees/helps"))["helps"]
    return found


async def public(services: Services, quarter: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, f"{PLACE}/public", **({"quarter": quarter} if quarter else {}))
    return found


async def export(services: Services, path: str, **params: str) -> httpx.Response:
    return await services.send("GET", NAME, f"{PLACE}{path}", {}, params=params)


def narrowed(at: str, help_code: str) -> dict[str, str]:
    return {"at": at} | ({"help": help_code} if help_code else {})
