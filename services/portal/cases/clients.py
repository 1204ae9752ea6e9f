"""The cases of the complaints service, as the portal uses them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from services.portal.clients import Services
from services.portal.language import Language, said

NAME = "complaints"
Lists = dict[str, list[tuple[str, str]]]


def address(reference: str) -> str:
    return f"/v1/complaints/{quote(reference, safe='')}/case"


async def read(services: Services, reference: str) -> dict[str, Any]:
    case: dict[str, Any] = await services.get(NAME, address(reference))
    return case


async def of_complaint(services: Services, complaint: Mapping[str, Any]) -> dict[str, Any]:
    """For the section on the page of a complaint."""
    return await read(services, complaint["reference"])


async def lists(services: Services, language: Language) -> Lists:
    listed = await services.get(NAME, "/v1/complaints/cases/lists")
    return {name: [(one["code"], said(one, language)) for one in choices] for name, choices in listed["lists"].items()}


async def act(services: Services, reference: str, path: str, body: Mapping[str, Any], *, key: str, version: str) -> dict[str, Any]:
    done: dict[str, Any] = await services.post(NAME, address(reference) + path, body, key=key, version=version)
    return done


async def grow(services: Services, reference: str, body: dict[str, Any], *, key: str) -> dict[str, Any]:
    grown: dict[str, Any] = await services.post(NAME, f"/v1/complaints/{quote(reference, safe='')}/cases", body, key=key)
    return grown


async def send(services: Services, path: str, body: Mapping[str, Any], *, key: str) -> dict[str, Any]:
    done: dict[str, Any] = await services.post(NAME, f"/v1/complaints/cases/{path}", body, key=key)
    return done


async def listed(services: Services, what: str, cursor: str, **narrowed: str) -> tuple[list[dict[str, Any]], str]:
    """A page of one of the desks' lists, and the query string of the page that follows (empty on the last)."""
    asked = {**{name: value for name, value in narrowed.items() if value}, **({"cursor": cursor} if cursor else {})}
    found = await services.get(NAME, f"/v1/complaints/cases/{what}", **asked, limit="25")
    return found["items"], urlsplit(found["next"] or "").query


async def arrivals(services: Services) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, "/v1/complaints/cases/arrivals")
    return found
