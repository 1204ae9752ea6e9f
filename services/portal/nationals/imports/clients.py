"""Imports of the register, as the portal uses them."""

from typing import Any, Final
from urllib.parse import quote

from fastapi import Response

from services.portal.clients import Services
from services.portal.nationals.clients import NAME

PLACE: Final = "/v1/nationals/imports"
SHOWN: Final = "20"


def place_of(identity: str) -> str:
    return f"{PLACE}/{quote(identity, safe='')}"


async def read(services: Services, identity: str) -> dict[str, Any]:
    run: dict[str, Any] = await services.get(NAME, place_of(identity))
    return run


async def columns(services: Services, identity: str) -> dict[str, Any]:
    shown: dict[str, Any] = await services.get(NAME, f"{place_of(identity)}/columns")
    return shown


async def report(services: Services, identity: str, after: int) -> dict[str, Any]:
    shown: dict[str, Any] = await services.get(NAME, f"{place_of(identity)}/report", after=str(max(0, after)), limit=SHOWN)
    return shown


async def sample(services: Services, identity: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await services.get(NAME, f"{place_of(identity)}/sample"))["items"]
    return items


async def act(services: Services, method: str, identity: str, what: str, body: dict[str, Any], version: str) -> None:
    await services.send(method, NAME, f"{place_of(identity)}/{what}", {"If-Match": f'"{version}"'}, json=body)


async def download(services: Services, identity: str, language: str) -> Response:
    answer = await services.send("GET", NAME, f"{place_of(identity)}/report.csv", {}, params={"language": language})
    kept = {name: answer.headers[name] for name in ("content-type", "content-disposition") if name in answer.headers}
    return Response(answer.content, headers=kept | {"Cache-Control": "no-store"})
