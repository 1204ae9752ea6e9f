"""Check-ins of the crisis service, as the portal uses them for whoever holds a personal link."""

from typing import Any, Final

from services.portal.clients import Services

NAME: Final = "crisis"


async def open_link(services: Services, token: str) -> dict[str, Any]:
    opened: dict[str, Any] = await services.post(NAME, "/v1/crisis/checkins/openings", {"token": token}, key="open-link")
    return opened


async def check_in(services: Services, body: dict[str, Any], *, key: str) -> None:
    await services.post(NAME, "/v1/crisis/checkins", body, key=key)


async def ask(services: Services, token: str, text: str, *, key: str) -> None:
    await services.post(NAME, "/v1/crisis/checkins/questions", {"token": token, "text": text}, key=key)
