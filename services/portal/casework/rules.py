"""What an officer writes down in a returnee's case: each act is one short form. Its path is the service's, `{of}` the part meant."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from contracts.text import Text
from services.portal.acts import Act, Ask, Words

Source = Literal["case", "task", "referral", "member", ""]
YES_NO: Final[Words] = (("yes", Text("Yes", "হ্যাঁ")), ("no", Text("No", "না")))
YES_NO_UNKNOWN: Final[Words] = (*YES_NO, ("unknown", Text("Not known", "জানা নেই")))
OUTCOMES: Final[Words] = (
    ("helped", Text("Helped", "সহায়তা দেওয়া হয়েছে")),
    ("referred", Text("Passed on to a body that helps", "সহায়তাকারী প্রতিষ্ঠানে পাঠানো হয়েছে")),
    ("declined", Text("The person declined", "ব্যক্তি সহায়তা নিতে চাননি")),
    ("not_found", Text("The person could not be reached", "ব্যক্তির সঙ্গে যোগাযোগ করা যায়নি")),
    ("mistaken", Text("The flag was a mistake", "চিহ্নটি ভুল ছিল")),
)
LANGUAGES: Final[Words] = (("bn", Text("Bangla", "বাংলা")), ("en", Text("English", "ইংরেজি")))
SEXES: Final[Words] = (
    ("female", Text("Woman or girl", "নারী বা মেয়ে")),
    ("male", Text("Man or boy", "পুরুষ বা ছেলে")),
    ("other", Text("Third gender", "তৃতীয় লিঙ্গ")),
    ("unknown", Text("Not known", "জানা নেই")),
)
CREDITS: Final[Words] = (
    ("claimed", Text("Claimed, no answer yet", "আবেদন করা হয়েছে, উত্তর আসেনি")),
    ("accepted", Text("Accepted", "স্বীকৃত")),
    ("refused", Text("Refused", "স্বীকৃতি দেওয়া হয়নি")),
)
STATES: Final[Words] = (
    ("reached", Text("It is reached", "পূরণ হয়েছে")),
    ("dropped", Text("It is given up", "বাদ দেওয়া হয়েছে")),
    ("open", Text("It is open again", "আবার চলমান")),
)
CAME: Final[Words] = (
    ("yes", Text("Yes, the help came", "হ্যাঁ, সহায়তা এসেছে")),
    ("partly", Text("In part", "আংশিক")),
    ("no", Text("No", "না")),
    ("not_reached", Text("The person could not be reached", "ব্যক্তির সঙ্গে যোগাযোগ করা যায়নি")),
)
CONFIRMED: Final[Words] = (
    ("came", Text("Yes, the help came", "হ্যাঁ, সহায়তা এসেছে")),
    ("partly", Text("In part", "আংশিক")),
    ("did_not_come", Text("No", "না")),
)
GIVEN: Final[Words] = (
    ("given", Text("Given", "দেওয়া হয়েছে")),
    ("partly", Text("In part", "আংশিক")),
    ("not_taken_up", Text("The person did not come or did not want it", "ব্যক্তি আসেননি বা নিতে চাননি")),
)

CONSENT: Final = (
    Ask(
        "granted",
        "yes_no",
        Text("Do they agree?", "তাঁরা কি সম্মত?"),
        Text("A no is written down too, and closes no door.", "“না” হলেও লিখে রাখুন; এতে সেবা বন্ধ হয় না।"),
        YES_NO,
    ),
    Ask("way", "choice", Text("How was it said?", "কীভাবে জানিয়েছেন?"), choices="consent_ways"),
    Ask("language", "choice", Text("In which language was it explained?", "কোন ভাষায় বুঝিয়ে বলা হয়েছে?"), choices=LANGUAGES),
    Ask(
        "witness",
        "line",
        Text("Name of the witness", "সাক্ষীর নাম"),
        Text("Needed where it was only spoken.", "শুধু মৌখিক সম্মতি হলে অবশ্যই লিখুন।"),
        needed=False,
    ),
    Ask(
        "by_guardian",
        "yes_no",
        Text("Did a guardian speak for a child?", "শিশুর পক্ষে অভিভাবক সম্মতি দিয়েছেন?"),
        choices=YES_NO,
        needed=False,
    ),
)
# Of a body without an account: who there said it, how and when.
_TOLD: Final = (
    Ask("told_by", "line", Text("Who told you? Name and post", "কে জানিয়েছেন? নাম ও পদবি")),
    Ask(
        "told_way",
        "choice",
        Text("How?", "কীভাবে?"),
        choices=(("phone", Text("By telephone", "ফোনে")), ("letter", Text("By letter", "চিঠিতে")), ("visit", Text("In person", "সামনাসামনি"))),
    ),
    Ask("told_on", "day", Text("On which day?", "কোন তারিখে?")),
)
_MEMBER: Final = (
    Ask("relation", "choice", Text("Relation to the returnee", "প্রত্যাগতের সঙ্গে সম্পর্ক"), choices="relations"),
    Ask("name", "line", Text("Name", "নাম"), needed=False),
    Ask("birth_year", "number", Text("Year of birth", "জন্মসাল"), needed=False),
    Ask("sex", "choice", Text("Sex", "লিঙ্গ"), choices=SEXES, needed=False),
    Ask("has_papers", "yes_no", Text("Are there identity papers?", "পরিচয়পত্র বা জন্মসনদ আছে?"), choices=YES_NO_UNKNOWN, needed=False),
    Ask("schooling", "choice", Text("School", "পড়াশোনা"), choices="schooling", needed=False),
    Ask("school_class", "line", Text("Last class attended", "সর্বশেষ কোন শ্রেণিতে পড়েছে"), needed=False),
    Ask(
        "credits",
        "choice",
        Text("Credits of schooling abroad", "বিদেশের পড়াশোনার স্বীকৃতি"),
        Text("Leave it empty if the child did not go to school abroad.", "শিশু বিদেশে না পড়ে থাকলে খালি রাখুন।"),
        CREDITS,
        needed=False,
    ),
    Ask("out_since", "day", Text("Out of school since", "কবে থেকে স্কুলের বাইরে"), needed=False),
)


@dataclass(frozen=True, slots=True)
class Writing:
    """An act, what its version is of, and the part of the page to which it comes back.

    `says`: what it says besides its questions. `in_states`: of a referral, those in which it can be done; empty for anything else.
    """

    act: Act
    source: Source
    section: str
    says: Mapping[str, bool] = field(default_factory=dict)
    in_states: frozenset[str] = frozenset()


WRITINGS: Final[Mapping[str, Writing]] = {
    "urgent-end": Writing(
        Act(
            "/v1/returnees/tasks/{of}/finish",
            Text("What was done", "কী করা হয়েছে"),
            (
                Ask("outcome", "choice", Text("How did it end?", "কী ফল হলো?"), choices=OUTCOMES),
                Ask("note", "area", Text("Note", "মন্তব্য"), needed=False),
            ),
        ),
        "task",
        "urgent",
    ),
    "consent": Writing(
        Act(
            "/v1/returnees/{who}/consents",
            Text("Ask for consent", "সম্মতি নিন"),
            (
                Ask("purpose", "choice", Text("What for?", "কী উদ্দেশ্যে?"), choices="purposes"),
                Ask("recipient", "choice", Text("Who may be told?", "কাকে জানানো যাবে?"), choices="recipients"),
                *CONSENT,
            ),
            hint=Text(
                "Explain in their own language what is told to whom, and that they may take it back at any time.",
                "কাকে কী জানানো হবে এবং যেকোনো সময় সম্মতি ফিরিয়ে নেওয়া যাবে, তা তাঁদের নিজের ভাষায় বুঝিয়ে বলুন।",
            ),
        ),
        "",
        "consents",
    ),
    "member": Writing(
        Act("/v1/returnees/{who}/household", Text("Add a member of the household", "পরিবারের সদস্য যোগ করুন"), _MEMBER), "", "household"
    ),
    "member-change": Writing(
        Act(
            "/v1/returnees/{who}/household/{of}",
            Text("Correct what is known of a member", "সদস্যের তথ্য সংশোধন করুন"),
            _MEMBER,
            method="PUT",
        ),
        "member",
        "household",
    ),
    "child-protection": Writing(
        Act(
            "/v1/returnees/{who}/household/{of}/hand-over",
            Text("Hand a child over to child protection", "শিশুকে শিশু সুরক্ষার কাছে হস্তান্তর করুন"),
            (
                Ask("to", "choice", Text("To whom?", "কার কাছে?"), choices="child_protection"),
                Ask("on", "day", Text("When?", "কবে?")),
                Ask("note", "area", Text("Why, and who received the child", "কেন, এবং কে গ্রহণ করেছেন")),
            ),
        ),
        "",
        "household",
    ),
    "goal": Writing(
        Act(
            "/v1/returnees/{who}/case/goals/{of}/state",
            Text("How a goal stands", "লক্ষ্যের অবস্থা"),
            (Ask("state", "choice", Text("What became of it?", "কী হলো?"), choices=STATES),),
            method="PUT",
        ),
        "case",
        "case",
    ),
    "review": Writing(
        Act(
            "/v1/returnees/{who}/case/reviews/{of}",
            Text("Hold a review", "পর্যালোচনা করুন"),
            (
                Ask("held_on", "day", Text("When did you speak?", "কবে কথা হয়েছে?")),
                Ask(
                    "confirmed",
                    "choice",
                    Text("Does the person say that the help came?", "ব্যক্তি কি বলছেন যে সহায়তা এসেছে?"),
                    choices=CAME,
                ),
                Ask("note", "area", Text("Note", "মন্তব্য"), needed=False),
            ),
            method="PUT",
        ),
        "case",
        "case",
    ),
    "closing": Writing(
        Act(
            "/v1/returnees/{who}/case/closing",
            Text("Propose to close the case", "কেস সমাপ্তির প্রস্তাব করুন"),
            (
                Ask("reason", "choice", Text("Why?", "কেন?"), choices="closing_reasons"),
                Ask("note", "area", Text("Note for the second officer", "দ্বিতীয় কর্মকর্তার জন্য মন্তব্য"), needed=False),
            ),
            hint=Text("A second officer approves or sends it back.", "দ্বিতীয় একজন কর্মকর্তা অনুমোদন করবেন বা ফেরত পাঠাবেন।"),
        ),
        "case",
        "case",
    ),
    "confirm": Writing(
        Act(
            "/v1/returnees/referrals/{of}/confirmation",
            Text("Ask the returnee", "প্রত্যাগতকে জিজ্ঞাসা করুন"),
            (Ask("confirmed", "choice", Text("Did the help come?", "সহায়তা কি এসেছে?"), choices=CONFIRMED),),
            hint=Text("Only the returnee's own word ends a referral well.", "প্রত্যাগতের নিজের কথাতেই কেবল রেফারেলটি ঠিকভাবে শেষ হয়।"),
        ),
        "referral",
        "referrals",
        in_states=frozenset({"delivered"}),
    ),
    "answer": Writing(
        Act(
            "/v1/returnees/referrals/{of}/answer",
            Text("What the body answered", "প্রতিষ্ঠানের উত্তর"),
            (
                Ask("accept", "yes_no", Text("Did it accept?", "গ্রহণ করেছে?"), choices=YES_NO),
                Ask("decline_code", "choice", Text("If not, why?", "না হলে কেন?"), choices="decline_codes", needed=False),
                *_TOLD,
                Ask("note", "area", Text("Note", "মন্তব্য"), needed=False),
            ),
            hint=Text(
                "For a body without an account: what it said by letter or telephone.", "যে প্রতিষ্ঠানের অ্যাকাউন্ট নেই: চিঠি বা ফোনে যা জানিয়েছে।"
            ),
        ),
        "referral",
        "referrals",
        in_states=frozenset({"sent"}),
    ),
    "giving-up": Writing(
        Act(
            "/v1/returnees/referrals/{of}/answer",
            Text("It cannot be given after all", "শেষ পর্যন্ত দেওয়া সম্ভব নয়"),
            (
                Ask("decline_code", "choice", Text("Why?", "কেন?"), choices="decline_codes"),
                *_TOLD,
                Ask("note", "area", Text("Note", "মন্তব্য"), needed=False),
            ),
        ),
        "referral",
        "referrals",
        says={"accept": False},
        in_states=frozenset({"accepted"}),
    ),
    "delivery": Writing(
        Act(
            "/v1/returnees/referrals/{of}/delivery",
            Text("What the body gave", "প্রতিষ্ঠান যা দিয়েছে"),
            (Ask("outcome", "choice", Text("Was the help given?", "সহায়তা দেওয়া হয়েছে?"), choices=GIVEN), *_TOLD),
        ),
        "referral",
        "referrals",
        in_states=frozenset({"accepted"}),
    ),
}
MOST_GOALS: Final = 5
GOAL_FIELDS: Final = ("dimension", "words", "help", "who", "due_on")
