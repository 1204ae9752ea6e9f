"""The register of nationals, as the portal uses it."""

from typing import Any, Final
from urllib.parse import quote

from services.portal.clients import Services

NAME: Final = "registry"
PLACE: Final = "/v1/nationals"


async def lists(services: Services, language: str) -> dict[str, list[tuple[str, str]]]:
    """What forms choose from, by the name of the list."""
    said = await services.get(NAME, f"{PLACE}/lists")
    return {name: [(one["code"], one[language]) for one in choices] for name, choices in said.items() if isinstance(choices, list)}


async def register(services: Services, body: dict[str, Any], *, key: str) -> dict[str, Any]:
    receipt: dict[str, Any] = await services.post(NAME, PLACE, body, key=key)
    return receipt


async def search(services: Services, asked: dict[str, Any]) -> list[dict[str, Any]]:
    found: dict[str, Any] = (await services.send("POST", NAME, f"{PLACE}/search", {}, json=asked)).json()
    items: list[dict[str, Any]] = found["items"]
    return items


async def read(services: Services, reference: str, purpose: str) -> dict[str, Any]:
    person: dict[str, Any] = await services.get(NAME, place_of(reference), purpose=purpose)
    return person


async def add_place(services: Services, reference: str, body: dict[str, Any]) -> None:
    await services.send("POST", NAME, f"{place_of(reference)}/places", {}, json=body)


async def change(services: Services, reference: str, body: dict[str, Any], *, key: str, version: str) -> None:
    await services.post(NAME, f"{place_of(reference)}/changes", body, key=key, version=version)


async def compare_card(services: Services, reference: str) -> None:
    await services.send("POST", NAME, f"{place_of(reference)}/card-comparison", {})


async def give_secret(services: Services, reference: str) -> dict[str, Any]:
    key: dict[str, Any] = (await services.send("POST", NAME, f"{place_of(reference)}/secret", {})).json()
    return key


async def listed(services: Services, what: str, cursor: str) -> tuple[list[dict[str, Any]], str]:
    """The items, and the query of the page that follows, empty on the last."""
    page = await services.get(NAME, f"{PLACE}/{what}", **({"cursor": cursor} if cursor else {}))
    following = f"cursor={page['next'].partition('cursor=')[2].partition('&')[0]}" if page["next"] else ""
    return page["items"], following


async def decide(services: Services, what: str, identity: str, body: dict[str, Any]) -> None:
    await services.send("POST", NAME, f"{PLACE}/{what}/{quote(identity, safe='')}/decision", {}, json=body)


async def own(services: Services, body: dict[str, Any], address: str, *, changes: bool = False) -> dict[str, Any]:
    answer = await services.send("POST", NAME, f"{PLACE}/own{'/changes' if changes else ''}", {"X-Forwarded-For": address}, json=body)
    shown: dict[str, Any] = answer.json()
    return shown


def place_of(reference: str) -> str:
    return f"{PLACE}/{quote(reference, safe='')}"
