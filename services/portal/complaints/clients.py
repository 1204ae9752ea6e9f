"""The complaints service, as the portal uses it."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from services.portal.clients import AwayError, RefusedError, Services
from services.portal.language import Language, said

NAME = "complaints"
OFFICES = f"{NAME}/offices"
Choices = list[tuple[str, str]]


async def categories(services: Services, language: Language) -> Choices:
    """(code, words) in the order of the taxonomy. While the service is away: as it said last, for a filled form to be shown again."""
    try:
        listed = await services.get(NAME, "/v1/complaints/categories")
    except AwayError:
        listed = services.remembered.get(NAME, {"items": []})
    services.remembered[NAME] = listed
    return [(one["code"], said(one, language)) for one in listed["items"]]


async def offices(services: Services, language: Language) -> Choices:
    """(code, name) in the order of the names. While the service is away: as it said last, for a filled form to be shown again."""
    try:
        listed = await services.get(NAME, "/v1/complaints/offices")
    except AwayError:
        listed = services.remembered.get(OFFICES, {"items": []})
    services.remembered[OFFICES] = listed
    return sorted(((one["code"], said(one["name"], language)) for one in listed["items"]), key=lambda pair: pair[1])


async def old_font(services: Services, text: str, chosen: str) -> str | None:
    """How a text of an old font would read, where the person has not chosen yet; None where there is nothing to ask."""
    if chosen or not text:
        return None
    judged = await _judge(services, text)
    return str(judged["converted"]) if judged["looks_old"] else None


async def as_chosen(services: Services, text: str, chosen: str) -> dict[str, str]:
    """The words of a complaint as the person chose them to be read. What was pasted is kept beside them."""
    if chosen != "old":
        return {}
    return {"narrative": str((await _judge(services, text))["converted"]), "original_text": text}


async def _judge(services: Services, text: str) -> dict[str, Any]:
    judged: dict[str, Any] = await services.post(NAME, "/v1/complaints/public/text", {"text": text}, key="judge-text")
    return judged


async def lodge(services: Services, body: dict[str, Any], *, key: str) -> dict[str, Any]:
    receipt: dict[str, Any] = await services.post(NAME, "/v1/complaints", body, key=key)
    return receipt


async def read(services: Services, reference: str) -> dict[str, Any]:
    complaint: dict[str, Any] = await services.get(NAME, path_of(reference))
    return complaint


def path_of(reference: str, part: str = "") -> str:
    return f"/v1/complaints/{quote(reference, safe='')}{part}"


async def newest(services: Services, cursor: str, narrowed: Mapping[str, str] | None = None) -> tuple[list[dict[str, Any]], str]:
    """A page of the list, and the query string of the page that follows (empty on the last)."""
    asked = {"cursor": cursor, **(narrowed or {})}
    found = await services.get(NAME, "/v1/complaints", **{name: value for name, value in asked.items() if value}, limit="25")
    return found["items"], urlsplit(found["next"] or "").query


async def search(services: Services, body: dict[str, Any], *, key: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.post(NAME, "/v1/complaints/search", body, key=key)
    return found


async def actions(services: Services, complaint: Mapping[str, Any]) -> dict[str, Any] | None:
    """What this person may do now; None where their part in it knows no act at all."""
    found: dict[str, Any] = await services.get(NAME, path_of(complaint["reference"], "/actions"))
    return found if found["items"] else None


async def history(services: Services, complaint: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All of it, oldest first: as many pages as there are, a few in the longest case."""
    items: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = await services.get(NAME, path_of(complaint["reference"], "/history"), limit="200", **cursor)
        items += page["items"]
        if page["next"] is None:
            return items
        cursor = dict(pair.split("=", 1) for pair in urlsplit(page["next"]).query.split("&") if pair.startswith("cursor="))


async def hearings(services: Services, complaint: Mapping[str, Any]) -> dict[str, Any] | None:
    """Hearings and settlements; None where there are none."""
    reference = complaint["reference"]
    heard, settled = await asyncio.gather(
        services.get(NAME, path_of(reference, "/hearings")), _or_none(services, path_of(reference, "/settlements"))
    )
    if not heard["items"] and not settled["items"]:
        return None
    return {"hearings": heard["items"], "most": heard["most"], "settlements": settled["items"], "waives": settled.get("waives")}


async def _or_none(services: Services, path: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = await services.get(NAME, path)
    except RefusedError:
        return {"items": []}
    return found


async def colleagues(services: Services, reference: str) -> Choices:
    listed = await services.get(NAME, path_of(reference, "/colleagues"))
    return [(one["account"], one["account"]) for one in listed["items"]]


async def act(services: Services, reference: str, action: str, body: dict[str, Any], *, version: str, key: str) -> dict[str, Any]:
    done: dict[str, Any] = await services.post(NAME, path_of(reference, f"/actions/{action}"), body, key=key, version=version)
    return done
