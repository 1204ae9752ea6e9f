"""The parts of a complaint's page: each is fed by a call of its own, and may fail alone.

An area adds one line to `SECTIONS`: who sees the part, the function that asks its service, the template that shows what it said.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contracts.text import Text
from kit.auth import Caller, Role
from services.portal.access import CASES, HANDLE, LODGE, READ
from services.portal.agencies import clients as agencies
from services.portal.answers import endpoints as answers
from services.portal.cases import clients as cases
from services.portal.clients import AwayError, RefusedError, Services
from services.portal.complaints import clients
from services.portal.duplicates import endpoints as duplicates
from services.portal.files import clients as files
from services.portal.redress import endpoints as redress
from services.portal.referrals import endpoints as referrals
from services.portal.supervision import clients as supervision

Load = Callable[[Services, Mapping[str, Any]], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Section:
    """`load` is given the complaint as `GET /v1/complaints/{reference}` answered; None means that there is nothing to show.

    A template finds what `load` gave as `data`, beside what the page has (`complaint`, `csrf`, …); the frame writes the heading. `name`
    is the anchor: a form that comes back leads to `/complaints/{reference}#name`. `roles` and `kinds`: None is all.
    """

    name: str
    title: Text
    template: str
    load: Load
    roles: frozenset[Role] | None = None
    kinds: frozenset[str] | None = None

    def is_for(self, caller: Caller, kind: str) -> bool:
        return (self.roles is None or caller.has(*self.roles)) and (self.kinds is None or kind in self.kinds)


@dataclass(frozen=True, slots=True)
class Loaded:
    """`is_away`: the service gave no answer, and the page says so instead of showing nothing."""

    name: str
    title: Text
    template: str
    data: Any = None
    is_away: bool = False


SECTIONS: Final[tuple[Section, ...]] = (
    Section("now", Text("What you may do now", "এখন যা করা যায়"), "complaints/now.html", clients.actions),
    Section(
        "case",
        Text("The case", "কেস"),
        "cases/section.html",
        cases.of_complaint,
        CASES,
        frozenset({"distress", "death", "missing", "protection"}),
    ),
    Section("agency", Text("The agency", "রিক্রুটিং এজেন্সি"), "agencies/section.html", agencies.of_complaint, roles=LODGE),
    Section("deadlines", Text("Deadlines", "সময়সীমা"), "supervision/deadlines.html", supervision.deadlines, roles=LODGE),
    Section("files", Text("Files", "ফাইল"), "files/list.html", files.files_of),
    Section("texts", Text("Texts that were sent", "পাঠানো মেসেজ"), "files/texts.html", files.texts_of, roles=LODGE),
    Section("hearings", Text("Hearings and settlements", "শুনানি ও আপস"), "complaints/hearings.html", clients.hearings),
    Section("money", Text("Money", "টাকা-পয়সা"), "redress/section.html", redress.section, roles=READ),
    Section("answers", Text("What the agency says", "এজেন্সির বক্তব্য"), "answers/section.html", answers.section, roles=HANDLE),
    Section("referrals", Text("Referred to others", "অন্যদের কাছে পাঠানো"), "referrals/section.html", referrals.section, roles=HANDLE),
    Section(
        "grs", Text("National GRS", "জাতীয় অভিযোগ প্রতিকার ব্যবস্থা"), "referrals/grs.html", referrals.grs_section, HANDLE, frozenset({"service"})
    ),
    Section(
        "links", Text("Tied to other complaints", "অন্য অভিযোগের সঙ্গে সম্পর্ক"), "duplicates/section.html", duplicates.section, roles=HANDLE
    ),
    Section("history", Text("What has been done", "যা করা হয়েছে"), "complaints/history.html", clients.history),
)


async def load_sections(
    services: Services, caller: Caller, complaint: Mapping[str, Any], known: Sequence[Section] = SECTIONS
) -> list[Loaded]:
    """Asked all at once. A part that the service refuses to this reader is left out."""
    asked = [one for one in known if one.is_for(caller, complaint["kind"])]
    loaded = await asyncio.gather(*(_load(services, complaint, one) for one in asked))
    return [one for one in loaded if one is not None]


async def _load(services: Services, complaint: Mapping[str, Any], section: Section) -> Loaded | None:
    try:
        data = await section.load(services, complaint)
    except RefusedError:
        return None
    except AwayError:
        return Loaded(section.name, section.title, section.template, is_away=True)
    return None if data is None else Loaded(section.name, section.title, section.template, data)
