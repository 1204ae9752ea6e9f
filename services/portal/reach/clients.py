"""Check-ins of the crisis service, as the portal uses them for whoever holds a personal link."""

from typing import Any, Final
from uuid import UUID

import httpx

from services.portal.clients import Services

NAME: Final = "crisis"


async def open_link(services: Services, token: str) -> dict[str, Any]:
    opened: dict[str, Any] = await services.post(NAME, "/v1/crisis/checkins/openings", {"token": token}, key="open-link")
    return opened


async def check_in(services: Services, body: dict[str, Any], *, key: str) -> None:
    await services.post(NAME, "/v1/crisis/checkins", body, key=key)


async def ask(services: Services, token: str, text: str, *, key: str) -> None:
    await services.post(NAME, "/v1/crisis/checkins/questions", {"token": token, "text": text}, key=key)


async def texts(services: Services, due: str, after: str) -> dict[str, Any]:
    narrowed = {"due": due, "after": after} if due and after else {}
    found: dict[str, Any] = await services.get(NAME, "/v1/crisis/texts", **narrowed)
    return found


async def recording_of(services: Services, text: UUID) -> httpx.Response:
    """Raises `RefusedError` for what is not here, or another's."""
    return await services.send("GET", NAME, f"/v1/crisis/texts/{text}/recording", {})


async def answer_text(services: Services, text: UUID, said: dict[str, Any], *, version: str, key: str) -> None:
    await services.post(NAME, f"/v1/crisis/texts/{text}/answer", said, key=key, version=version)


async def relays(services: Services, cursor: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, "/v1/crisis/relays", **({"cursor": cursor} if cursor else {}))
    return found


async def add_relay(services: Services, said: dict[str, Any], *, key: str) -> None:
    await services.post(NAME, "/v1/crisis/relays", said, key=key)


async def end_relay(services: Services, relay: UUID, *, key: str) -> None:
    await services.post(NAME, f"/v1/crisis/relays/{relay}/end", {}, key=key)


async def duty_of(services: Services, country: str) -> dict[str, Any]:
    """Whether the officer acts there, or whose duty it is."""
    found: dict[str, Any] = await services.get(NAME, f"/v1/crisis/duty/countries/{country}")
    return found
