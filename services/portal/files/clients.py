"""Files and texts of a complaint, for the officer's page."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import httpx

from services.portal.access import LODGE
from services.portal.clients import Services

NAME: Final = "complaints"
_KEPT: Final = ("content-type", "content-disposition", "content-security-policy", "x-content-type-options", "cross-origin-resource-policy")


async def files_of(services: Services, complaint: Mapping[str, Any]) -> Any:
    """Also where there is none yet: from here one is added, at a counter for instance."""
    found = (await services.get(NAME, _place(complaint["reference"], "attachments")))["items"]
    may_add = services.visitor is not None and not LODGE.isdisjoint(services.visitor.caller.roles)
    return {"items": found, "may_add": may_add} if found or may_add else None


def uploads_of(reference: str) -> str:
    return _place(reference, "uploads")


async def texts_of(services: Services, complaint: Mapping[str, Any]) -> Any:
    """Also where none was sent: from here one is."""
    return (await services.get(NAME, _place(complaint["reference"], "messages")))["items"]


async def content_of(services: Services, reference: str, file_id: str, *, original: bool) -> httpx.Response:
    place = _place(reference, f"attachments/{file_id}")
    return await services.send("GET", NAME, place, {}, params={"original": "true"} if original else {})


def kept_headers(answer: httpx.Response) -> dict[str, str]:
    return {name: answer.headers[name] for name in _KEPT if name in answer.headers} | {"Cache-Control": "private, no-store"}


def _place(reference: str, part: str) -> str:
    return f"/v1/complaints/{quote(reference, safe='')}/{part}"
