"""When two complaints may be one, what merging them keeps, and who may join complaints: proposed here, decided by a person.

Personal values come as blind indexes: rules compare them and cannot read them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.complaints.duplicates.lists import Rule
from services.complaints.rules import Status


class Verdict(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    NOT_SURE = "not_sure"


@dataclass(frozen=True, slots=True)
class Features:
    """What of a complaint is compared. `victim_*` where the person is named apart from the reporter."""

    category: str
    country: str
    lodged_on: date
    reporter_phone: bytes | None = None
    reporter_sound: bytes | None = None
    victim_phone: bytes | None = None
    victim_sound: bytes | None = None
    licence: str | None = None
    respondent_sound: bytes | None = None

    @property
    def phones(self) -> frozenset[bytes]:
        return frozenset(one for one in (self.reporter_phone, self.victim_phone) if one is not None)

    @property
    def person_sound(self) -> bytes | None:
        """Whose complaint it is: the victim, and the reporter where no victim is named."""
        return self.victim_sound or self.reporter_sound

    @property
    def is_respondent_named(self) -> bool:
        return self.licence is not None or self.respondent_sound is not None


def first_that_holds(rules: Iterable[Rule], one: Features, other: Features) -> Rule | None:
    """Symmetric: it makes no difference which of the two was lodged first."""
    if _name_two_victims(one, other):
        return None
    return next((rule for rule in rules if _holds(rule, one, other)), None)


def _name_two_victims(one: Features, other: Features) -> bool:
    sounds, phones = (one.victim_sound, other.victim_sound), (one.victim_phone, other.victim_phone)
    return None not in sounds and sounds[0] != sounds[1] and (None in phones or phones[0] != phones[1])


def _holds(rule: Rule, one: Features, other: Features) -> bool:
    return (
        abs((one.lodged_on - other.lodged_on).days) <= rule.days
        and (rule.issue == "any" or one.category == other.category)
        and (not rule.same_country or one.country == other.country)
        and _is_same_person(rule.person, one, other)
        and _is_same_respondent(rule.respondent, one, other)
    )


def _is_same_person(by: str, one: Features, other: Features) -> bool:
    by_phone = not one.phones.isdisjoint(other.phones)
    by_name = one.person_sound is not None and one.person_sound == other.person_sound
    return {"phone": by_phone, "name": by_name, "either": by_phone or by_name}[by]


def _is_same_respondent(asked: str, one: Features, other: Features) -> bool:
    if asked == "any":
        return True
    if not (one.is_respondent_named and other.is_respondent_named):
        return asked == "same_or_unnamed"
    if one.licence is not None and other.licence is not None:
        return one.licence == other.licence
    return one.respondent_sound is not None and one.respondent_sound == other.respondent_sound


@dataclass(frozen=True, slots=True)
class Side:
    """What of a complaint decides whether and how it is merged."""

    kind: str
    status: str
    restricted: bool
    severity: int
    respondent_office: str | None
    is_appeal: bool = False


class Obstacle(StrEnum):
    ITSELF = "itself"
    OTHER_KIND = "other_kind"
    MERGED_ALREADY = "merged_already"
    DECIDED = "decided"
    APPEAL = "appeal"
    ABOUT_OTHER_OFFICES = "about_other_offices"


def obstacle(merged: Side, into: Side, *, is_same: bool = False) -> Obstacle | None:
    """Why `merged` may not become a part of `into`. What is decided is not merged away: the open one goes into it.

    An office never sees a complaint about itself, so that one about an office joins none that this office may hold.
    """
    if is_same:
        return Obstacle.ITSELF
    if merged.is_appeal or into.is_appeal:
        return Obstacle.APPEAL
    if merged.kind != into.kind:
        return Obstacle.OTHER_KIND
    if Status.MERGED in {merged.status, into.status}:
        return Obstacle.MERGED_ALREADY
    if merged.status == Status.RESOLVED:
        return Obstacle.DECIDED
    return Obstacle.ABOUT_OTHER_OFFICES if merged.respondent_office != into.respondent_office else None


def joined(merged: Side, into: Side) -> tuple[bool, int]:
    """(restricted, severity) of both from now on: the stricter of either. Whoever saw only the looser one sees neither."""
    return merged.restricted or into.restricted, max(merged.severity, into.severity)


def may_be_heard_together(lead: Features, other: Features) -> bool:
    """A collective complaint has one respondent; each person keeps their own claim."""
    return _is_same_respondent("same", lead, other)
