"""The crisis service, as the portal uses it."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import httpx

from services.portal.clients import AwayError, RefusedError, Services

NAME = "crisis"


async def newest(services: Services, cursor: str, *, past: bool) -> tuple[list[dict[str, Any]], str]:
    """A page of the list, and the query string of the page that follows (empty on the last). Warnings in force only, unless `past`."""
    narrowed = {"cursor": cursor} if cursor else {}
    found = await services.get(NAME, "/v1/crisis/alerts", **narrowed, limit="25", live="false" if past else "true")
    return found["items"], urlsplit(found["next"] or "").query


async def read(services: Services, identity: UUID) -> dict[str, Any]:
    alert: dict[str, Any] = await services.get(NAME, f"/v1/crisis/alerts/{identity}")
    return alert


async def exposure(services: Services, identity: UUID) -> dict[str, Any]:
    figures: dict[str, Any] = await services.get(NAME, f"/v1/crisis/alerts/{identity}/exposure")
    return figures


async def decision(services: Services, identity: UUID) -> dict[str, Any] | None:
    """None of a warning that never stood, or came before there were decisions."""
    try:
        found: dict[str, Any] = await services.get(NAME, f"/v1/crisis/alerts/{identity}/decision")
    except RefusedError:
        return None
    return found


async def reach(services: Services, identity: UUID) -> dict[str, Any] | None:
    """None where nothing has gone out."""
    try:
        found: dict[str, Any] = await services.get(NAME, f"/v1/crisis/alerts/{identity}/reach")
    except RefusedError:
        return None
    return found


async def after_action(services: Services, identity: UUID) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, f"/v1/crisis/alerts/{identity}/figures")
    return found


async def duty(services: Services, identity: UUID) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, f"/v1/crisis/alerts/{identity}/duty")
    return found


async def drawing(services: Services, identity: UUID) -> dict[str, Any] | None:
    """None where there is nothing to draw, or it cannot be drawn now: the rest of the page does not wait for a map."""
    try:
        found: dict[str, Any] = await services.get(NAME, f"/v1/crisis/alerts/{identity}/duty/map")
    except (RefusedError, AwayError):
        return None
    return found


async def people(services: Services, identity: UUID, **narrowed: str) -> tuple[list[dict[str, Any]], str] | None:
    """A page of whom the warning concerns, and the query string of the next. None where nothing has gone out. Each is noted as read."""
    try:
        found = await services.get(NAME, f"/v1/crisis/alerts/{identity}/people", limit="25", **narrowed)
    except RefusedError as error:
        if error.code == httpx.codes.CONFLICT:
            return None
        raise
    return found["items"], urlsplit(found["next"] or "").query


async def names(services: Services, incidents: Sequence[Mapping[str, Any]], persons: Sequence[str], *, key: str) -> dict[str, Any]:
    """By the register's id; of whom an open incident of the reader's countries lets them know. Without one nobody has a name here."""
    known: dict[str, Any] = {}
    for incident in incidents:
        try:
            found = await services.post("registry", f"/v1/nationals/openings/{incident['id']}/names", {"people": list(persons)}, key=key)
        except (RefusedError, AwayError):
            continue
        known |= {one["id"]: one for one in found["items"]}
    return known


async def note_answer(services: Services, identity: UUID, said: dict[str, Any], *, key: str) -> None:
    await services.post(NAME, f"/v1/crisis/alerts/{identity}/checkins", said, key=key)


def duty_changes(services: Services, identity: UUID, after: str, last_event_id: str) -> AbstractAsyncContextManager[httpx.Response]:
    """Changes of one warning, from where the browser was, or from where its page was drawn."""
    path = f"/v1/crisis/alerts/{identity}/duty/stream?{urlencode({'after': after})}"
    return services.stream(NAME, path, {"Last-Event-ID": last_event_id} if last_event_id else {})


async def decide(services: Services, identity: UUID, act: str, *, version: str, key: str) -> None:
    await services.post(NAME, f"/v1/crisis/alerts/{identity}/decision/{act}", {}, key=key, version=version)


async def write(services: Services, said: dict[str, Any], *, key: str) -> str:
    """The id of the warning, which waits for a second officer."""
    return str((await services.post(NAME, "/v1/crisis/alerts/written", said, key=key))["id"])


async def end(services: Services, identity: UUID, said: dict[str, Any], *, key: str) -> None:
    await services.post(NAME, f"/v1/crisis/alerts/{identity}/ending", said, key=key)


async def acknowledge(services: Services, identity: UUID, *, key: str) -> None:
    await services.post(NAME, f"/v1/crisis/alerts/{identity}/acknowledgements", {}, key=key)


def changes(services: Services, last_event_id: str) -> AbstractAsyncContextManager[httpx.Response]:
    """The live stream: one server-sent event per change of a warning that the caller may see, from where the browser was."""
    return services.stream(NAME, "/v1/crisis/alerts/stream", {"Last-Event-ID": last_event_id} if last_event_id else {})
