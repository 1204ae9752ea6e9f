"""Queues, deadlines, seats and figures of the complaints service, as the portal uses them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from services.portal.clients import Services

NAME = "complaints"


async def queue(services: Services, name: str, office: str, cursor: str) -> tuple[list[dict[str, Any]], str]:
    """A page of the queue, longest waiting first, and the query string of the page that follows (empty on the last)."""
    narrowed = {key: value for key, value in (("office", office), ("cursor", cursor)) if value}
    found = await services.get(NAME, f"/v1/complaints/queues/{name}", **narrowed, limit="25")
    return found["items"], urlsplit(found["next"] or "").query


async def figures(services: Services) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, "/v1/complaints/figures")
    return found


async def public_figures(services: Services, quarter: str) -> dict[str, Any]:
    narrowed = {"quarter": quarter} if quarter else {}
    found: dict[str, Any] = await services.get(NAME, "/v1/complaints/figures/public", **narrowed)
    return found


async def seats(services: Services) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await services.get(NAME, "/v1/complaints/seats"))["items"]
    return found


async def fill_seat(services: Services, seat: str, holder: str | None) -> None:
    await services.put(NAME, f"/v1/complaints/seats/{quote(seat, safe='')}", {"holder": holder})


async def newest_check(services: Services) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, "/v1/complaints/checks/newest")
    return found


async def start_check(services: Services, *, key: str) -> None:
    await services.post(NAME, "/v1/complaints/checks", {}, key=key)


async def deadlines(services: Services, complaint: Mapping[str, Any]) -> dict[str, Any] | None:
    """Of a complaint's page; None where no clock runs."""
    reference = quote(complaint["reference"], safe="")
    found: dict[str, Any] = await services.get(NAME, f"/v1/complaints/{reference}/deadlines")
    return found if found["items"] else None


async def note_contact(services: Services, reference: str, how: str, note: str, *, key: str) -> None:
    body = {"how": how, "note": note or None}
    await services.post(NAME, f"/v1/complaints/{quote(reference, safe='')}/contacts", body, key=key)
