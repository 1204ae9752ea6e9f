"""What the pages of a returnee's case ask of the reintegration service."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from services.portal.clients import Services

NAME: Final = "reintegration"


def address(reference: str) -> str:
    return f"/v1/returnees/{quote(reference, safe='')}"


async def urgent_of(services: Services, returnee: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    listed = await services.get(NAME, f"{address(returnee['reference'])}/tasks")
    return listed["items"] or None
