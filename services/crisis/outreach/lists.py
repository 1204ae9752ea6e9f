"""How far outreach goes at each level, how fast providers take texts, and what the texts say: dated data, read and judged at start-up.

A text that would need more parts than the budget, or a ladder that leads nowhere, stops the service at its start and not in the night.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from contracts.crisis import Severity
from contracts.places import countries
from contracts.text import Text
from kit.dated import Dated
from kit.safe_contact import MOST_SEGMENTS, segments
from services.crisis.outreach.rules import CARRIED, Channel, Purpose, Source, Wording

DATA: Final = Path(__file__).parent / "data"
# Letters of the longest address of ours that a text carries: a deployment with a longer one does not start.
LONGEST_LINK: Final = 52
MOST_LETTERS_OF_A_COUNTRY: Final = 18
Lane = Annotated[int, Field(ge=0, le=3)]
LEVELS: Final = (1, 2, 3, 4)


class Provider(Dated):
    """`per_second`: parts of texts, calls or letters; null is unlimited. `burst`: as many at once after a rest."""

    per_second: Annotated[float, Field(gt=0)] | None
    burst: Annotated[int, Field(ge=2)] = 10
    at_once: Annotated[int, Field(ge=1, le=500)] = 64
    source: str = Field(min_length=1)


class Level(Dated):
    """`waits`: minutes before the next rung, one for each rung but the last; 0 goes on at once. `urgency`: as a push service knows it."""

    lane: Lane
    sources: tuple[Source, ...]
    climbs_to: Annotated[int, Field(ge=0)]
    waits: tuple[Annotated[int, Field(ge=0)], ...]
    reminders_after: tuple[Annotated[int, Field(ge=1)], ...] = ()
    urgency: Literal["low", "normal", "high"] = "normal"


class Reach(Dated):
    version: str
    since: date
    source: str = Field(min_length=1)
    illustrative: bool
    providers: Mapping[Channel, Provider]
    rungs: tuple[tuple[Channel, ...], ...] = Field(min_length=1)
    levels: Mapping[int, Level]
    all_clear_lane: Lane
    ends_after_hours: Annotated[int, Field(ge=1)]
    lost_after_s: Annotated[int, Field(ge=10, le=600)]
    links_days: Annotated[int, Field(ge=1, le=90)]

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if set(self.levels) != set(LEVELS):
            raise ValueError("each level from 1 to 4 needs its row")
        if missing := CARRIED - self.providers.keys() - {Channel.HOME}:
            raise ValueError(f"nothing is said of {sorted(missing)}")
        for number, level in self.levels.items():
            if level.climbs_to >= len(self.rungs) or len(level.waits) < level.climbs_to:
                raise ValueError(f"level {number} climbs to a rung that is not there, or does not say how long it waits")
        return self

    def rungs_of(self, level: int) -> Sequence[Sequence[Channel]]:
        return self.rungs[: self.levels[level].climbs_to + 1]

    def wait_after(self, level: int, rung: int) -> timedelta:
        waits = self.levels[level].waits
        return timedelta(minutes=waits[min(rung, len(waits) - 1)] if waits else 0)


class Words(Dated):
    neutral: Text
    plain: Text

    def of(self, wording: Wording) -> Text:
        return self.plain if wording is Wording.PLAIN else self.neutral


class Notices(Dated):
    """What a browser shows. `title`, by wording; `late`: where a message came after its end."""

    title: Words
    texts: Mapping[Purpose, Words]
    late: Text


class Card(Dated):
    """What is shown to a policeman or in a hospital, in the language of the host country. `since` and `source`: of this wording."""

    language: str
    text: str = Field(min_length=1, max_length=600)
    meaning: Text
    source: str
    illustrative: bool


class Texts(Dated):
    """`relay`: to be forwarded. `drill`: stands before each text of a drill."""

    version: str
    since: date
    source: str
    drill: Text
    dangers: Mapping[Severity, Text]
    texts: Mapping[Purpose, Words]
    home: Text
    relay: Text
    relay_all_clear: Text
    push: Notices
    subject: Text
    cards: Mapping[str, Card]
    card_of: Mapping[str, str]

    @model_validator(mode="after")
    def _every_text_fits(self) -> Self:
        told = self.texts.keys() & self.push.texts.keys()
        if missing := (set(Purpose) - {Purpose.ANSWER} - told) | (set(Severity) - self.dangers.keys()):
            raise ValueError(f"no words for {sorted(missing)}")
        known = [*(words.of(one) for words in self.texts.values() for one in Wording), self.home, self.relay, self.relay_all_clear]
        for language in ("en", "bn"):
            for words in known:
                text = self.drill.in_language(language) + words.in_language(language).format(**self._longest(language))
                if segments(text) > MOST_SEGMENTS:
                    raise ValueError(f"{segments(text)} parts where {MOST_SEGMENTS} are paid for: {text}")
        if unknown := set(self.card_of.values()) - self.cards.keys():
            raise ValueError(f"no such card: {sorted(unknown)}")
        return self

    def _longest(self, language: str) -> Mapping[str, str]:
        danger = max((words.in_language(language) for words in self.dangers.values()), key=len)
        return {"danger": danger, "country": "ক" * MOST_LETTERS_OF_A_COUNTRY, "link": "x" * LONGEST_LINK}

    def values(self, severity: str, country: str | None, link: str, language: str) -> Mapping[str, str]:
        """What stands in a text. A country's name that is too long for one is cut, never the instruction behind it."""
        name = known.in_language(language) if (known := countries().get(country or "")) else ""
        danger = self.dangers[Severity(severity)].in_language(language)
        return {"danger": danger, "country": name[:MOST_LETTERS_OF_A_COUNTRY], "link": link}

    def card(self, country: str | None) -> Card | None:
        code = self.card_of.get(country or "")
        return self.cards[code] if code else None


def load(folder: Path = DATA) -> tuple[Reach, Texts]:
    """Raises `pydantic.ValidationError` for data that does not hold together."""
    reach = Reach.read(folder / "reach.yaml")
    return reach, Texts.read(folder / "texts.yaml")


REACH, TEXTS = load()
