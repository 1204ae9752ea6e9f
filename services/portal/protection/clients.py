"""Protection of a complaint and of its people, as the portal uses the complaints service for it."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from services.portal.clients import Services
from services.portal.redress.clients import NAME, lists, path_of


async def consents(services: Services, complaint: Mapping[str, Any]) -> dict[str, Any]:
    """Those on record, and to whom another may be given. An office or a partner is named by its code, so their kinds are no recipients."""
    found, known = await asyncio.gather(services.get(NAME, path_of(complaint["reference"], "consents")), lists(services, "referral-lists"))
    return {"items": found["items"], "bodies": [one for one in known.get("bodies", []) if one["code"] not in _NAMED_BY_CODE]}


_NAMED_BY_CODE = frozenset({"bmet", "demo", "wing", "welfare_board", "ngo"})


async def keeping(_: Services, complaint: Mapping[str, Any]) -> dict[str, Any]:
    return {"on_hold": complaint["on_hold"], "emptied_at": complaint["emptied_at"], "version": complaint["version"]}


async def contact(_: Services, complaint: Mapping[str, Any]) -> dict[str, Any] | None:
    """None for whoever does not see how to reach the person."""
    found: dict[str, Any] | None = complaint["safe_contact"]
    return found


async def change(services: Services, reference: str, *parts: str, body: Mapping[str, Any], key: str, version: str = "") -> Any:
    return await services.post(NAME, path_of(reference, *parts), body, key=key, version=version)


async def page_of(services: Services, path: str, cursor: str, **narrowed: str) -> tuple[list[dict[str, Any]], str]:
    """A page of a list, and the cursor of the page that follows (empty on the last)."""
    asked = {name: value for name, value in {**narrowed, "cursor": cursor}.items() if value}
    found = await services.get(NAME, path, **asked, limit="25")
    following = dict(pair.split("=", 1) for pair in urlsplit(found["next"] or "").query.split("&") if "=" in pair)
    return found["items"], following.get("cursor", "")
