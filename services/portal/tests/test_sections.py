"""The parts of a complaint's page: who is shown which, and that one may fail alone."""

from collections.abc import Mapping
from typing import Any

import httpx

from contracts.text import Text
from kit.auth import Caller
from services.portal.clients import Services
from services.portal.sections import Section, load_sections

WING = Caller("w", "w", "", frozenset({"wing"}))
WORDS = Text("Part", "অংশ")


async def there(_: Services, complaint: Mapping[str, Any]) -> Any:
    return complaint["reference"]


async def empty(_: Services, __: Mapping[str, Any]) -> Any:
    return None


async def away(services: Services, _: Mapping[str, Any]) -> Any:
    return await services.get("nowhere", "/v1/complaints")


def section(name: str, load: Any, **only: Any) -> Section:
    return Section(name, WORDS, f"complaints/{name}.html", load, **only)


async def names(known: tuple[Section, ...], kind: str = "complaint") -> list[tuple[str, bool, Any]]:
    async with httpx.AsyncClient(timeout=240) as http:
        services = Services(http, http, {}, 0.0, "en", None, {})
        loaded = await load_sections(services, WING, {"reference": "C-1", "kind": kind}, known)
    return [(one.name, one.is_away, one.data) for one in loaded]


async def test_one_without_an_answer_leaves_the_others_alone() -> None:
    known = (section("one", there), section("two", away), section("three", there))
    assert await names(known) == [("one", False, "C-1"), ("two", True, None), ("three", False, "C-1")]


async def test_what_is_not_for_this_reader_or_kind_is_not_even_asked() -> None:
    known = (
        section("supervisors", away, roles=frozenset({"supervisor"})),
        section("deaths", away, kinds=frozenset({"death"})),
        section("wings", there, roles=frozenset({"wing"}), kinds=frozenset({"complaint"})),
        section("nothing", empty),
    )
    assert [name for name, *_ in await names(known)] == ["wings"]
