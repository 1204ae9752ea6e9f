"""What the office writes down of an agency, form by form. `kind` of a step or a fact stands in the form's name, not in a question."""

from collections.abc import Mapping
from typing import Any, Final

from contracts.text import Text
from services.portal.acts import Act, Ask, Words

_SOURCE: Final = Ask(
    "source",
    "line",
    Text("Where does it stand?", "কোথায় লেখা আছে?"),
    Text("A gazette, an order, a certificate.", "গেজেট, আদেশ বা সনদ।"),
)
_FROM: Final = Ask("true_from", "day", Text("From which day?", "কোন তারিখ থেকে?"))
_PUBLIC: Final = Text("Anybody may read it: name no person.", "এটি সবাই পড়তে পারবেন: কারও নাম লিখবেন না।")
_REASON: Final = Ask("reason", "area", Text("Why", "কারণ"), _PUBLIC, needed=False)
_ORDER: Final = Ask("order_ref", "line", Text("Number of the order", "আদেশের নম্বর"), needed=False)
_PHONE: Final = Ask(
    "phone",
    "line",
    Text("Telephone", "টেলিফোন"),
    Text("Kept sealed: who has the number finds its owner.", "গোপন রাখা হয়: নম্বরটি যাঁর কাছে আছে তিনি মালিককে খুঁজে পাবেন।"),
    needed=False,
)
_DISTRICT: Final = Ask("district", "choice", Text("District", "জেলা"), choices="districts")
_ENDS: Final = (
    Ask("on", "day", Text("What is its last day?", "শেষ দিন কোনটি?")),
    Ask("reason", "line", Text("Why", "কারণ"), _PUBLIC),
    _SOURCE,
)

STEPS: Final[Mapping[str, Act]] = {
    "renewed": Act(
        "history",
        Text("The licence was renewed", "লাইসেন্স নবায়ন হয়েছে"),
        (
            _FROM,
            Ask("true_until", "day", Text("Valid until", "মেয়াদ শেষ")),
            Ask("security_minor", "amount", Text("Security money, in taka", "জামানত, টাকায়"), needed=False),
            _ORDER,
            _SOURCE,
        ),
    ),
    "suspended": Act(
        "history",
        Text("The licence was suspended", "লাইসেন্স স্থগিত হয়েছে"),
        (
            _FROM,
            Ask(
                "hearing",
                "yes_no",
                Text("Was the agency heard before?", "আগে এজেন্সির শুনানি হয়েছে?"),
                choices=(("yes", Text("Yes", "হ্যাঁ")), ("no", Text("No", "না"))),
            ),
            _REASON,
            _ORDER,
            _SOURCE,
        ),
        hint=Text(
            "The law demands that people already enlisted with it are protected (OEMA 2013, s.12(4)).",
            "এই এজেন্সিতে আগে তালিকাভুক্ত ব্যক্তিদের সুরক্ষা দেওয়া আইনের নির্দেশ (২০১৩ সালের আইন, ধারা ১২(৪))।",
        ),
    ),
    "suspension_lifted": Act("history", Text("The suspension was lifted", "স্থগিতাদেশ প্রত্যাহার হয়েছে"), (_FROM, _REASON, _ORDER, _SOURCE)),
    "cancelled": Act("history", Text("The licence was cancelled", "লাইসেন্স বাতিল হয়েছে"), (_FROM, _REASON, _ORDER, _SOURCE)),
    "restored": Act("history", Text("The licence was restored", "লাইসেন্স পুনর্বহাল হয়েছে"), (_FROM, _REASON, _ORDER, _SOURCE)),
    "withdrawn": Act(
        "history",
        Text("This step never was", "এই পদক্ষেপটি আসলে হয়নি"),
        (_SOURCE,),
        hint=Text(
            "It stays in the register as entered in error; where the licence stands is computed without it.",
            "ভুলক্রমে লেখা হিসেবে নিবন্ধনে থাকবে; লাইসেন্সের অবস্থা এটি বাদ দিয়ে হিসাব হবে।",
        ),
    ),
}
PARTS: Final[Mapping[str, Act]] = {
    "sub-agent": Act(
        "sub-agents",
        Text("Register a sub-agent", "সাব-এজেন্ট নিবন্ধন"),
        (
            Ask("number", "line", Text("Number of the certificate", "সনদের নম্বর")),
            Ask("name_en", "line", Text("Name in English", "ইংরেজিতে নাম")),
            Ask("name_bn", "line", Text("Name in Bangla", "বাংলায় নাম"), needed=False),
            _DISTRICT,
            _PHONE,
            _FROM,
            Ask("true_until", "day", Text("Registered until", "নিবন্ধনের শেষ দিন")),
            _SOURCE,
        ),
    ),
    "branch": Act(
        "branches",
        Text("Add an office", "অফিস যোগ করুন"),
        (
            Ask(
                "kind",
                "choice",
                Text("Which office?", "কোন অফিস?"),
                choices=(("head", Text("Head office", "প্রধান কার্যালয়")), ("branch", Text("Approved branch", "অনুমোদিত শাখা"))),
            ),
            Ask("address", "line", Text("Address", "ঠিকানা")),
            _DISTRICT,
            _PHONE,
            Ask("approval_ref", "line", Text("Number of the approval", "অনুমোদনের নম্বর"), needed=False),
            _FROM,
            _SOURCE,
        ),
    ),
    "alias": Act(
        "aliases",
        Text("Add another name", "অন্য নাম যোগ করুন"),
        (
            Ask("name", "line", Text("The name", "নাম")),
            Ask(
                "kind",
                "choice",
                Text("What is it?", "এটি কী?"),
                choices=(
                    ("trade", Text("As it trades", "ব্যবসায়িক নাম")),
                    ("former", Text("As it was called", "আগের নাম")),
                    ("spelling", Text("As people spell it", "মানুষ যেভাবে লেখে")),
                ),
            ),
            _FROM,
            _SOURCE,
        ),
    ),
    "associate": Act(
        "associates",
        Text("Add an associate", "সহযোগী এজেন্সি যোগ করুন"),
        (Ask("with_licence", "line", Text("Licence of the other agency", "অন্য এজেন্সির লাইসেন্স নম্বর")), _FROM, _SOURCE),
    ),
}
ENDS: Final[Mapping[str, Act]] = {
    "sub-agent-end": Act("sub-agents/{of}/end", Text("The registration has ended", "নিবন্ধন শেষ হয়েছে"), _ENDS),
    "branch-end": Act("branches/{of}/end", Text("The office has closed", "অফিস বন্ধ হয়েছে"), _ENDS),
    "alias-end": Act("aliases/{of}/end", Text("The name is used no longer", "নামটি আর ব্যবহৃত হয় না"), _ENDS),
    "associate-end": Act("associates/{of}/end", Text("They send workers jointly no longer", "আর যৌথভাবে কর্মী পাঠায় না"), _ENDS),
}

_HAPPENED: Final = Ask("happened_on", "day", Text("When was it?", "কবে?"))
_FOUND_AT: Final = (
    Ask(
        "source",
        "choice",
        Text("Who found it?", "কোথা থেকে জানা গেছে?"),
        choices=(
            ("inspection", Text("An inspection", "পরিদর্শন")),
            ("receipt", Text("A receipt", "রসিদ")),
            ("court", Text("A court", "আদালত")),
            ("wing", Text("A labour welfare wing", "শ্রম কল্যাণ উইং")),
            ("bmet", Text("BMET", "বিএমইটি")),
            ("training_centre", Text("A training centre", "প্রশিক্ষণ কেন্দ্র")),
            ("worker_survey", Text("Workers who were asked", "কর্মীদের জিজ্ঞাসা করে")),
            ("other", Text("Another", "অন্য")),
        ),
    ),
    Ask(
        "source_ref",
        "line",
        Text("Where can it be looked up?", "কোথায় মিলিয়ে দেখা যাবে?"),
        Text("The number of the report, the receipt, the judgment.", "প্রতিবেদন, রসিদ বা রায়ের নম্বর।"),
    ),
)
_COUNTRY: Final = Ask("country", "choice", Text("Country", "দেশ"), choices="countries")
_WHERE: Final = Ask("country", "choice", Text("In which country?", "কোন দেশে?"), choices="countries", needed=False)
_SEX: Final[Words] = (("female", Text("A woman", "নারী")), ("male", Text("A man", "পুরুষ")))


def _outcome(label: Text, *choices: tuple[str, Text]) -> Ask:
    return Ask("outcome", "choice", label, choices=choices)


FACTS: Final[Mapping[str, Act]] = {
    "inspection": Act(
        "evidence",
        Text("An inspection", "পরিদর্শন"),
        (
            _outcome(
                Text("What came of it?", "ফলাফল কী?"),
                ("passed", Text("Passed", "সন্তোষজনক")),
                ("failed", Text("Failed", "অসন্তোষজনক")),
            ),
            _HAPPENED,
            *_FOUND_AT,
        ),
    ),
    "fee_charged": Act(
        "evidence",
        Text("What a worker paid", "কর্মী কত টাকা দিয়েছেন"),
        (
            Ask("amount", "amount", Text("In taka, all together", "মোট কত টাকা")),
            _COUNTRY,
            Ask("sex", "choice", Text("Who paid?", "কে দিয়েছেন?"), choices=_SEX),
            Ask(
                "work",
                "choice",
                Text("For which work?", "কোন কাজের জন্য?"),
                choices=(("domestic", Text("Domestic work", "গৃহকর্ম")), ("any", Text("Other work", "অন্য কাজ"))),
                needed=False,
            ),
            _HAPPENED,
            *_FOUND_AT,
        ),
    ),
    "contract": Act(
        "evidence",
        Text("The contract before departure", "যাত্রার আগে চুক্তিপত্র"),
        (
            _outcome(
                Text("Did the worker have it?", "কর্মী কি পেয়েছেন?"),
                ("given", Text("It was given", "দেওয়া হয়েছে")),
                ("missing", Text("It was not given", "দেওয়া হয়নি")),
                ("exchanged", Text("It was exchanged for another", "বদলে দেওয়া হয়েছে")),
            ),
            _WHERE,
            _HAPPENED,
            *_FOUND_AT,
        ),
    ),
    "passport": Act(
        "evidence",
        Text("A passport", "পাসপোর্ট"),
        (
            _outcome(
                Text("Where is it?", "পাসপোর্ট কোথায়?"),
                ("withheld", Text("Withheld by the agency", "এজেন্সি আটকে রেখেছে")),
                ("returned", Text("Given back", "ফেরত দেওয়া হয়েছে")),
            ),
            _WHERE,
            _HAPPENED,
            *_FOUND_AT,
        ),
    ),
    "offence": Act(
        "evidence",
        Text("An offence", "অপরাধ"),
        (
            _outcome(
                Text("What did the court say?", "আদালত কী বলেছেন?"),
                ("charged", Text("Charged", "অভিযোগ গঠন হয়েছে")),
                ("convicted", Text("Convicted", "দোষী সাব্যস্ত")),
                ("acquitted", Text("Acquitted", "খালাস")),
                ("fined", Text("Fined", "জরিমানা")),
            ),
            _HAPPENED,
            *_FOUND_AT,
        ),
        hint=Text("A conviction that stands closes the way to a class, whatever the points.", "বহাল দণ্ড থাকলে নম্বর যা-ই হোক শ্রেণি দেওয়া হয় না।"),
    ),
    "training": Act(
        "evidence",
        Text("Workers trained", "প্রশিক্ষিত কর্মী"),
        (Ask("workers", "number", Text("How many?", "কতজন?")), _HAPPENED, *_FOUND_AT),
    ),
    "crisis_answer": Act(
        "evidence",
        Text("An answer about workers in a crisis", "সংকটে কর্মীদের বিষয়ে জবাব"),
        (
            _outcome(
                Text("Did the agency answer?", "এজেন্সি কি জবাব দিয়েছে?"),
                ("answered", Text("It answered", "জবাব দিয়েছে")),
                ("silent", Text("It did not", "দেয়নি")),
            ),
            _COUNTRY,
            Ask("days", "number", Text("After how many days?", "কত দিন পর?"), needed=False),
            _HAPPENED,
            *_FOUND_AT,
        ),
    ),
}
_WHY: Final = Ask(
    "reason",
    "area",
    Text("Why", "কারণ"),
    Text("The agency reads it: name no worker.", "এজেন্সি এটি পড়বে: কোনো কর্মীর নাম লিখবেন না।"),
)
ABOUT_FACTS: Final[Mapping[str, Act]] = {
    "strike": Act(
        "strikes",
        Text("Strike a fact out", "তথ্য বাদ দিন"),
        (_WHY,),
        hint=Text(
            "It stays where it is and counts no longer. Every class that used it is computed again at once.",
            "তথ্যটি নথিতে থাকবে, কিন্তু আর গণনা হবে না। যেসব শ্রেণিতে এটি ব্যবহৃত হয়েছে সেগুলো সঙ্গে সঙ্গে আবার হিসাব হবে।",
        ),
        button=Text("Strike it out", "বাদ দিন"),
    ),
    "restore": Act("restorations", Text("Bring a fact back", "তথ্য ফিরিয়ে আনুন"), (_WHY,), button=Text("Bring it back", "ফিরিয়ে আনুন")),
    "offence_resolved": Act("evidence", Text("The offence is resolved", "অপরাধের নিষ্পত্তি হয়েছে"), (_HAPPENED, *_FOUND_AT)),
}
OF_THE_OFFICE: Final[Mapping[str, Act]] = {**STEPS, **PARTS, **ENDS, **ABOUT_FACTS}
ALL: Final[Mapping[str, Act]] = {**OF_THE_OFFICE, **FACTS}


def constant(name: str, of: str, steps: list[Mapping[str, Any]]) -> dict[str, Any]:
    """What a form says without asking: its kind, and of a step that never was its day; `of` is the step or the offence it is about."""
    if name == "withdrawn":
        day = next((one["true_from"] for one in steps if one["id"] == of), "")
        return {"kind": name, "supersedes": of, "true_from": day}
    if name == "offence_resolved":
        return {"kind": name, "about": of}
    return {"kind": name} if name in STEPS or name in FACTS else {}
