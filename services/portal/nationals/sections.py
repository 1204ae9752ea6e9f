"""The parts of a person's page. An area adds one line: who sees the part, who asks for it, what shows it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from contracts.text import Text
from services.portal.access import INCIDENT_ASK
from services.portal.clients import Services
from services.portal.incidents.clients import get
from services.portal.sections import Section


def _of(name: str) -> Callable[[Services, Mapping[str, Any]], Awaitable[Any]]:
    """What the register gave with the person: no call of its own."""

    async def load(_: Services, person: Mapping[str, Any]) -> Any:
        return person[name] or None

    return load


async def _incidents(services: Services, person: Mapping[str, Any]) -> Any:
    """Those that are open where the person is."""
    found = await get(services, "incidents", open="true", limit="50")
    return [one for one in found["items"] if one["country"] == person["country"]] or None


SECTIONS: Final[tuple[Section, ...]] = (
    Section("came_home", Text("Said to have come home", "দেশে ফিরেছেন বলে জানা গেছে"), "nationals/returns.html", _of("came_home")),
    Section("leaving", Text("Evacuation", "প্রত্যাবাসন"), "nationals/leaving.html", _incidents, INCIDENT_ASK),
    Section("places", Text("Where the person was said to be", "যেখানে আছেন বলে জানা গেছে"), "nationals/places.html", _of("places")),
    Section("contacts", Text("How to reach them", "যোগাযোগের উপায়"), "nationals/contacts.html", _of("contacts")),
    Section("documents", Text("Papers", "কাগজপত্র"), "nationals/papers.html", _of("documents")),
    Section("kin", Text("Next of kin", "নিকটাত্মীয়"), "nationals/relatives.html", _of("kin")),
    Section("household", Text("Who is with them there", "সঙ্গে যাঁরা আছেন"), "nationals/relatives.html", _of("household")),
)
