"""Whom an alarm pages and what the page says, as dated data: judged at the start."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from contracts.text import Text
from kit.dated import Dated
from kit.safe_contact import MOST_SEGMENTS, segments
from services.crisis.outreach.lists import LONGEST_LINK, MOST_LETTERS_OF_A_COUNTRY, TEXTS
from services.crisis.outreach.rules import Channel
from services.crisis.paging.rules import Cause, Party, Who

IN_FORCE: Final = Path(__file__).parent / "data" / "escalation.yaml"
LEVELS: Final = range(5)
CARRIED: Final = frozenset({Channel.SMS, Channel.VOICE, Channel.WHATSAPP})
Minutes = Annotated[int, Field(ge=1, le=1440)]
Level = Annotated[int, Field(ge=0, le=4)]


class Step(Dated):
    who: Who
    wait_minutes: Minutes


class Policy(Dated):
    levels: frozenset[int] = Field(min_length=1)
    steps: tuple[Step, ...] = Field(min_length=1)
    loop_minutes: Minutes
    by: tuple[Channel, ...] = Field(min_length=1)
    needs: frozenset[Party] = Field(min_length=1)

    @model_validator(mode="after")
    def _ends_at_dhaka(self) -> Self:
        if self.steps[-1].who is not Who.DHAKA:
            raise ValueError("the last step is Dhaka's: an alarm that nobody takes must not end elsewhere")
        if not CARRIED.issuperset(self.by):
            raise ValueError(f"an officer is paged by {sorted(CARRIED)}")
        return self


class Escalation(Dated):
    version: str
    valid_from: date
    source: str
    illustrative: bool
    alerts_from: Level
    causes: Mapping[Cause, Level | None]
    policies: tuple[Policy, ...]
    acknowledges: frozenset[str] = Field(min_length=1)
    listens_hours: Annotated[int, Field(ge=1, le=168)]
    texts: Mapping[Cause, Text]

    @model_validator(mode="after")
    def _each_level_once(self) -> Self:
        if Counter(level for one in self.policies for level in one.levels) != Counter(LEVELS):
            raise ValueError("each level from 0 to 4 has one policy")
        if set(self.causes) != set(Cause) - {Cause.ALERT} or set(self.texts) != set(Cause):
            raise ValueError("each cause has its level and its words")
        return self

    @model_validator(mode="after")
    def _every_text_fits(self) -> Self:
        for language in ("en", "bn"):
            danger = max((words.in_language(language) for words in TEXTS.dangers.values()), key=len)
            longest = {"place": "ক" * MOST_LETTERS_OF_A_COUNTRY, "danger": danger, "link": "x" * LONGEST_LINK}
            for words in self.texts.values():
                text = words.in_language(language).format(**longest)
                if segments(text) > MOST_SEGMENTS:
                    raise ValueError(f"{segments(text)} parts where {MOST_SEGMENTS} are paid for: {text}")
        return self

    def of(self, level: int) -> Policy:
        return next(one for one in self.policies if level in one.levels)


def load(path: Path = IN_FORCE) -> Escalation:
    """Raises `pydantic.ValidationError`."""
    return Escalation.read(path)


ESCALATION: Final = load()
