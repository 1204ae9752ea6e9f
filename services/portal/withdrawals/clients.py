"""What the pages of withdrawals ask of the service of partners."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from services.portal.clients import Services

NAME: Final = "partners"
_PATH: Final = "/v1/partners/withdrawals"


async def listed(services: Services, state: str, cursor: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, _PATH, state=state, limit="25", **({"cursor": cursor} if cursor else {}))
    return found


async def terms(services: Services) -> dict[str, Any]:
    """What may be answered, as the dated list says."""
    found: dict[str, Any] = (await services.get(NAME, "/v1/partners/lists"))["withdrawal"]
    return found


async def read(services: Services, event_id: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, f"{_PATH}/{quote(event_id, safe='')}")
    return found


async def confirm(services: Services, event_id: str, said: Mapping[str, Any], *, key: str) -> None:
    await services.post(NAME, f"{_PATH}/{quote(event_id, safe='')}/confirmation", said, key=key)
