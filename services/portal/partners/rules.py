"""What is decided about a partner organisation, by whom, as short forms; and the words for what its service tells in codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

from contracts.days import DHAKA
from contracts.text import Text
from services.portal.acts import Act, Ask

_WORDS: Final = Text("Write down what was looked at", "কী কী দেখা হয়েছে লিখুন")
_WHY: Final = Text("Why?", "কেন?")


@dataclass(frozen=True, slots=True)
class Step:
    """`fixed` is part of what is sent. `of_agreement`: it is about one agreement, not about the organisation."""

    act: Act
    fixed: Mapping[str, Any] = field(default_factory=dict)
    of_agreement: bool = False
    for_keepers: bool = True


def _line(path: str, title: Text, ask: Ask, hint: Text | None = None) -> Act:
    return Act(path, title, (ask,), hint=hint)


_OPTIONAL: Final = Ask("words", "area", _WORDS, needed=False)
_NEEDED: Final = Ask("words", "area", _WHY)

APPLY: Final = Act(
    "organisations",
    Text("Apply as a partner organisation", "সহযোগী সংস্থা হিসেবে আবেদন করুন"),
    (
        Ask(
            "code",
            "line",
            Text("Code of the organisation", "সংস্থার কোড"),
            Text("As in your account, for example ngo-one.", "আপনার অ্যাকাউন্টে যেমন আছে, যেমন ngo-one।"),
        ),
        Ask("kind", "choice", Text("What kind of organisation?", "কী ধরনের সংস্থা?"), choices="kinds"),
        Ask("name_bn", "line", Text("Name in Bangla", "বাংলায় নাম")),
        Ask("name_en", "line", Text("Name in English", "ইংরেজিতে নাম")),
        Ask(
            "registration",
            "line",
            Text("Registered where, under which number?", "কোথায়, কোন নম্বরে নিবন্ধিত?"),
            Text("For example NGO Affairs Bureau 0000.", "যেমন এনজিও বিষয়ক ব্যুরো ০০০০।"),
            needed=False,
        ),
        Ask(
            "contact",
            "line",
            Text("Mailbox of those who keep its systems", "যাঁরা সংস্থার সফটওয়্যার দেখেন তাঁদের ইমেইল"),
            Text("A shared one, not a person's own.", "কারও ব্যক্তিগত নয়, দপ্তরের ইমেইল দিন।"),
        ),
    ),
    hint=Text(
        "A person at the ministry looks at it. Nothing is shared before an agreement is approved by two people.",
        "মন্ত্রণালয়ের একজন কর্মকর্তা এটি যাচাই করবেন। দুজন কর্মকর্তা চুক্তি অনুমোদন না করা পর্যন্ত কোনো তথ্য দেওয়া হবে না।",
    ),
    button=Text("Apply", "আবেদন করুন"),
)
_PROPOSE: Final = Act(
    "agreements",
    Text("Propose an agreement", "চুক্তির প্রস্তাব দিন"),
    (
        Ask("purposes", "many", Text("For what?", "কী উদ্দেশ্যে?"), choices="purposes"),
        Ask(
            "fields",
            "many",
            Text("What is it told?", "কী কী জানানো হবে?"),
            Text("The least that the purpose needs.", "উদ্দেশ্য পূরণে ন্যূনতম যা প্রয়োজন।"),
            choices="fields",
        ),
        Ask(
            "activities",
            "line",
            Text("Activities of the framework that it serves", "কাঠামোর কোন কোন কার্যক্রমের জন্য"),
            Text("Numbers with a comma between, for example 6.3.2.1.", "নম্বরগুলো কমা দিয়ে লিখুন, যেমন 6.3.2.1।"),
            needed=False,
        ),
        Ask("reference", "line", Text("Where is the signed paper?", "স্বাক্ষরিত কাগজটি কোথায় আছে?")),
        Ask("valid_from", "day", Text("First day", "শুরুর তারিখ")),
        Ask("valid_until", "day", Text("Last day", "শেষ তারিখ")),
    ),
    hint=Text("Another person decides on it.", "অন্য একজন কর্মকর্তা এ বিষয়ে সিদ্ধান্ত নেবেন।"),
)
_ADD_CLIENT: Final = Act(
    "clients",
    Text("Add a client", "ক্লায়েন্ট যোগ করুন"),
    (
        Ask(
            "name",
            "line",
            Text("Name of the program", "প্রোগ্রামের নাম"),
            Text("Small Latin letters, digits, hyphens: case-system.", "ছোট হাতের ইংরেজি অক্ষর, সংখ্যা, হাইফেন: case-system"),
        ),
        Ask("scopes", "many", Text("What may it do?", "এটি কী কী করতে পারবে?"), choices="scopes"),
    ),
    hint=Text(
        "A client is one of your programs. What it may do also depends on the agreement.",
        "ক্লায়েন্ট হলো আপনার একটি প্রোগ্রাম। সেটি কী করতে পারবে তা চুক্তির ওপরও নির্ভর করে।",
    ),
)
NAME_STEWARD: Final = Act(
    "stewards",
    Text("People who act for it", "সংস্থার পক্ষে দায়িত্বপ্রাপ্ত ব্যক্তি"),
    (
        Ask(
            "account",
            "line",
            Text("Whose account is named?", "কার অ্যাকাউন্টকে দায়িত্ব দেওয়া হবে?"),
            Text(
                "The number that the page of the organisation shows the person who is to act for it.",
                "যিনি দায়িত্ব নেবেন তাঁকে সংস্থার পৃষ্ঠায় যে নম্বর দেখানো হয়।",
            ),
        ),
    ),
)
STEPS: Final[Mapping[str, Step]] = {
    "verify": Step(_line("decision", Text("Verify the organisation", "সংস্থা যাচাই করুন"), _OPTIONAL), {"approved": True}),
    "refuse": Step(_line("decision", Text("Refuse the organisation", "সংস্থার আবেদন নামঞ্জুর করুন"), _NEEDED), {"approved": False}),
    "suspend": Step(
        Act(
            "suspension",
            Text("Suspend the organisation", "সংস্থা স্থগিত করুন"),
            (Ask("reason", "choice", _WHY, choices="suspension_reasons"), _OPTIONAL),
            hint=Text(
                "All its programs are refused from the next request on. Another person lifts it.",
                "পরের অনুরোধ থেকেই সংস্থার সব প্রোগ্রাম প্রত্যাখ্যাত হবে। স্থগিতাদেশ অন্য একজন তুলবেন।",
            ),
        ),
    ),
    "reinstate": Step(_line("reinstatement", Text("Lift the suspension", "স্থগিতাদেশ তুলে নিন"), _NEEDED)),
    "propose": Step(_PROPOSE),
    "approve": Step(_line("decision", Text("Approve the agreement", "চুক্তি অনুমোদন করুন"), _OPTIONAL), {"approved": True}, of_agreement=True),
    "decline": Step(_line("decision", Text("Refuse the agreement", "চুক্তি নামঞ্জুর করুন"), _NEEDED), {"approved": False}, of_agreement=True),
    "end": Step(
        _line(
            "ending",
            Text("End the agreement", "চুক্তি শেষ করুন"),
            _NEEDED,
            Text("At once. What was told so far stays told.", "সঙ্গে সঙ্গে কার্যকর হবে। এ পর্যন্ত যা জানানো হয়েছে তা ফেরানো যাবে না।"),
        ),
        of_agreement=True,
    ),
    "client": Step(_ADD_CLIENT, for_keepers=False),
}

STATES: Final[Mapping[str, Text]] = {
    "applied": Text("Waits to be verified", "যাচাইয়ের অপেক্ষায়"),
    "verified": Text("Verified", "যাচাইকৃত"),
    "refused": Text("Refused", "নামঞ্জুর"),
    "suspended": Text("Suspended", "স্থগিত"),
    "proposed": Text("Waits for a decision", "সিদ্ধান্তের অপেক্ষায়"),
    "approved": Text("Approved", "অনুমোদিত"),
    "ended": Text("Ended", "সমাপ্ত"),
    "active": Text("Active", "চালু"),
    "paused": Text("Paused", "সাময়িক বন্ধ"),
    "gone": Text("It answered that it wants no more", "প্রাপক আর নিতে চায় না বলে জানিয়েছে"),
    "waiting": Text("Waits to be sent", "পাঠানোর অপেক্ষায়"),
    "delivered": Text("Delivered", "পৌঁছেছে"),
    "dead": Text("Dead letter: not delivered in three days", "অনিষ্পন্ন: তিন দিনেও পৌঁছানো যায়নি"),
    "withheld": Text("Withheld: it may not be sent any more", "আটকে রাখা হয়েছে: এটি আর পাঠানো যাবে না"),
}
DELIVERY_STATES: Final = ("waiting", "delivered", "dead", "withheld")
DONE: Final[Mapping[str, Text]] = {
    "applied": Text("Applied", "আবেদন করেছে"),
    "verified": Text("Verified", "যাচাই করা হয়েছে"),
    "refused": Text("Refused", "নামঞ্জুর হয়েছে"),
    "suspended": Text("Suspended", "স্থগিত করা হয়েছে"),
    "reinstated": Text("Suspension lifted", "স্থগিতাদেশ তুলে নেওয়া হয়েছে"),
    "steward_named": Text("A person was named to act for it", "সংস্থার পক্ষে একজনকে দায়িত্ব দেওয়া হয়েছে"),
    "steward_ended": Text("A person's duty for it ended", "সংস্থার পক্ষে একজনের দায়িত্ব শেষ হয়েছে"),
    "client_origins": Text("Web pages of a client named", "ক্লায়েন্টের ওয়েব ঠিকানা ঠিক করা হয়েছে"),
    "client_quota": Text("Quota of a client set", "ক্লায়েন্টের অনুরোধের সীমা ঠিক করা হয়েছে"),
    "stewards_named": Text("Stewards named", "দায়িত্বপ্রাপ্ত ব্যক্তি ঠিক করা হয়েছে"),
    "agreement_proposed": Text("Agreement proposed", "চুক্তির প্রস্তাব দেওয়া হয়েছে"),
    "agreement_approved": Text("Agreement approved", "চুক্তি অনুমোদিত হয়েছে"),
    "agreement_refused": Text("Agreement refused", "চুক্তি নামঞ্জুর হয়েছে"),
    "agreement_ended": Text("Agreement ended", "চুক্তি শেষ করা হয়েছে"),
    "client_added": Text("Client added", "ক্লায়েন্ট যোগ করা হয়েছে"),
    "client_active": Text("Client active", "ক্লায়েন্ট চালু করা হয়েছে"),
    "client_paused": Text("Client paused", "ক্লায়েন্ট সাময়িক বন্ধ করা হয়েছে"),
    "client_suspended": Text("Client suspended", "ক্লায়েন্ট স্থগিত করা হয়েছে"),
    "client_ended": Text("Client ended", "ক্লায়েন্ট বন্ধ করা হয়েছে"),
    "credential_made": Text("Secret or keys made for a client", "ক্লায়েন্টের জন্য গোপন কী বা কী-জোড়া দেওয়া হয়েছে"),
    "credential_keys": Text("Keys of a client changed", "ক্লায়েন্টের কী পরিবর্তন করা হয়েছে"),
    "credential_ended": Text("Secret or keys of a client ended", "ক্লায়েন্টের গোপন কী বা কী-জোড়া বন্ধ করা হয়েছে"),
}
OUTCOMES: Final[Mapping[str, Text]] = {
    "delivered": Text("taken", "গৃহীত"),
    "too-slow": Text("no answer in time", "সময়মতো উত্তর আসেনি"),
    "too-large": Text("the answer was too large", "উত্তরটি অতিরিক্ত বড় ছিল"),
    "no-connection": Text("no connection", "সংযোগ হয়নি"),
    "name-not-found": Text("its name was not found", "সার্ভারের নাম খুঁজে পাওয়া যায়নি"),
    "bad-certificate": Text("its certificate is not valid", "সার্ভারের সনদ বৈধ নয়"),
    "bad-address": Text("the address cannot be asked", "ঠিকানাটিতে পাঠানো যায় না"),
    "bad-encoding": Text("the answer was packed in a way that is not known", "উত্তরটি অজানা পদ্ধতিতে সংকুচিত ছিল"),
    "broken-answer": Text("the answer broke off", "উত্তরটি মাঝপথে থেমে গেছে"),
    "not-https": Text("the address is not https", "ঠিকানাটি https নয়"),
    "private-address": Text("the address leads into a private network", "ঠিকানাটি ব্যক্তিগত নেটওয়ার্কে যায়"),
    "fault-of-ours": Text("a fault on our side", "আমাদের দিকের ত্রুটি"),
}
REASONS: Final[Mapping[str, Text]] = {
    "three_days_over": Text("three days are over", "তিন দিন পার হয়ে গেছে"),
    "endpoint_gone": Text("the receiver wants no more", "প্রাপক আর নিতে চায় না"),
    "endpoint_ended": Text("the endpoint was ended", "এন্ডপয়েন্ট বন্ধ করা হয়েছে"),
    "not_agreed": Text("the agreement does not allow it at this moment", "এই মুহূর্তে চুক্তিতে এর অনুমতি নেই"),
    "consent_withdrawn": Text("the person withdrew their consent", "ব্যক্তি সম্মতি প্রত্যাহার করেছেন"),
}
# What somebody of the organisation may make of its client; a keeper may suspend it besides, and alone lifts that.
CLIENT_STEPS: Final[Mapping[str, tuple[str, ...]]] = {"active": ("paused", "ended"), "paused": ("active", "ended"), "suspended": ("ended",)}
KEEPER_STEPS: Final[Mapping[str, tuple[str, ...]]] = {"active": ("suspended",), "paused": ("suspended",), "suspended": ("active",)}
ENDPOINT_STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "active": ("paused", "ended"),
    "paused": ("active", "ended"),
    "gone": ("active", "ended"),
}


def by_day(hours: Sequence[Mapping[str, Any]]) -> list[tuple[date, list[Mapping[str, Any]]]]:
    """Days of Dhaka, the newest first as the hours are; each hour with its `clock`."""
    shown = [(datetime.fromisoformat(one["hour"]).astimezone(DHAKA), one) for one in hours]
    days = groupby(shown, key=lambda pair: pair[0].date())
    return [(day, [{**one, "clock": at.strftime("%H:%M")} for at, one in pairs]) for day, pairs in days]


def client_steps(state: str, *, is_keeper: bool) -> tuple[str, ...]:
    return CLIENT_STEPS.get(state, ()) + (KEEPER_STEPS.get(state, ()) if is_keeper else ())


def outcome(code: str | None) -> Text:
    """An attempt without an end was cut off; `status-500` and the like keep their number."""
    if code is None:
        return Text("cut off: nobody knows", "মাঝপথে বিচ্ছিন্ন: ফল অজানা")
    number = code.removeprefix("status-")
    return OUTCOMES.get(code) or Text(f"answered {number}", f"উত্তর {number}")
