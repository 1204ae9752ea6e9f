"""The classification of agencies, as the portal uses it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from services.portal.clients import Services

NAME = "agencies"
BASE = "/v1/agencies/ratings"


async def listed(services: Services, path: str, cursor: str = "", **narrowed: str) -> tuple[list[dict[str, Any]], str]:
    """A page of a list, and the query string of the page that follows (empty on the last)."""
    given = {name: value for name, value in narrowed.items() if value} | ({"cursor": cursor} if cursor else {})
    found = await services.get(NAME, f"{BASE}{path}", **given, limit="50")
    return found["items"], urlsplit(found["next"] or "").query


async def one(services: Services, path: str, **narrowed: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, f"{BASE}{path}", **narrowed)
    return found


async def do(services: Services, path: str, body: Mapping[str, Any], *, key: str, version: str = "") -> dict[str, Any]:
    """A step of the process; `version` is what the person saw of the record."""
    done: dict[str, Any] = await services.post(NAME, f"{BASE}{path}", body, key=key, version=version)
    return done


async def rule_sets(services: Services) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await services.get(NAME, f"{BASE}/rule-sets"))["items"]
    return found


def of_run(identity: UUID, licence: str = "") -> str:
    return f"/runs/{identity}" + (f"/results/{quote(licence, safe='')}" if licence else "")


def of_file(licence: str) -> str:
    return f"/files/{quote(licence, safe='')}"


def of_rule_set(name: str, version: str) -> str:
    return f"/rule-sets/{quote(name, safe='')}/{quote(version, safe='')}"
