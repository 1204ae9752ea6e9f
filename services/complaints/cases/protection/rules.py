"""Families left behind, wives, children and husbands alike: risk, a plan, the next visit. Framework activity 4.4.2.7."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError
from services.complaints.cases.lists import LEVELS, Level, Risks
from services.complaints.cases.rules import NOT_TAKEN_OVER, Facts, missing_of_any


class Who(StrEnum):
    WIFE = "wife"
    HUSBAND = "husband"
    CHILD = "child"
    PARENT = "parent"


class Tie(StrEnum):
    """Who somebody is to the person. `self`: the person's own telephone, or nobody."""

    SELF = "self"
    ABSENT_SPOUSE = "absent_spouse"
    PRESENT_SPOUSE = "present_spouse"
    RELATIVE = "relative"
    NEIGHBOUR = "neighbour"
    TEACHER = "teacher"
    ORGANIZATION = "organization"
    NOBODY = "nobody"


LEVEL_WORDS: Final[dict[Level, Text]] = {
    "low": Text("Low risk", "কম ঝুঁকি"),
    "medium": Text("Medium risk", "মাঝারি ঝুঁকি"),
    "high": Text("High risk", "উচ্চ ঝুঁকি"),
    "extreme": Text("Extreme risk", "চরম ঝুঁকি"),
}
NO_GUARDIAN: Final = Text(
    "Name the adult who looks after the child, or write that there is none.", "শিশুর দেখাশোনা কে করেন লিখুন; কেউ না থাকলে তাও লিখুন।"
)


class ThroughAbuserError(ConflictError):
    slug = "contact-through-abuser"
    title = Text(
        "Never reach the family through the one who harms them. Choose another way.",
        "যিনি নির্যাতন করেন, তাঁর মাধ্যমে কখনো পরিবারের সঙ্গে যোগাযোগ করা যাবে না। অন্য উপায় বেছে নিন।",
    )


class NoReasonError(ConflictError):
    slug = "visit-too-late"
    title = Text(
        "A family at this risk may not wait so long for a visit.", "এই মাত্রার ঝুঁকিতে থাকা পরিবার পরবর্তী সাক্ষাতের জন্য এত দিন অপেক্ষা করতে পারে না।"
    )


def reached(through: Tie, abuser: Tie) -> None:
    """Raises `ThroughAbuserError`."""
    if through == abuser != Tie.NOBODY:
        raise ThroughAbuserError


@dataclass(frozen=True, slots=True)
class Reading:
    points: int
    speaks_for: Level


def read_answers(risks: Risks, answers: Collection[str]) -> Reading:
    """What the answers speak for. A person decides the level, higher or lower, and says why."""
    points = sum(one.points for one in risks.items if one.code in answers)
    return Reading(points, max((level for level in LEVELS if points >= risks.bands[level]), key=LEVELS.index))


def visit_due(risks: Risks, level: Level, today: date) -> date:
    """The last day for the next visit to a family of this level."""
    return today + timedelta(days=risks.visit_within_days[level])


def planned_visit(risks: Risks, level: Level, today: date, wanted: date | None) -> date:
    """Sooner is always allowed, later never. Raises `NoReasonError`."""
    latest = visit_due(risks, level, today)
    if wanted is not None and wanted > latest:
        raise NoReasonError
    return wanted or latest


@dataclass(frozen=True, slots=True)
class ProtectionFacts:
    any: Facts
    level: str | None = None
    visits: int = 0


_NO_LEVEL: Final = Text("The risk has not been assessed.", "ঝুঁকি যাচাই করা হয়নি।")
_NO_VISIT: Final = Text("Nobody has visited the family.", "পরিবারের সঙ্গে কেউ দেখা করেননি।")
_STILL_RISK: Final = Text("The last assessment says high or extreme risk.", "সর্বশেষ যাচাইয়ে ঝুঁকি উচ্চ বা চরম।")
_AT_RISK: Final[Sequence[str]] = ("high", "extreme")


def missing(outcome: str, facts: ProtectionFacts) -> list[Text]:
    """What has to be known before a protection case ends with this outcome."""
    asked = [
        (facts.level is None, _NO_LEVEL),
        (outcome == "safe" and facts.visits == 0, _NO_VISIT),
        (outcome == "safe" and facts.level in _AT_RISK, _STILL_RISK),
        (outcome == "handed_over" and not facts.any.is_taken_over, NOT_TAKEN_OVER),
    ]
    return [*missing_of_any(facts.any), *(words for is_missing, words in asked if is_missing)]
