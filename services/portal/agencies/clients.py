"""The agencies service, as the portal uses it."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from services.portal.clients import RefusedError, Services

NAME = "agencies"
LEAST_TYPED = 3
MOST_NAMED = "3"


async def search(services: Services, query: str, cursor: str) -> tuple[list[dict[str, Any]], str]:
    """A page of what was found, and the query string of the page that follows (empty on the last)."""
    narrowed = {"query": query, **({"cursor": cursor} if cursor else {})}
    found = await services.get(NAME, "/v1/agencies", **narrowed, limit="25")
    return found["items"], urlsplit(found["next"] or "").query


async def check(services: Services, asked: dict[str, Any]) -> dict[str, Any]:
    """In a body: what somebody asks may be a person's telephone number."""
    found: dict[str, Any] = (await services.send("POST", NAME, "/v1/agencies/check", {}, json=asked)).json()
    return found


async def read(services: Services, licence: str) -> dict[str, Any]:
    """The agency, its history and what belongs to it, and what to look at before one pays."""
    place = f"/v1/agencies/{quote(licence, safe='')}"
    agency = await services.get(NAME, place)
    history, particulars, advice = await asyncio.gather(
        services.get(NAME, f"{place}/history"),
        services.get(NAME, f"{place}/particulars"),
        check(services, {"query": agency["licence"]}),
    )
    return {"agency": agency, "history": history, "particulars": particulars, "advice": advice}


async def named(services: Services, licence: str, name: str) -> list[dict[str, Any]]:
    """Agencies that what was typed may mean, the licence before the name: at most three. Nothing where too little was typed."""
    for query in (licence, name):
        if len(query) >= LEAST_TYPED and (found := (await services.get(NAME, "/v1/agencies", query=query, limit=MOST_NAMED))["items"]):
            return list(found)
    return []


async def of_complaint(services: Services, complaint: Mapping[str, Any]) -> dict[str, Any] | None:
    """How the agency that a complaint is about stands: licence, class, warning. None where it names no licence."""
    licence = (complaint.get("respondent") or {}).get("licence")
    if not licence:
        return None
    try:
        return {"licence": licence, "agency": await services.get(NAME, f"/v1/agencies/{quote(licence, safe='')}")}
    except RefusedError:
        return {"licence": licence, "agency": None}


async def file(services: Services, licence: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, f"/v1/agencies/{quote(licence, safe='')}/file")
    return found


async def answer(services: Services, licence: str, fact: str, words: str, *, key: str) -> None:
    await services.post(NAME, f"/v1/agencies/{quote(licence, safe='')}/evidence/{quote(fact, safe='')}/answers", {"words": words}, key=key)


async def upload(services: Services, licence: str, name: str, content: bytes, *, fact: str, key: str) -> None:
    asked = {"name": name, **({"fact": fact} if fact else {})}
    await _give(services, f"/v1/agencies/{quote(licence, safe='')}/documents?{urlencode(asked)}", content, key)


async def imports(services: Services, cursor: str) -> tuple[list[dict[str, Any]], str]:
    found = await services.get(NAME, "/v1/agencies/imports", **({"cursor": cursor} if cursor else {}), limit="25")
    return found["items"], urlsplit(found["next"] or "").query


async def read_import(services: Services, identity: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, f"/v1/agencies/imports/{quote(identity, safe='')}")
    return found


async def import_sheet(services: Services, kind: str, mode: str, content: bytes, *, key: str) -> dict[str, Any]:
    path = f"/v1/agencies/imports/{quote(kind, safe='')}?{urlencode({'mode': mode})}"
    return await _give(services, path, content, key)


async def _give(services: Services, path: str, content: bytes, key: str) -> dict[str, Any]:
    """A file as it is; what it is the service judges."""
    headers = {"Idempotency-Key": key, "Content-Type": "application/octet-stream"}
    made: dict[str, Any] = (await services.send("POST", NAME, path, headers, content=content)).json()
    return made
