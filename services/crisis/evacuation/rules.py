"""How people are brought out of a crisis and home, and that none is lost on the way: no clock, no database, no network.

The chain of states is what was seen in Libya 2011, Sudan 2023, Lebanon 2024 and Iran 2025: registration, papers, shelter, one or more legs
with transit limits, arrival, hand-over. Relocation (sheltered) and evacuation are different. Nobody is refused for lacking a paper: papers
decide which queue somebody stands in, never whether.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from contracts.persons import AgeBand, Sex
from contracts.text import Text
from kit.errors import ConflictError

PREFIX: Final = "Y"
LAST: Final = 9
HOME: Final = "BD"


class State(StrEnum):
    REGISTERED = "registered"
    CONTACTED = "contacted"
    PAPERS = "papers"
    SHELTERED = "sheltered"
    MANIFESTED = "manifested"
    DEPARTED = "departed"
    IN_TRANSIT = "in_transit"
    ARRIVED = "arrived"
    ASSISTED = "assisted"
    HANDED_OVER = "handed_over"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"
    DECEASED = "deceased"
    HOSPITAL = "hospital"
    DETAINED = "detained"
    NO_SHOW = "no_show"


class Papers(StrEnum):
    """`travel_paper`: the mission must make one; `exit_clearance`: the host country must let the person out."""

    NOT_KNOWN = "not_known"
    OK = "ok"
    TRAVEL_PAPER = "travel_paper"
    EXIT_CLEARANCE = "exit_clearance"


STATE_WORDS: Final[Mapping[State, Text]] = {
    State.REGISTERED: Text("Registered", "নিবন্ধিত"),
    State.CONTACTED: Text("Contacted", "যোগাযোগ হয়েছে"),
    State.PAPERS: Text("Papers being made", "কাগজপত্র তৈরি হচ্ছে"),
    State.SHELTERED: Text("In a shelter", "আশ্রয়কেন্দ্রে আছেন"),
    State.MANIFESTED: Text("Has a seat", "আসন পেয়েছেন"),
    State.DEPARTED: Text("Departed", "রওনা হয়েছেন"),
    State.IN_TRANSIT: Text("In transit", "ট্রানজিটে আছেন"),
    State.ARRIVED: Text("Arrived", "পৌঁছেছেন"),
    State.ASSISTED: Text("Helped on arrival", "পৌঁছে সহায়তা পেয়েছেন"),
    State.HANDED_OVER: Text("Handed over", "হস্তান্তর করা হয়েছে"),
    State.DECLINED: Text("Does not want to leave", "যেতে চান না"),
    State.UNREACHABLE: Text("Not reached", "যোগাযোগ করা যাচ্ছে না"),
    State.DECEASED: Text("Deceased", "মৃত"),
    State.HOSPITAL: Text("In hospital", "হাসপাতালে আছেন"),
    State.DETAINED: Text("Detained", "আটক আছেন"),
    State.NO_SHOW: Text("Did not come", "আসেননি"),
}
PAPERS_WORDS: Final[Mapping[Papers, Text]] = {
    Papers.NOT_KNOWN: Text("Not looked at yet", "এখনো দেখা হয়নি"),
    Papers.OK: Text("Papers in order", "কাগজপত্র ঠিক আছে"),
    Papers.TRAVEL_PAPER: Text("Needs a travel paper", "ভ্রমণপত্র প্রয়োজন"),
    Papers.EXIT_CLEARANCE: Text("Needs exit clearance", "বহির্গমন ছাড়পত্র প্রয়োজন"),
}
# An officer moves people between these by hand. Seats, departure and arrival of a leg make the other moves.
_WAITING: Final = frozenset({State.REGISTERED, State.CONTACTED, State.PAPERS, State.SHELTERED})
_ASIDE: Final = frozenset({State.DECLINED, State.UNREACHABLE, State.HOSPITAL, State.DETAINED, State.NO_SHOW})
_ON_THE_WAY: Final = frozenset({State.MANIFESTED, State.DEPARTED, State.IN_TRANSIT})
_HOME: Final = frozenset({State.ARRIVED, State.ASSISTED, State.HANDED_OVER})
MAY_BE_SEATED: Final = _WAITING | {State.IN_TRANSIT, State.UNREACHABLE, State.NO_SHOW, State.DECLINED, State.HOSPITAL, State.DETAINED}
ON_THE_WAY: Final = _ON_THE_WAY
WANTS_SEAT: Final = _WAITING | {State.IN_TRANSIT}


class NotFromHereError(ConflictError):
    slug = "no-such-step"
    title = Text("A person cannot go from where they are to that.", "বর্তমান অবস্থা থেকে ওই অবস্থায় নেওয়া যায় না।")


class NoWindowError(ConflictError):
    slug = "registration-closed"
    title = Text("Registration for evacuation is closed. It can be opened again.", "প্রত্যাবাসনের নিবন্ধন এখন বন্ধ। আবার খোলা যেতে পারে।")


class WindowOpenError(ConflictError):
    slug = "registration-open"
    title = Text("Registration is open already.", "নিবন্ধন আগে থেকেই খোলা আছে।")


class FullError(ConflictError):
    """`free`: how many seats are left."""

    slug = "leg-full"
    title = Text("There are not so many seats left.", "এত আসন আর খালি নেই।")


class LegNotOpenError(ConflictError):
    slug = "leg-not-open"
    title = Text("This leg takes nobody any more.", "এই যাত্রায় আর কাউকে নেওয়া হচ্ছে না।")


class HasSeatError(ConflictError):
    slug = "has-seat"
    title = Text("This person has a seat on another leg already.", "এই ব্যক্তির অন্য একটি যাত্রায় আসন আছে।")


class ChildAloneError(ConflictError):
    slug = "child-alone"
    title = Text(
        "A child travels only with a guardian who has a seat on the same leg, or with a named escort.",
        "শিশু কেবল একই যাত্রায় আসন থাকা অভিভাবক বা নামসহ নির্ধারিত সঙ্গীর সঙ্গে যেতে পারে।",
    )


class GuardianNeededError(ConflictError):
    slug = "guardian-needed"
    title = Text(
        "A child on this leg travels with this person. Give the child another guardian first.",
        "এই যাত্রায় একটি শিশু এই ব্যক্তির সঙ্গে যাচ্ছে। আগে শিশুটির জন্য অন্য অভিভাবক ঠিক করুন।",
    )


class KnownAlreadyError(ConflictError):
    """`evacuee`: who it is."""

    slug = "evacuee-known"
    title = Text("This person is registered for this evacuation already.", "এই ব্যক্তি এই প্রত্যাবাসনে আগেই নিবন্ধিত।")


class ProofNeededError(ConflictError):
    slug = "proof-needed"
    title = Text("A death is recorded only with the document that proves it.", "মৃত্যু নথিভুক্ত করতে প্রমাণপত্রের উল্লেখ প্রয়োজন।")


class SamePersonError(ConflictError):
    slug = "second-person-needed"
    title = Text("Somebody else countersigns.", "প্রতিস্বাক্ষর অন্য কাউকে করতে হবে।")


def may_become(now: State) -> list[State]:
    """What an officer may write down by hand: among those who wait and those set aside; helped after arrival; a death before it."""
    by_hand = _WAITING | _ASIDE
    known: set[State] = set()
    if now in by_hand:
        known = set(by_hand)
    elif now is State.IN_TRANSIT:
        known = {State.HOSPITAL, State.DETAINED, State.DECLINED}
    elif now is State.ARRIVED:
        known = {State.ASSISTED}
    if now in by_hand | _ON_THE_WAY:
        known.add(State.DECEASED)
    return [one for one in State if one in known and one is not now]


def check_move(now: State, to: State, *, has_proof: bool) -> None:
    """By hand. Raises `NotFromHereError`, `ProofNeededError`."""
    if to not in may_become(now):
        raise NotFromHereError
    if to is State.DECEASED and not has_proof:
        raise ProofNeededError


def check_seat(state: State) -> None:
    """Raises `HasSeatError` for who has one, `NotFromHereError` for who is home or dead."""
    if state in {State.MANIFESTED, State.DEPARTED}:
        raise HasSeatError
    if state not in MAY_BE_SEATED:
        raise NotFromHereError


def reasons_of(said: Iterable[str], sex: Sex, age_band: AgeBand) -> list[str]:
    """What an officer ticked, and what sex and age say by themselves."""
    known = dict.fromkeys(said)
    if age_band is AgeBand.UNDER_18:
        known.setdefault("child")
    elif sex is Sex.FEMALE:
        known.setdefault("woman")
    return list(known)


def priority(ranks: Iterable[int]) -> int:
    return min(ranks, default=LAST)


def is_child(age_band: str) -> bool:
    return age_band == AgeBand.UNDER_18


def check_accompanied(*, child: bool, guardian_seated: bool, has_escort: bool) -> None:
    """Raises `ChildAloneError`."""
    if child and not guardian_seated and not has_escort:
        raise ChildAloneError


def after_arrival(to_country: str) -> State:
    return State.ARRIVED if to_country == HOME else State.IN_TRANSIT


class Part(StrEnum):
    """Each person who was exposed stands in exactly one of these."""

    SAFE = "safe"
    HELP = "help"
    INJURED_DETAINED = "injured_or_detained"
    ON_EVACUATION = "on_evacuation"
    EVACUATED = "evacuated"
    LEFT = "left"
    DECLINED = "declined"
    UNREACHED = "unreached"
    NOT_IN_AREA = "not_in_area"
    DECEASED = "deceased"


PART_WORDS: Final[Mapping[Part, Text]] = {
    Part.SAFE: Text("Safe where they are", "যেখানে আছেন সেখানে নিরাপদ"),
    Part.HELP: Text("Need help", "সাহায্য প্রয়োজন"),
    Part.INJURED_DETAINED: Text("Injured, in hospital or detained", "আহত, হাসপাতালে বা আটক"),
    Part.ON_EVACUATION: Text("On the list to leave, or under way", "ফেরার তালিকায় বা পথে"),
    Part.EVACUATED: Text("Brought home", "দেশে ফিরিয়ে আনা হয়েছে"),
    Part.LEFT: Text("Left by themselves", "নিজেরাই দেশটি ছেড়েছেন"),
    Part.DECLINED: Text("Do not want to leave", "যেতে চান না"),
    Part.UNREACHED: Text("Not reached", "যোগাযোগ করা যায়নি"),
    Part.NOT_IN_AREA: Text("Not in the area, or another person", "এলাকায় নেই, বা অন্য ব্যক্তি"),
    Part.DECEASED: Text("Deceased", "মৃত"),
}
_BY_EVACUATION: Final[Mapping[State, Part]] = {
    State.DECEASED: Part.DECEASED,
    **dict.fromkeys(_HOME, Part.EVACUATED),
    **dict.fromkeys(_ON_THE_WAY | _WAITING, Part.ON_EVACUATION),
    State.HOSPITAL: Part.INJURED_DETAINED,
    State.DETAINED: Part.INJURED_DETAINED,
    State.DECLINED: Part.DECLINED,
}
_BY_CHECKIN: Final[Mapping[str, Part]] = {
    "safe": Part.SAFE,
    "need_help": Part.HELP,
    "trapped": Part.HELP,
    "evacuating": Part.HELP,
    "injured": Part.INJURED_DETAINED,
    "detained": Part.INJURED_DETAINED,
    "left_country": Part.LEFT,
    "not_in_area": Part.NOT_IN_AREA,
    "wrong_person": Part.NOT_IN_AREA,
    "deceased": Part.DECEASED,
}


def part_of(evacuation: State | None, checkin: str | None) -> Part:
    """What the evacuation knows is newer than what a check-in said; who came to no seat is judged by their check-in.

    An answer that nobody understood yet counts as a call for help, never as safe. Nothing at all is *not reached*.
    """
    if evacuation is not None and evacuation in _BY_EVACUATION:
        return _BY_EVACUATION[evacuation]
    if checkin is None:
        return Part.UNREACHED
    return _BY_CHECKIN.get(checkin, Part.HELP)


@dataclass(frozen=True, slots=True)
class Sum:
    """`exposed`: as the register counted them; `difference`: that less the people who stand in a part. Zero, or somebody is lost."""

    exposed: int
    parts: Mapping[Part, int]
    difference: int


def reconcile(exposed: int, people: Collection[tuple[State | None, str | None]], *, beside: int) -> Sum:
    """`people`: each known person's state in the evacuation and check-in; `beside`: those among them whom no warning had counted.

    exposed = safe + help + injured/detained + evacuated + left + declined + unreached + wrong/not-in-area + deceased (and, while it
    runs, those on the list to leave). People who came forward by themselves are added to the exposed.
    """
    parts = dict.fromkeys(Part, 0)
    for evacuation, checkin in people:
        parts[part_of(evacuation, checkin)] += 1
    return Sum(exposed + beside, parts, exposed + beside - sum(parts.values()))
