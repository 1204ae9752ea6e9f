"""A death abroad: words that stay careful until somebody knows, the family's wish, papers, what is due to the family and why not."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, Literal

from contracts.text import Text
from kit.dated import Choice
from kit.errors import ConflictError
from services.complaints.cases.lists import Condition, Deaths, Grant
from services.complaints.cases.rules import Facts, missing_of_any


class Identity(StrEnum):
    REPORTED = "reported"
    CONFIRMED = "confirmed"
    ERROR = "error"


class Reporter(StrEnum):
    FAMILY = "family"
    EMPLOYER = "employer"
    COLLEAGUE = "colleague"
    HOSPITAL = "hospital"
    WING = "wing"
    OTHER = "other"


class PoliceCase(StrEnum):
    NONE = "none"
    NOT_KNOWN = "not_known"
    OPEN = "open"
    CLOSED = "closed"


Wish = Literal["return", "burial_there"]

IDENTITY_WORDS: Final = {
    Identity.REPORTED: Text("A death was reported. It is not confirmed.", "মৃত্যুর একটি খবর এসেছে। এখনো নিশ্চিত নয়।"),
    Identity.CONFIRMED: Text("The death is confirmed.", "মৃত্যু নিশ্চিত হয়েছে।"),
    Identity.ERROR: Text("The report was wrong: the person is alive.", "খবরটি ভুল ছিল: তিনি জীবিত আছেন।"),
}
APOLOGY: Final = Text(
    "We told you of a death that was not true. The person is alive. We are sorry for the pain that this caused you, and we have noted how "
    "the error came about.",
    "আমাদের কাছে মৃত্যুর যে খবর এসেছিল, তা সত্য নয়। তিনি জীবিত আছেন। এই ভুল খবরে আপনারা যে কষ্ট পেয়েছেন, তার জন্য আমরা আন্তরিকভাবে দুঃখিত। "
    "কীভাবে ভুলটি হলো, তা আমরা লিখে রেখেছি।",
)


class IdentityDecidedError(ConflictError):
    slug = "identity-decided"
    title = Text("It is already decided who this is.", "পরিচয় আগেই নিশ্চিত করা হয়েছে।")


class NotConfirmedError(ConflictError):
    slug = "death-not-confirmed"
    title = Text("The death is reported, not confirmed. Confirm it first.", "মৃত্যুর খবর এখনো নিশ্চিত নয়। আগে নিশ্চিত করুন।")


class FamilyDisagreesError(ConflictError):
    slug = "family-disagrees"
    title = Text(
        "The family does not agree on return or burial there. Speak with them before anything is arranged.",
        "মরদেহ ফেরত আনা না বিদেশে দাফন—এ বিষয়ে পরিবার একমত নয়। ব্যবস্থা নেওয়ার আগে তাঁদের সঙ্গে কথা বলুন।",
    )


class NoGrantError(ConflictError):
    """`reasons` say why not."""

    slug = "no-grant"
    title = Text("This grant cannot be asked for now.", "এই অনুদানের জন্য এখন আবেদন করা যাচ্ছে না।")


class NotHomeOfficeError(ConflictError):
    slug = "not-the-home-office"
    title = Text(
        "The family's contact is an officer of their home district's office.",
        "পরিবারের যোগাযোগ কর্মকর্তা হবেন তাঁদের নিজ জেলার অফিসের একজন কর্মকর্তা।",
    )


class GrantThereError(ConflictError):
    slug = "grant-there-already"
    title = Text("This grant is already asked for.", "এই অনুদানের আবেদন আগেই করা হয়েছে।")


@dataclass(frozen=True, slots=True)
class Said:
    """One wish of one member of the family, in the order in which they were said."""

    relation: str
    wish: str


@dataclass(frozen=True, slots=True)
class FamilyWish:
    """`wish` is None while nobody was asked or the family does not agree."""

    wish: Wish | None
    disagrees: bool


def wish_of(said: Iterable[Said]) -> FamilyWish:
    """The last word of each member counts; two who differ are a disagreement, which no officer decides for them."""
    last = {one.relation: one.wish for one in said}
    wishes = set(last.values())
    if len(wishes) > 1:
        return FamilyWish(None, disagrees=True)
    return FamilyWish("return" if wishes == {"return"} else "burial_there" if wishes else None, disagrees=False)


def papers_for(data: Deaths, country: str, wish: Wish | None) -> Sequence[Choice]:
    """The country's own list where it is loaded, else the default. While no wish is known: what return needs, which is more."""
    here = data.papers.countries.get(country)
    source = here or data.papers
    return source.burial if wish == "burial_there" else source.back


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """`cleared`: left with BMET's clearance, None where nobody looked. `flies`: the body returns or has returned."""

    died_on: date | None
    confirmed: bool
    cleared: bool | None
    flies: bool
    papers: Collection[str]
    heirs: int


@dataclass(frozen=True, slots=True)
class Standing:
    """`why_not` is empty exactly where `is_due`; `may_change` says that a missing fact stands in the way, not a refusal."""

    grant: str
    is_due: bool
    why_not: Sequence[Text]
    may_change: bool


_NO_DAY: Final = Text("The day of death is not known.", "মৃত্যুর তারিখ জানা নেই।")
_NO_TERMS: Final = Text("No terms of this grant are loaded for that day.", "ওই তারিখের জন্য এই অনুদানের কোনো শর্ত এখানে যুক্ত নেই।")
_WHY_NOT: Final[dict[Condition, Text]] = {
    "identity_confirmed": Text("The death is reported, not confirmed.", "মৃত্যুর খবর এখনো নিশ্চিত নয়।"),
    "body_returned": Text(
        "The body does not return to Bangladesh, or the flight is not known yet.", "মরদেহ দেশে আসছে না, অথবা ফ্লাইট এখনো জানা যায়নি।"
    ),
    "death_certificate": Text("The death certificate has not come.", "মৃত্যু সনদ পাওয়া যায়নি।"),
    "heirs_known": Text("No heir is written down.", "কোনো উত্তরাধিকারীর নাম লেখা হয়নি।"),
    "cleared": Text("Nobody has looked whether the person left with BMET's clearance.", "বিএমইটির ছাড়পত্র নিয়ে গিয়েছিলেন কি না তা দেখা হয়নি।"),
}
_NOT_CLEARED: Final = Text(
    "The person left without BMET's clearance: the board's published terms speak of legal migrants. The family may still ask the board.",
    "ব্যক্তি বিএমইটির ছাড়পত্র ছাড়া গিয়েছিলেন: বোর্ডের প্রকাশিত শর্তে বৈধ কর্মীর কথা আছে। পরিবার তবু বোর্ডের কাছে আবেদন করতে পারে।",
)


def standing(grant: Grant, facts: GrantFacts) -> Standing:
    """Whether the family may ask for a grant, and if not, why not. Terms: WEWB's pages, `data/death-2026.yaml`."""
    if facts.died_on is None:
        return Standing(grant.code, is_due=False, why_not=[_NO_DAY], may_change=True)
    if facts.died_on < grant.since or (grant.until is not None and facts.died_on > grant.until):
        return Standing(grant.code, is_due=False, why_not=[_NO_TERMS], may_change=False)
    unmet = [one for one in grant.conditions if not _holds(one, facts)]
    refused = "cleared" in unmet and facts.cleared is False
    words = [_NOT_CLEARED if one == "cleared" and refused else _WHY_NOT[one] for one in unmet]
    return Standing(grant.code, is_due=not unmet, why_not=words, may_change=bool(unmet) and not refused)


def _holds(condition: Condition, facts: GrantFacts) -> bool:
    match condition:
        case "identity_confirmed":
            return facts.confirmed
        case "cleared":
            return facts.cleared is True
        case "body_returned":
            return facts.flies
        case "death_certificate":
            return "death_certificate" in facts.papers
        case "heirs_known":
            return facts.heirs > 0


def arranged(identity: Identity, family: FamilyWish) -> None:
    """Whether a flight or a burial may be arranged. Raises `NotConfirmedError`, `FamilyDisagreesError`."""
    if identity != Identity.CONFIRMED:
        raise NotConfirmedError
    if family.disagrees:
        raise FamilyDisagreesError


@dataclass(frozen=True, slots=True)
class DeathFacts:
    any: Facts
    identity: str = Identity.REPORTED
    wish: FamilyWish = field(default_factory=lambda: FamilyWish(None, disagrees=False))
    contact_told: bool = False
    handed_over: bool = False
    buried: bool = False
    suspicious: bool | None = None
    police_case: str = PoliceCase.NOT_KNOWN
    grants_unasked: Sequence[str] = ()


_UNCONFIRMED: Final = Text("The death is not confirmed.", "মৃত্যু নিশ্চিত করা হয়নি।")
_NO_WISH: Final = Text("The family's wish is not written down.", "পরিবারের ইচ্ছা লেখা হয়নি।")
_DISAGREES: Final = Text("The family does not agree on return or burial there.", "ফেরত আনা না বিদেশে দাফন, পরিবার একমত নয়।")
_NO_CONTACT: Final = Text("The family does not know yet which officer to ask.", "কোন কর্মকর্তার সঙ্গে কথা বলবেন, পরিবার এখনো জানে না।")
_NOT_HOME: Final = Text("It is not written down when the body was handed to the family.", "মরদেহ পরিবারকে কবে হস্তান্তর হলো তা লেখা হয়নি।")
_NOT_BURIED: Final = Text("The day of the burial there is not written down.", "বিদেশে দাফনের তারিখ লেখা হয়নি।")
_SUSPICION: Final = Text("Whether the death is suspicious is not written down.", "মৃত্যু সন্দেহজনক কি না তা লেখা হয়নি।")
_POLICE: Final = Text("The death is suspicious: write down what became of the police case.", "মৃত্যু সন্দেহজনক: পুলিশি মামলার অবস্থা লিখুন।")
_GRANT: Final = Text("A grant is due to the family and was not asked for.", "পরিবারের প্রাপ্য একটি অনুদানের আবেদন করা হয়নি।")


def missing(outcome: str, facts: DeathFacts) -> list[Text]:
    """What has to be known before a case of death ends with this outcome."""
    if outcome == "reported_in_error":
        return [] if facts.identity == Identity.ERROR else [Text("Write down first that the person is alive.", "আগে লিখুন যে ব্যক্তি জীবিত।")]
    asked = [
        (facts.identity != Identity.CONFIRMED, _UNCONFIRMED),
        (facts.wish.disagrees, _DISAGREES),
        (facts.wish.wish is None and not facts.wish.disagrees, _NO_WISH),
        (not facts.contact_told, _NO_CONTACT),
        (outcome == "body_returned" and not facts.handed_over, _NOT_HOME),
        (outcome == "buried_abroad" and not facts.buried, _NOT_BURIED),
        (facts.suspicious is None, _SUSPICION),
        (facts.suspicious is True and facts.police_case == PoliceCase.NOT_KNOWN, _POLICE),
        (bool(facts.grants_unasked), _GRANT),
    ]
    return [*missing_of_any(facts.any), *(words for is_missing, words in asked if is_missing)]
