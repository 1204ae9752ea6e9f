"""Safe Migration Committees, as the monitor keeps them."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from services.portal.clients import Services

NAME: Final = "monitor"
_RETURNS: Final = "/v1/framework/committee-returns"


async def told(services: Services, quarter: str) -> dict[str, Any]:
    """One quarter as everybody reads it; the newest where none is asked for."""
    found: dict[str, Any] = await services.get(NAME, "/v1/framework/committees", **({"quarter": quarter} if quarter else {}))
    return found


async def returns(services: Services, cursor: str = "", quarter: str = "") -> dict[str, Any]:
    asked = {name: value for name, value in (("cursor", cursor), ("quarter", quarter)) if value}
    found: dict[str, Any] = await services.get(NAME, _RETURNS, limit="50", **asked)
    return found


async def one(services: Services, identity: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, f"{_RETURNS}/{quote(identity, safe='')}")
    return found


async def send(services: Services, said: Mapping[str, Any], *, key: str) -> str:
    """Its id."""
    made: dict[str, Any] = await services.post(NAME, _RETURNS, said, key=key)
    return str(made["id"])


async def correct(services: Services, identity: str, said: Mapping[str, Any], *, key: str, version: str) -> None:
    await services.post(NAME, f"{_RETURNS}/{quote(identity, safe='')}/corrections", said, key=key, version=version)
