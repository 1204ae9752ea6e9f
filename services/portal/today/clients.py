"""What the page of an officer's day asks, all at once: each part may fail alone."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from services.portal.clients import AwayError, RefusedError, Services

NAME = "reintegration"
_AWAY: dict[str, Any] = {"is_away": True}


async def day_of(services: Services, district: str) -> dict[str, Any]:
    """Each part as its route answers; `is_away` where none came, None where it is refused (a counter is not named yet)."""
    narrowed = {"district": district} if district else {}
    asked: dict[str, Awaitable[Any]] = {
        "urgent": services.get(NAME, "/v1/returnees/tasks", limit="10"),
        "due": services.get(NAME, "/v1/returnees/due", within_days="7"),
        "waiting": services.get(NAME, "/v1/returnees/counter/waiting"),
        "matches": services.get(NAME, "/v1/returnees/matches", limit="10"),
        "new": services.get(NAME, "/v1/returnees", limit="5"),
        "mend": services.get(NAME, "/v1/returnees/mend", limit="10"),
        "conflicts": services.get(NAME, "/v1/returnees/conflicts", limit="10"),
        "load": services.get(NAME, "/v1/returnees/load", **narrowed),
        "counter": services.get(NAME, "/v1/returnees/counter/today", **narrowed),
        "lists": services.get(NAME, "/v1/returnees/counter/lists"),
    }
    answers = await asyncio.gather(*(_answer(one) for one in asked.values()))
    return dict(zip(asked, answers, strict=True))


async def _answer(asked: Awaitable[Any]) -> Any:
    try:
        return {"is_away": False, **await asked}
    except RefusedError:
        return None
    except AwayError:
        return _AWAY


async def picture_of(services: Services, district: str, days: str) -> dict[str, Any]:
    narrowed = {name: value for name, value in (("district", district), ("days", days)) if value}
    found: dict[str, Any] = await services.get(NAME, "/v1/returnees/district", **narrowed)
    return found
