"""The monitor, as the portal uses it."""

from typing import Any

from services.portal.clients import Services

NAME = "monitor"


async def activities(services: Services) -> dict[str, Any]:
    """All activities with their counts of evidence, in the framework's order, and the claimed and found number of activities."""
    found: dict[str, Any] = await services.get(NAME, "/v1/framework/activities")
    return found
