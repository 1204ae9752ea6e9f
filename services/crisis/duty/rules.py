"""Who takes note of a warning, and what a wing does next, decided without a clock, a database or the network.

Each mission acknowledges once, for its own countries. The unreached are a number of their own: silence is planned for, not hoped against
(anchors, crisis §3.6).
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError
from services.crisis.checkins.rules import IN_NEED, UNREACHED
from services.crisis.decisions.rules import Outcome
from services.crisis.warnings.rules import REACHED, NotYourCountryError, State


class NothingToAcknowledgeError(ConflictError):
    slug = "alert-not-standing"
    title = Text("This warning stands no longer: there is nothing to acknowledge.", "এই সতর্কবার্তা আর বহাল নেই: প্রাপ্তিস্বীকারের কিছু নেই।")


def acknowledging(state: State, missions: Mapping[str, Iterable[str]], done: Collection[str], covers: Callable[[str], bool]) -> list[str]:
    """For which missions (code → countries of this warning) a caller who covers some countries acknowledges now; none where all have.

    An expired warning may still be acknowledged: that it was seen late is worth knowing. Raises `NothingToAcknowledgeError` for one
    that was replaced or taken back, `NotYourCountryError` where the caller covers none of its countries.
    """
    mine = [code for code, its_countries in missions.items() if any(covers(country) for country in its_countries)]
    if not mine:
        raise NotYourCountryError
    open_ = [code for code in mine if code not in done]
    if open_ and state is not State.STANDING:
        raise NothingToAcknowledgeError(Text("Open the list of warnings in force.", "বহাল থাকা সতর্কবার্তার তালিকা দেখুন।"))
    return open_


# What a stream tells, in words for the log on the wing's page.
CHANGE_WORDS: Final[Mapping[str, Text]] = {
    "raised": Text("The warning came", "সতর্কবার্তাটি এসেছে"),
    "acknowledged": Text("A mission has seen it", "একটি মিশন প্রাপ্তিস্বীকার করেছে"),
    "superseded": Text("A newer warning replaced it", "নতুন সতর্কবার্তা এটির জায়গা নিয়েছে"),
    "cancelled": Text("It was taken back", "এটি বাতিল করা হয়েছে"),
    "ended": Text("It was said that the danger is over", "জানানো হয়েছে যে বিপদ কেটে গেছে"),
    "standing": Text("It stands again", "এটি আবার বহাল হয়েছে"),
    "counted": Text("The registered people were counted", "নিবন্ধিত মানুষ গোনা হয়েছে"),
    "duty_moved": Text("The duty went to another mission, or came back", "দায়িত্ব অন্য মিশনে গেছে, বা ফিরে এসেছে"),
    "released": Text("It was sent out", "এটি প্রচার করা হয়েছে"),
    "withheld": Text("It was held back", "এটি আটকে রাখা হয়েছে"),
    "incident": Text("It became part of an incident", "এটি একটি ঘটনার সঙ্গে যুক্ত হয়েছে"),
    REACHED: Text("People were reached, or answered", "মানুষের কাছে পৌঁছানো গেছে, বা উত্তর এসেছে"),
}
OTHER_CHANGE: Final = Text("Something changed", "কিছু বদলেছে")


@dataclass(slots=True)
class Group:
    """Of those who were to be warned: so many people; nothing was heard of `unreached`; `in_need` said that they need help."""

    people: int = 0
    handed: int = 0
    unreached: int = 0
    in_need: int = 0


@dataclass(slots=True)
class Figures:
    """Of one chain of warnings, each person once, in `statuses` by what holds of them (`unreached` where nothing does).

    `never_handed`: of the unreached, those to whom nothing could be sent; `texts`: what people wrote and nobody has answered yet.
    """

    handed: int = 0
    delivered: int = 0
    never_handed: int = 0
    to_visit: int = 0
    texts: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)

    @property
    def people(self) -> int:
        return sum(self.statuses.values())

    @property
    def unreached(self) -> int:
        return self.statuses.get(UNREACHED, 0)

    @property
    def in_need(self) -> int:
        return sum(self.statuses.get(one, 0) for one in IN_NEED)

    def add(self, other: "Figures") -> None:
        self.handed += other.handed
        self.delivered += other.delivered
        self.never_handed += other.never_handed
        self.to_visit += other.to_visit
        self.texts += other.texts
        for status, people in other.statuses.items():
            self.statuses[status] = self.statuses.get(status, 0) + people
        for code, one in other.groups.items():
            sum_ = self.groups.setdefault(code, Group())
            sum_.people, sum_.handed = sum_.people + one.people, sum_.handed + one.handed
            sum_.unreached, sum_.in_need = sum_.unreached + one.unreached, sum_.in_need + one.in_need


def summed(by_country: Mapping[str, Figures], countries: Collection[str] | None) -> Figures:
    """Of these countries alone; None is all, also those of whom nobody knows the country."""
    total = Figures()
    for country, one in by_country.items():
        if countries is None or country in countries:
            total.add(one)
    return total


class Step(StrEnum):
    """What to do now, the most urgent first. Each follows from what is known, none from a person's judgement."""

    OVER = "over"
    ACKNOWLEDGE = "acknowledge"
    DECIDE = "decide"
    WATCH_WINDOW = "watch-window"
    HELP = "help"
    FIRST = "first"
    TEXTS = "texts"
    INCIDENT = "incident"
    VISIT = "visit"
    UNREACHED = "unreached"
    RELAYS = "relays"


STEP_WORDS: Final[Mapping[Step, Text]] = {
    Step.OVER: Text("It is over: find out how those are who have not answered", "এটি শেষ: যাঁরা উত্তর দেননি তাঁরা কেমন আছেন খোঁজ নিন"),
    Step.ACKNOWLEDGE: Text("Say that you have seen the warning", "সতর্কবার্তাটি দেখেছেন, তা জানান"),
    Step.DECIDE: Text("Decide whether it goes out: nobody has been told", "প্রচার হবে কি না সিদ্ধান্ত দিন: এখনো কাউকে জানানো হয়নি"),
    Step.WATCH_WINDOW: Text("It goes out by itself: hold it back if it is wrong", "এটি নিজে থেকে প্রচার হবে: ভুল হলে আটকান"),
    Step.HELP: Text("People who need help: answer them first", "যাঁদের সাহায্য দরকার, আগে তাঁদের সাড়া দিন"),
    Step.FIRST: Text("Vulnerable people nobody has heard of: find them", "ঝুঁকিপূর্ণ যাঁদের খোঁজ মেলেনি, তাঁদের খুঁজে বের করুন"),
    Step.TEXTS: Text("Messages from people wait for an answer", "মানুষের পাঠানো বার্তা উত্তরের অপেক্ষায়"),
    Step.INCIDENT: Text("Open an incident: it opens the register of this country by name", "একটি ঘটনা খুলুন: এতে এই দেশের নিবন্ধন নামসহ খুলবে"),
    Step.VISIT: Text("People whom no message reaches: somebody has to go there", "যাঁদের কাছে কোনো বার্তা পৌঁছায় না: কাউকে যেতে হবে"),
    Step.UNREACHED: Text("People nobody has heard of yet", "যাঁদের খোঁজ এখনো পাওয়া যায়নি"),
    Step.RELAYS: Text("Nobody tells the unregistered: ask associations and employers", "অনিবন্ধিতদের কেউ জানাচ্ছে না: সমিতি ও নিয়োগকর্তাদের বলুন"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the steps follow from. `is_seen`: acknowledged by the reader's missions; `outcome`: None where nothing was decided."""

    stands: bool
    is_seen: bool
    level: int
    outcome: Outcome | None
    has_incident: bool
    incident_from_level: int
    relays: int
    figures: Figures
    first_unreached: int


def steps(now: Situation) -> list[tuple[Step, int | None]]:
    """With how many it is about, where it is about people."""
    figures, is_out = now.figures, now.outcome is Outcome.RELEASED
    wanted: list[tuple[Step, bool, int | None]] = [
        (Step.OVER, not now.stands and figures.people > 0, None),
        (Step.ACKNOWLEDGE, now.stands and not now.is_seen, None),
        (Step.DECIDE, now.stands and now.outcome is Outcome.WAITS, None),
        (Step.WATCH_WINDOW, now.stands and now.outcome is Outcome.WINDOW, None),
        (Step.HELP, figures.in_need > 0, figures.in_need),
        (Step.FIRST, now.first_unreached > 0, now.first_unreached),
        (Step.TEXTS, figures.texts > 0, figures.texts),
        (Step.INCIDENT, now.stands and is_out and not now.has_incident and now.level >= now.incident_from_level, None),
        (Step.VISIT, figures.to_visit > 0, figures.to_visit),
        (Step.UNREACHED, figures.unreached > 0, figures.unreached),
        (Step.RELAYS, now.stands and is_out and now.relays == 0, None),
    ]
    return [(step, people) for step, is_wanted, people in wanted if is_wanted]
