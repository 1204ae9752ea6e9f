"""The parts of a record's page: each is fed by a call of its own, and may fail alone.

A page keeps a list of its parts (`complaints/sections.py`, `returnees/sections.py`). An area adds one line to it: who sees the part, the
function that asks its service, the template that shows what it said.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.text import Text
from kit.auth import Caller, Role
from services.portal.clients import AwayError, RefusedError, Services

Load = Callable[[Services, Mapping[str, Any]], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Section:
    """`load` is given the record as its service answered; None means that there is nothing to show.

    A template finds what `load` gave as `data`, beside what the page has (the record, `csrf`, …); the frame writes the heading. `name` is
    the anchor: a form that comes back leads to the page's address with `#name`. `roles` and `kinds` (of the record): None is all.
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


async def load_sections(services: Services, caller: Caller, record: Mapping[str, Any], known: Sequence[Section]) -> list[Loaded]:
    """Asked all at once. A part that the service refuses to this reader is left out."""
    asked = [one for one in known if one.is_for(caller, record.get("kind", ""))]
    loaded = await asyncio.gather(*(_load(services, record, one) for one in asked))
    return [one for one in loaded if one is not None]


async def _load(services: Services, record: Mapping[str, Any], section: Section) -> Loaded | None:
    try:
        data = await section.load(services, record)
    except RefusedError:
        return None
    except AwayError:
        return Loaded(section.name, section.title, section.template, is_away=True)
    return None if data is None else Loaded(section.name, section.title, section.template, data)
