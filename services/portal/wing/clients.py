"""A wing's cases, duties and December report, as the portal uses them."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit

from services.portal.clients import Services
from services.portal.language import Language, said
from services.portal.wing.rules import LIKELY, USUAL

NAME: Final = "crisis"
CASES: Final = "/v1/crisis/cases"
DUTY: Final = "/v1/crisis/duty"
DECEMBER: Final = "/v1/crisis/december"
Lists = dict[str, list[tuple[str, str]]]


def address(reference: str) -> str:
    return f"{CASES}/{quote(reference, safe='')}"


def report_address(mission: str, year: str) -> str:
    return f"{DECEMBER}/{quote(mission, safe='')}/{quote(year, safe='')}"


async def get(services: Services, path: str, **params: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, path, **params)
    return found


async def post(services: Services, path: str, body: Mapping[str, Any], *, key: str, version: str = "") -> dict[str, Any]:
    done: dict[str, Any] = await services.post(NAME, path, body, key=key, version=version)
    return done


async def queue(services: Services, name: str, cursor: str = "") -> tuple[list[dict[str, Any]], str]:
    """A page of a queue, and the query string of the page that follows (empty on the last)."""
    found = await services.get(NAME, CASES, queue=name, limit="25", **({"cursor": cursor} if cursor else {}))
    return found["items"], urlsplit(found["next"] or "").query


async def kinds(services: Services) -> dict[str, Any]:
    """Kinds by code, and the lists that they choose from."""
    listed = await services.get(NAME, f"{CASES}/kinds")
    return {"kinds": {one["code"]: one for one in listed["kinds"]}, "choices": listed["choices"]}


def lists_of(known: Mapping[str, Any], language: Language) -> Lists:
    return {name: [(one["code"], said(one["label"], language)) for one in many] for name, many in known["choices"].items()}


async def of_complaint(services: Services, complaint: Mapping[str, Any]) -> dict[str, Any]:
    """For the section on the page of a complaint."""
    found = await services.get(NAME, f"{CASES}/of-complaint", complaint=complaint["reference"])
    return {"items": found["items"], "kinds": (await kinds(services))["kinds"], "likely": LIKELY.get(complaint["category"], USUAL)}


async def complaint_of(services: Services, case: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the reader may see of the complaint that a case grew out of."""
    if not case["complaint"]:
        return None
    found: dict[str, Any] = await services.get("complaints", f"/v1/complaints/{quote(case['complaint'], safe='')}")
    return found


async def itself(_: Services, case: Mapping[str, Any]) -> Mapping[str, Any]:
    """A part that is shown from what the page has already."""
    return case


async def applicant(_: Services, case: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return case if case["applicant"] else None


async def visits(_: Services, case: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return case if case["visits"] else None
