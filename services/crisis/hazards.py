"""What kind of danger a warning speaks of, as dated data: read and checked once at start. Pure besides that: no clock, no database."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import yaml
from pydantic import Field, TypeAdapter

from kit.dated import Dated
from services.crisis.warnings.cap import Info, Message

DATA: Final = Path(__file__).parent / "data" / "hazards.yaml"
EXPIRES_BY_KIND: Final = "expires-by-kind"
FARTHEST_AHEAD: Final = timedelta(days=366)
Hours = Annotated[int, Field(ge=1, le=720)]
Km = Annotated[float, Field(gt=0, le=2_000)]
# Messages say "M 6.4", "magnitude 6.4", "6.4M", "6.8 magnitude"; parameters name it.
_MAGNITUDE: Final = re.compile(r"\b(?:m(?:agnitude|w|b|s)?[\s:=]{0,3})(\d(?:\.\d)?)\b|\b(\d\.\d)\s?(?:m\b|magnitude)", re.IGNORECASE)
_READ_CHARACTERS: Final = 2_000


class Reach(Dated):
    from_: float = Field(alias="from", ge=0, le=10)
    km: Km


class Hazard(Dated):
    code: str = Field(pattern=r"^[a-z]{2,20}$")
    codes: frozenset[str]
    words: tuple[str, ...] = Field(min_length=1)
    radius_km: Km
    by_magnitude: tuple[Reach, ...] = ()
    stands_hours: Hours | None = None


class Hazards(Dated):
    version: str
    since: date
    source: str = Field(min_length=1)
    illustrative: bool
    otherwise_km: Km
    otherwise_hours: Hours
    hazards: tuple[Hazard, ...]

    def of(self, message: Message) -> str:
        """The code of the danger, or the first CAP category, or nothing where the message has neither (a Cancel)."""
        if found := self._find(message):
            return found.code
        return next((category.lower() for info in message.infos for category in info.categories), "")

    def reach_km(self, message: Message) -> float:
        """How far the danger reaches from a point that the message gives."""
        found = self._find(message)
        if found is None:
            return self.otherwise_km
        size = magnitude(message) if found.by_magnitude else None
        steps = [one.km for one in found.by_magnitude if size is not None and size >= one.from_]
        return steps[-1] if steps else found.radius_km

    def ends(self, message: Message) -> tuple[datetime | None, bool]:
        """When the last information ends, and whether one of them says no end: it stands as long as its kind of danger usually does.

        Counted from when it begins, if that is later than its sending. None of a message without information: a Cancel ends by itself.
        """
        found = self._find(message)
        usual = timedelta(hours=(found.stands_hours if found else None) or self.otherwise_hours)
        ends = [info.expires or _begins(info, message) + usual for info in message.infos]
        return max(ends, default=None), any(info.expires is None for info in message.infos)

    def _find(self, message: Message) -> Hazard | None:
        codes = {value.lower() for info in message.infos for _, value in (*info.event_codes, *_types(info))}
        said = "\n".join(f"{info.event}\n{info.headline or ''}" for info in message.infos)[:_READ_CHARACTERS].casefold()
        by_code = (one for one in self.hazards if one.codes & codes)
        by_word = (one for one in self.hazards if any(is_said(word, said) for word in one.words))
        return next(by_code, None) or next(by_word, None)


def _types(info: Info) -> Iterable[tuple[str, str]]:
    return ((name, value) for name, value in info.parameters if name.lower() == "eventtype")


def _begins(info: Info, message: Message) -> datetime:
    """A beginning that lies years ahead is a misprint."""
    sent = message.identity.sent
    return max(one for one in (sent, info.effective, info.onset) if one is not None and one <= sent + FARTHEST_AHEAD)


def magnitude(message: Message) -> float | None:
    """Of an earthquake, from a parameter of that name or from the text; `None` where none is given."""
    for info in message.infos:
        named = next((value for name, value in info.parameters if "magnitude" in name.lower()), "")
        text = f"{info.event} {info.headline or ''} {info.description or ''}"[:_READ_CHARACTERS]
        found = re.search(r"\d(?:\.\d+)?", named) or _MAGNITUDE.search(text)
        if found:
            return float(next(group for group in (*found.groups(), found.group()) if group))
    return None


def is_said(word: str, said: str) -> bool:
    """`word` in the casefolded text: Latin words stand alone and may be plural, other scripts write words together."""
    if all(char < "\u0250" for char in word):
        return re.search(rf"\b{re.escape(word)}(?:s|es)?\b", said) is not None
    return word in said


def load(path: Path = DATA) -> Sequence[Hazards]:
    """Newest first. Raises `pydantic.ValidationError`."""
    found = TypeAdapter(tuple[Hazards, ...]).validate_python(yaml.safe_load(path.read_text("utf-8")))
    return sorted(found, key=lambda one: one.since, reverse=True)


def in_force(lists: Sequence[Hazards], on: date) -> Hazards:
    """The oldest where none was in force yet."""
    return next((one for one in lists if one.since <= on), lists[-1])
