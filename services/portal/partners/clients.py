"""Partner organisations, as the portal asks their service for them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit
from uuid import UUID

from services.portal.clients import Services
from services.portal.language import Language, said

NAME: Final = "partners"
ROOT: Final = "/v1/partners"
Choices = Sequence[tuple[str, str]]


async def raw_lists(services: Services) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, f"{ROOT}/lists")
    return found


async def lists(services: Services, language: Language) -> dict[str, Choices]:
    """What the forms choose from, as (code, words); `fields` are those of all purposes."""
    found = await raw_lists(services)
    named = {name: [(one["code"], said(one["name"], language)) for one in found[name]] for name in ("kinds", "purposes", "scopes")}
    reasons = [(one["code"], said(one["name"], language)) for one in found["suspension_reasons"]]
    said_of = {field["code"]: said(field["name"], language) for record in found["records"] for field in record["fields"]}
    codes = dict.fromkeys(field for purpose in found["purposes"] for field in purpose["fields"])
    fields = [(code, said_of.get(code, code)) for code in codes]
    return {**named, "suspension_reasons": reasons, "fields": fields}


async def organisations(services: Services, state: str, cursor: str) -> tuple[list[dict[str, Any]], str]:
    narrowed = {name: value for name, value in (("state", state), ("cursor", cursor)) if value}
    found = await services.get(NAME, f"{ROOT}/organisations", **narrowed, limit="25")
    return found["items"], urlsplit(found["next"] or "").query


async def organisation(services: Services, code: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, organisation_path(code))
    return found


def organisation_path(code: str, *steps: str) -> str:
    return "/".join((f"{ROOT}/organisations", *(quote(one, safe="") for one in (code, *steps))))


async def items(services: Services, path: str, **params: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await services.get(NAME, path, **params))["items"]
    return found


async def write(services: Services, path: str, body: Mapping[str, Any], *, key: str, version: str = "") -> Any:
    return await services.post(NAME, path, body, key=key, version=version)


async def change_client(services: Services, code: str, name: str, state: str, version: str) -> None:
    await services.put(NAME, organisation_path(code, "clients", name), {"state": state}, version=version)


async def credentials(services: Services, code: str) -> list[dict[str, Any]]:
    """Of all programs of the organisation, newest first of each."""
    return await items(services, organisation_path(code, "credentials"))


async def change_credential(services: Services, code: str, name: str, number: int, body: Mapping[str, Any], version: str) -> None:
    await services.put(NAME, organisation_path(code, "clients", name, "credentials", str(number)), body, version=version)


async def usage(services: Services, code: str) -> list[dict[str, Any]]:
    return await items(services, organisation_path(code, "usage"))


async def event_choices(services: Services, language: Language) -> list[tuple[str, str]]:
    """Events that an endpoint can leave out: a withdrawal of consent always comes."""
    found = await raw_lists(services)
    chosen = {event for purpose in found["purposes"] for event in purpose["events"]}
    return [(one["code"], said(one["name"], language)) for one in found["records"] if one["code"] in chosen]


async def name_stewards(services: Services, code: str, accounts: Sequence[str], version: str) -> None:
    await services.put(NAME, organisation_path(code, "stewards"), {"accounts": list(accounts)}, version=version)


class Endpoints:
    """Of one organisation, for which a person acts."""

    def __init__(self, services: Services, code: str) -> None:
        self._services = services
        self._code = code
        self._at = f"?organisation={quote(code, safe='')}"

    async def all(self) -> list[dict[str, Any]]:
        return await items(self._services, f"{ROOT}/endpoints", organisation=self._code)

    async def one(self, endpoint: UUID) -> dict[str, Any]:
        found: dict[str, Any] = await self._services.get(NAME, f"{ROOT}/endpoints/{endpoint}", organisation=self._code)
        return found

    async def deliveries(self, endpoint: UUID, state: str, cursor: str) -> tuple[list[dict[str, Any]], str]:
        narrowed = {name: value for name, value in (("state", state), ("cursor", cursor)) if value}
        path = f"{ROOT}/endpoints/{endpoint}/deliveries"
        found = await self._services.get(NAME, path, **narrowed, organisation=self._code, limit="25")
        following = urlsplit(found["next"] or "").query
        return found["items"], "&".join(one for one in following.split("&") if one and not one.startswith("organisation="))

    async def add(self, url: str, client_id: str, *, key: str) -> dict[str, Any]:
        made: dict[str, Any] = await write(self._services, f"{ROOT}/endpoints{self._at}", {"url": url, "client_id": client_id}, key=key)
        return made

    async def change(self, endpoint: UUID, said_of: Mapping[str, Any], version: str) -> None:
        await self._services.put(NAME, f"{ROOT}/endpoints/{endpoint}{self._at}", said_of, version=version)

    async def rotate(self, endpoint: UUID, *, key: str, version: str) -> dict[str, Any]:
        made: dict[str, Any] = await write(self._services, f"{ROOT}/endpoints/{endpoint}/secret{self._at}", {}, key=key, version=version)
        return made

    async def ping(self, endpoint: UUID, *, key: str) -> None:
        await write(self._services, f"{ROOT}/endpoints/{endpoint}/pings{self._at}", {}, key=key)

    async def replay(self, endpoint: UUID, *, key: str, since: datetime | None = None, event: str = "") -> int:
        said_of = {"since": since.isoformat()} if since else {"events": [event]}
        answer = await write(self._services, f"{ROOT}/endpoints/{endpoint}/replays{self._at}", said_of, key=key)
        queued: int = answer["queued"]
        return queued
