"""The register and the evidence of one agency, as its office uses them."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from services.portal.agencies.clients import NAME
from services.portal.clients import Services

BASE = "/v1/agencies"


async def read(services: Services, licence: str, cursor: str) -> dict[str, Any]:
    """The agency, its history, who belongs to it, and a page of facts with the query string of the page that follows."""
    place = _of(licence)
    narrowed = {"cursor": cursor} if cursor else {}
    agency, past, particulars, facts = await asyncio.gather(
        services.get(NAME, place),
        services.get(NAME, f"{place}/history"),
        services.get(NAME, f"{place}/particulars"),
        services.get(NAME, f"{place}/evidence", **narrowed, limit="50"),
    )
    following = urlsplit(facts["next"] or "").query
    return {"agency": agency, "history": past, "particulars": particulars, "facts": facts["items"], "next": following}


async def history(services: Services, licence: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = (await services.get(NAME, f"{_of(licence)}/history"))["items"]
    return found


async def write(services: Services, licence: str, path: str, body: Mapping[str, Any], *, key: str) -> None:
    await services.post(NAME, f"{_of(licence)}/{path}", body, key=key)


async def write_of_fact(services: Services, fact: str, path: str, body: Mapping[str, Any], *, key: str) -> None:
    await services.post(NAME, f"{BASE}/evidence/{quote(fact, safe='')}/{path}", body, key=key)


def _of(licence: str) -> str:
    return f"{BASE}/{quote(licence, safe='')}"
