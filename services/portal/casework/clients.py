"""What the pages of a returnee's case ask of the reintegration service."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import quote

from contracts.days import DHAKA
from services.portal.casework.rules import Source
from services.portal.clients import AwayError, Services
from services.portal.language import Language, said

NAME: Final = "reintegration"
Choices = list[tuple[str, str]]
_LISTS: Final = ("procedure", "helps", "consent-purposes", "needs", "instrument")


def address(reference: str) -> str:
    return f"/v1/returnees/{quote(reference, safe='')}"


async def urgent_of(services: Services, returnee: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    listed = await services.get(NAME, f"{address(returnee['reference'])}/tasks")
    return listed["items"] or None


async def matches_of(services: Services, returnee: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    listed = await services.get(NAME, f"{address(returnee['reference'])}/matches")
    return listed["items"] or None


async def abroad_of(services: Services, returnee: Mapping[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = await services.get(NAME, f"{address(returnee['reference'])}/abroad")
    return answer


async def case_of(services: Services, returnee: Mapping[str, Any]) -> dict[str, Any]:
    """With the days from which the plan's day is counted, so that the page can explain it."""
    case: dict[str, Any] = await services.get(NAME, f"{address(returnee['reference'])}/case")
    registered = datetime.fromisoformat(returnee["registered_at"]).astimezone(DHAKA).date()
    counted_from = max(date.fromisoformat(returnee["returned_on"]), registered)
    return {"case": case, "counted_from": counted_from, "plan_days": (date.fromisoformat(case["plan_due"]) - counted_from).days}


async def household_of(services: Services, returnee: Mapping[str, Any]) -> dict[str, Any]:
    members, known = await asyncio.gather(services.get(NAME, f"{address(returnee['reference'])}/household"), fetched(services, "procedure"))
    labels = {name: {one["code"]: one for one in known[name]} for name in ("relations", "schooling", "child_protection")}
    return {"members": members["items"], "labels": labels}


async def consents_of(services: Services, returnee: Mapping[str, Any]) -> dict[str, Any]:
    said_of, ways, purposes, bodies = await asyncio.gather(
        services.get(NAME, f"{address(returnee['reference'])}/consents"),
        fetched(services, "procedure"),
        fetched(services, "consent-purposes"),
        providers(services, returnee["district"]),
    )
    return {
        "items": said_of["items"],
        "ways": {one["code"]: one for one in ways["consent_ways"]},
        "purposes": {one["code"]: one for one in purposes["items"]},
        "bodies": {one["recipient"]: one["name"] for one in bodies},
    }


async def referrals_of(services: Services, returnee: Mapping[str, Any]) -> dict[str, Any]:
    listed, helps = await asyncio.gather(services.get(NAME, f"{address(returnee['reference'])}/referrals"), fetched(services, "helps"))
    return {"items": listed["items"], "declines": {one["code"]: one for one in helps["decline_codes"]}}


async def fetched(services: Services, name: str) -> dict[str, Any]:
    """A public list; while the service is away as it said last, for a filled form to be shown again."""
    place = f"{NAME}/{name}/whole"
    try:
        services.remembered[place] = await services.get(NAME, f"/v1/returnees/{name}")
    except AwayError:
        if place not in services.remembered:
            raise
    known: dict[str, Any] = services.remembered[place]
    return known


async def lists(services: Services, language: Language) -> dict[str, Choices]:
    """Every list from which an act chooses, as (code, words)."""
    procedure, helps, purposes, needs, _ = await asyncio.gather(*(fetched(services, name) for name in _LISTS))

    def chosen(items: Sequence[Mapping[str, Any]]) -> Choices:
        return [(one["code"], said(one, language)) for one in items]

    of_procedure = ("closing_reasons", "consent_ways", "relations", "schooling", "child_protection")
    return {
        **{name: chosen(procedure[name]) for name in of_procedure},
        **{name: chosen(helps[name]) for name in ("helps", "provider_kinds", "decline_codes")},
        "purposes": chosen(purposes["items"]),
        "needs": chosen(needs["items"]),
    }


async def providers(services: Services, district: str, help_code: str = "") -> list[dict[str, Any]]:
    """Open ones that take people of the district."""
    narrowed = {"district": district, "limit": "200"} | ({"help": help_code} if help_code else {})
    found: list[dict[str, Any]] = (await services.get(NAME, "/v1/returnees/providers", **narrowed))["items"]
    return [one for one in found if one["is_open"]]


async def read(services: Services, reference: str) -> dict[str, Any]:
    returnee: dict[str, Any] = await services.get(NAME, address(reference))
    return returnee


async def read_case(services: Services, reference: str) -> dict[str, Any]:
    case: dict[str, Any] = await services.get(NAME, f"{address(reference)}/case")
    return case


async def part_of(services: Services, reference: str, source: Source, of: str) -> dict[str, Any] | None:
    """What an act is about, as it stands now; None where nothing of that name is there."""
    if source == "case":
        return await read_case(services, reference)
    names: Mapping[Source, str] = {"task": "tasks", "referral": "referrals", "member": "household"}
    if source not in names:
        return {}
    listed = await services.get(NAME, f"{address(reference)}/{names[source]}")
    return next((one for one in listed["items"] if one["id"] == of), None)


async def write(services: Services, method: str, path: str, body: Mapping[str, Any], *, key: str, version: str = "") -> dict[str, Any]:
    if method == "PUT":
        done: dict[str, Any] = await services.put(NAME, path, body, version=version)
    else:
        done = await services.post(NAME, path, body, key=key, version=version)
    return done
