"""What notifications need of crisis and of the register."""

from typing import Any, Final

from services.portal.clients import AwayError, RefusedError, Services

CRISIS: Final = "crisis"


async def push_key(services: Services) -> str:
    """What a browser subscribes with; nothing where notifications are not sent, or nobody answers: the page is complete without."""
    try:
        found: dict[str, str] = await services.get(CRISIS, "/v1/crisis/push/key")
    except (RefusedError, AwayError):
        return ""
    return found["key"]


async def subscribe_by_link(services: Services, token: str, subscription: dict[str, Any]) -> None:
    body = {"token": token, "subscription": subscription}
    await services.post(CRISIS, "/v1/crisis/checkins/push", body, key="notices")
