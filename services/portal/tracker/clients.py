"""What the monitor tracks step by step, as the portal uses it."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlsplit

from services.portal.clients import Services

NAME: Final = "monitor"
_MATTERS: Final = "/v1/framework/matters"
_ACTIONS: Final = "/v1/framework/actions"


async def kinds(services: Services) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, "/v1/framework/matter-kinds")
    return found


async def matters(services: Services, cursor: str = "", **asked: str) -> dict[str, Any]:
    """A page of them; `asked` narrows them."""
    found: dict[str, Any] = await services.get(NAME, _MATTERS, **asked, **({"cursor": cursor} if cursor else {}))
    return found


async def all_matters(services: Services, **asked: str) -> list[dict[str, Any]]:
    """Some hundreds at most: their names stand beside what was decided."""
    found = await matters(services, limit="200", **asked)
    rows: list[dict[str, Any]] = found["items"]
    while cursor := cursor_of(found):
        found = await matters(services, cursor, limit="200", **asked)
        rows += found["items"]
    return rows


def cursor_of(found: Mapping[str, Any]) -> str:
    """Where the page that follows begins; empty after the last."""
    return parse_qs(urlsplit(found["next"] or "").query).get("cursor", [""])[0]


async def matter(services: Services, code: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, _address(code))
    return found


async def history(services: Services, code: str, cursor: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, f"{_address(code)}/history", limit="50", **({"cursor": cursor} if cursor else {}))
    return found


async def actions(services: Services, cursor: str = "", **asked: str) -> dict[str, Any]:
    """Those that are open, the first due first; `asked` narrows them."""
    found: dict[str, Any] = await services.get(NAME, _ACTIONS, limit="50", **asked, **({"cursor": cursor} if cursor else {}))
    return found


async def action(services: Services, identity: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, f"{_ACTIONS}/{quote(identity, safe='')}")
    return found


async def open_matter(services: Services, said: Mapping[str, Any], *, key: str) -> str:
    """The code under which it is tracked."""
    made: dict[str, Any] = await services.post(NAME, _MATTERS, said, key=key)
    return str(made["code"])


async def tell_step(services: Services, code: str, said: Mapping[str, Any], *, key: str, version: str) -> None:
    await services.post(NAME, f"{_address(code)}/steps", said, key=key, version=version)


async def decide_action(services: Services, code: str, said: Mapping[str, Any], *, key: str) -> None:
    await services.post(NAME, f"{_address(code)}/actions", said, key=key)


async def change_action(services: Services, identity: str, said: Mapping[str, Any], *, key: str, version: str) -> None:
    await services.post(NAME, f"{_ACTIONS}/{quote(identity, safe='')}/changes", said, key=key, version=version)


def _address(code: str) -> str:
    return f"{_MATTERS}/{quote(code, safe='')}"
