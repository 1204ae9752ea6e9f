"""What an officer may write into a wing's case: each act is one short form. What a kind asks comes from the service."""

from collections.abc import Mapping
from typing import Any, Final

from contracts.text import Text
from services.portal.acts import Act, Ask, Kind, Words

SEXES: Final[Words] = (
    ("female", Text("Woman", "নারী")),
    ("male", Text("Man", "পুরুষ")),
    ("other", Text("Other", "অন্যান্য")),
    ("unknown", Text("Not known", "জানা নেই")),
)
AGES: Final[Words] = (
    ("under_18", Text("Under 18", "১৮-এর কম")),
    ("18_24", Text("18 to 24", "১৮ থেকে ২৪")),
    ("25_34", Text("25 to 34", "২৫ থেকে ৩৪")),
    ("35_44", Text("35 to 44", "৩৫ থেকে ৪৪")),
    ("45_plus", Text("45 and over", "৪৫ বা বেশি")),
    ("unknown", Text("Not known", "জানা নেই")),
)
_NOTE: Final = Ask("note", "area", Text("Note", "মন্তব্য"), needed=False)
_PERSON: Final = (
    Ask("person.name", "line", Text("Name of the person", "ব্যক্তির নাম"), needed=False),
    Ask("person.passport", "line", Text("Passport number", "পাসপোর্ট নম্বর"), needed=False),
    Ask("person.phone", "line", Text("Telephone of the person", "ব্যক্তির ফোন"), needed=False),
    Ask("sex", "choice", Text("Sex", "লিঙ্গ"), choices=SEXES, needed=False),
    Ask("age_band", "choice", Text("Age, about", "আনুমানিক বয়স"), choices=AGES, needed=False),
)
_KINDS: Final[Mapping[str, Kind]] = {"choice": "choice", "day": "day", "line": "line", "area": "area"}

STEP: Final = Act(
    "/steps",
    Text("Write down what was done", "কী করা হয়েছে লিখুন"),
    (
        Ask("step", "choice", Text("What was done?", "কী করা হয়েছে?"), choices="steps"),
        Ask("done_on", "day", Text("When?", "কবে?")),
        _NOTE,
    ),
)
VISIT: Final = Act(
    "/visits",
    Text("A visit", "সাক্ষাৎ বা পরিদর্শন"),
    (
        Ask("place_kind", "choice", Text("Where?", "কোথায়?"), choices="places"),
        Ask("visited_on", "day", Text("When?", "কবে?")),
        Ask("found", "many", Text("What did you find?", "কী পেলেন?"), choices="found", needed=False),
        Ask("words", "area", Text("In your own words", "নিজের ভাষায়"), needed=False),
    ),
    hint=Text(
        "Workers with whom you spoke are added one by one afterwards: nobody counts them by hand.",
        "যেসব কর্মীর সঙ্গে কথা বলেছেন, পরে একে একে যোগ করুন: হাতে গুনতে হয় না।",
    ),
)
WORKER: Final = Act(
    "/visits/{of}/workers",
    Text("A worker with whom you spoke", "যে কর্মীর সঙ্গে কথা বলেছেন"),
    (
        Ask("trade", "choice", Text("Work", "পেশা"), choices="trades"),
        Ask("sex", "choice", Text("Sex", "লিঙ্গ"), choices=SEXES, needed=False),
        Ask("conditions", "many", Text("Conditions", "কাজের পরিবেশ"), choices="conditions", needed=False),
        Ask("benefits", "many", Text("Benefits", "সুবিধা"), choices="benefits", needed=False),
        Ask("problems", "many", Text("Problems", "সমস্যা"), choices="problems", needed=False),
    ),
    hint=Text("No name. Each worker is one line of the December report.", "নাম লিখবেন না। প্রত্যেক কর্মী ডিসেম্বর প্রতিবেদনের একটি সারি।"),
)
ANSWER: Final = Act(
    "/answer",
    Text("Answer the family", "পরিবারকে উত্তর দিন"),
    (
        Ask(
            "handled_only",
            "choice",
            Text("What may they read?", "তাঁরা কী পড়তে পারবেন?"),
            Text("The person decides. Not asked is no.", "সিদ্ধান্ত ব্যক্তির। জিজ্ঞাসা না করা মানে না।"),
            (
                ("no", Text("The words below: the person agrees", "নিচের কথাগুলো: ব্যক্তি রাজি আছেন")),
                ("yes", Text("Only that the request was handled", "শুধু এটুকু যে আবেদনটি দেখা হয়েছে")),
            ),
        ),
        Ask("words", "area", Text("Words to the family", "পরিবারের জন্য কথা"), needed=False),
    ),
)
CLOSE: Final = Act(
    "/closing",
    Text("Close the case", "কেস নিষ্পন্ন করুন"),
    (Ask("outcome", "choice", Text("How did it end?", "কীভাবে শেষ হলো?"), choices="outcomes"), _NOTE),
)
REOPEN: Final = Act(
    "/reopening", Text("Open it again", "আবার খুলুন"), (Ask("reason", "area", Text("Why?", "কেন?")),), button=Text("Open it again", "আবার খুলুন")
)
WORDS: Final = Act(
    "/words",
    Text("Words of the report", "প্রতিবেদনের লেখা অংশ"),
    (
        Ask(
            "market",
            "area",
            Text("(e) Job market and bilateral agreements", "(ঙ) শ্রমবাজার ও দ্বিপাক্ষিক চুক্তি"),
            Text("The law asks for your estimate. Your name stands beside it.", "আইন আপনার মূল্যায়ন চায়। পাশে আপনার নাম থাকবে।"),
            needed=False,
        ),
        Ask("other", "area", Text("(g) Other matters", "(ছ) অন্যান্য বিষয়"), needed=False),
    ),
)
ACTS: Final[Mapping[str, Act]] = {"step": STEP, "visit": VISIT, "worker": WORKER, "answer": ANSWER, "close": CLOSE, "reopen": REOPEN}
# The kind of case that a complaint is likeliest to become; the officer chooses.
LIKELY: Final[Mapping[str, str]] = {
    "detained": "detention",
    "death": "death",
    "missing": "missing",
    "stranded": "travel_paper",
    "rescue": "shelter",
    "physical_abuse": "shelter",
    "sexual_abuse": "shelter",
    "health": "hospital",
    "permit": "travel_paper",
}
USUAL: Final = "wages"


def _text(words: Mapping[str, str]) -> Text:
    return Text(words["en"], words["bn"])


def fields_of(kind: Mapping[str, Any]) -> tuple[Ask, ...]:
    return tuple(
        Ask(
            f"details.{one['code']}",
            _KINDS[one["kind"]],
            _text(one["label"]),
            _text(one["hint"]) if one["hint"] else None,
            one["choices"] or "",
            needed=False,
        )
        for one in kind["fields"]
    )


def details_act(kind: Mapping[str, Any]) -> Act:
    person = () if kind["is_of_place"] else _PERSON
    return Act("/details", Text("What is known", "যা জানা আছে"), (*fields_of(kind), *person))


def new_act(kind: Mapping[str, Any]) -> Act:
    person = () if kind["is_of_place"] else _PERSON
    country = Ask("country", "choice", Text("Country", "দেশ"), choices="countries")
    return Act("", _text(kind["label"]), (country, *person, *fields_of(kind), _NOTE), button=Text("Open the case", "কেস খুলুন"))
