"""What an officer may write down in a case: each act is one short form, one page, so that it can be done on a phone."""

from collections.abc import Mapping
from typing import Final

from contracts.text import Text
from services.portal.acts import YES_NO, Act, Ask
from services.portal.cases.choices import (
    CONSENTS,
    CURRENCIES,
    ENDS,
    IDENTITIES,
    LEVELS,
    PAPER_STATES,
    POLICE,
    PROOFS,
    REACH,
    REPORTERS,
    TELLS,
    TIES,
    URGENCIES,
    WHO,
    WISHES,
)

_ALL: Final = frozenset({"distress", "death", "missing", "protection"})
_ON: Final = Ask("on", "day", Text("When?", "কবে?"))
_NOTE: Final = Ask("note", "area", Text("Note", "মন্তব্য"), needed=False)
_SOURCE: Final = Ask("source", "choice", Text("Who says or did it?", "কে জানিয়েছেন বা করেছেন?"), choices="sources")
_CURRENCY: Final = Ask("currency", "choice", Text("Currency", "মুদ্রা"), choices=CURRENCIES)
_PAID: Final = (
    Ask("amount", "amount", Text("How much was paid?", "কত টাকা পরিশোধ হয়েছে?")),
    Ask("paid_on", "day", Text("When was it paid?", "কবে পরিশোধ হয়েছে?")),
    Ask("proof", "choice", Text("How is it known?", "কীভাবে জানা গেছে?"), choices=PROOFS),
)

ACTS: Final[Mapping[str, Act]] = {
    "distress": Act(
        "/distress",
        Text("Where the person is", "ব্যক্তি কোথায় আছেন"),
        (
            Ask("place", "area", Text("Where is the person?", "ব্যক্তি এখন কোথায়?"), needed=False),
            Ask(
                "family_may_know",
                "yes_no",
                Text("May the family be told?", "পরিবারকে জানানো যাবে?"),
                Text("Ask the person. Not asked is no.", "ব্যক্তির কাছে জেনে নিন। না জানলে ধরে নিন জানানো যাবে না।"),
                YES_NO,
            ),
            Ask(
                "ministry_service",
                "yes_no",
                Text("Asked for as the foreign ministry's repatriation service?", "পররাষ্ট্র মন্ত্রণালয়ের প্রত্যাবাসন সেবা হিসেবে আবেদন?"),
                Text("Five working days, free of charge.", "৫ কার্যদিবস, বিনা মূল্যে।"),
                YES_NO,
            ),
        ),
    ),
    "request": Act(
        "/distress/requests",
        Text("Ask for help", "সহায়তার অনুরোধ"),
        (
            Ask("need", "choice", Text("What is needed?", "কী সহায়তা দরকার?"), choices="needs"),
            Ask("urgency", "choice", Text("How urgent is it?", "কতটা জরুরি?"), choices=URGENCIES),
        ),
        frozenset({"distress"}),
    ),
    "request-end": Act(
        "/distress/requests/{of}/end",
        Text("How the request ended", "অনুরোধ কীভাবে শেষ হলো"),
        (Ask("state", "choice", Text("What became of it?", "কী হলো?"), choices=ENDS), _ON, _NOTE),
    ),
    "family-told": Act("/distress/family-told", Text("The family was told", "পরিবারকে জানানো হয়েছে"), (_ON,)),
    "step": Act(
        "/steps",
        Text("Write down what was done", "কী করা হয়েছে লিখুন"),
        (
            Ask("kind", "choice", Text("What was done?", "কী করা হয়েছে?"), choices="steps"),
            _SOURCE,
            Ask("done_on", "day", Text("When?", "কবে?")),
            Ask("cost", "amount", Text("What did it cost?", "কত খরচ হয়েছে?"), needed=False),
            Ask("currency", "choice", Text("Currency", "মুদ্রা"), choices=CURRENCIES, needed=False),
            Ask("borne_by", "choice", Text("Who bears the cost?", "খরচ কে বহন করছে?"), choices="payers", needed=False),
            _NOTE,
        ),
        _ALL,
    ),
    "money": Act(
        "/money",
        Text("Enter a claim", "পাওনার দাবি লিখুন"),
        (
            Ask("kind", "choice", Text("What is claimed?", "কীসের পাওনা?"), choices="money"),
            Ask("payer", "choice", Text("Who owes it?", "কে দেবে?"), choices="payers"),
            Ask("claimed", "amount", Text("How much?", "কত?")),
            _CURRENCY,
            Ask("claimed_on", "day", Text("When was it claimed?", "কবে দাবি করা হয়েছে?")),
        ),
        _ALL,
    ),
    "agreement": Act(
        "/money/{of}/agreement",
        Text("What was agreed", "কত টাকায় সম্মত হয়েছে"),
        (
            Ask(
                "agreed",
                "amount",
                Text("How much was agreed?", "কত টাকায় সম্মত হয়েছে?"),
                Text("Leave it empty if the claim is given up.", "দাবি ছেড়ে দিলে খালি রাখুন।"),
                needed=False,
            ),
            _ON,
            Ask("due_on", "day", Text("By when is it to be paid?", "কবের মধ্যে দিতে হবে?"), needed=False),
        ),
    ),
    "payment": Act("/money/{of}/payments", Text("A payment", "টাকা পরিশোধ"), _PAID),
    "death": Act(
        "/death",
        Text("What is known of the death", "মৃত্যু সম্পর্কে যা জানা গেছে"),
        (
            Ask("reported_by", "choice", Text("Who reported it?", "কে খবর দিয়েছেন?"), choices=REPORTERS),
            Ask("died_on", "day", Text("On which day?", "কোন তারিখে?"), needed=False),
            Ask("cause", "choice", Text("Cause", "কারণ"), choices="causes"),
            Ask("suspicious", "yes_no", Text("Is it suspicious?", "মৃত্যু কি সন্দেহজনক?"), choices=YES_NO),
            Ask("police_case", "choice", Text("Police case", "পুলিশি মামলা"), choices=POLICE),
            Ask("police_note", "line", Text("Number and station", "মামলা নম্বর ও থানা"), needed=False),
            Ask("cleared", "yes_no", Text("Left with BMET's clearance?", "বিএমইটির ছাড়পত্র নিয়ে গিয়েছিলেন?"), choices=YES_NO),
            Ask("passport", "line", Text("Passport number", "পাসপোর্ট নম্বর"), needed=False),
        ),
    ),
    "identity": Act(
        "/death/identity",
        Text("Is it certain?", "নিশ্চিত করা"),
        (
            Ask("identity", "choice", Text("What is known now?", "এখন কী জানা গেছে?"), choices=IDENTITIES),
            Ask("seen", "many", Text("What was seen?", "কী দেখে নিশ্চিত হলেন?"), choices="documents_seen", needed=False),
            _SOURCE,
            _ON,
        ),
        hint=Text("Until then every word to the family says: reported.", "তার আগে পরিবারকে শুধু বলুন: খবর এসেছে।"),
    ),
    "wish": Act(
        "/death/wishes",
        Text("The family's wish", "পরিবারের ইচ্ছা"),
        (
            Ask("wish", "choice", Text("What do they wish?", "তাঁরা কী চান?"), choices=WISHES),
            Ask("relation", "line", Text("Who says so? (wife, father, son …)", "কে বলেছেন? (স্ত্রী, বাবা, ছেলে …)")),
            Ask("said_by", "line", Text("Name", "নাম"), needed=False),
            Ask("said_on", "day", Text("When?", "কবে?")),
        ),
        frozenset({"death"}),
        Text(
            "Each member of the family is heard. If they differ, speak with them again.", "পরিবারের প্রত্যেকের কথা শুনুন। মতভেদ থাকলে আবার কথা বলুন।"
        ),
    ),
    "paper": Act(
        "/death/papers",
        Text("A paper", "কাগজপত্র"),
        (
            Ask("code", "choice", Text("Which paper?", "কোন কাগজ?"), choices="papers"),
            Ask("state", "choice", Text("What became of it?", "কী হলো?"), choices=PAPER_STATES),
            _SOURCE,
            _ON,
        ),
        frozenset({"death"}),
    ),
    "heir": Act(
        "/death/heirs",
        Text("An heir", "উত্তরাধিকারী"),
        (
            Ask("relation", "line", Text("Relation to the person who died", "মৃত ব্যক্তির সঙ্গে সম্পর্ক")),
            Ask("name", "line", Text("Name", "নাম")),
            Ask("is_minor", "yes_no", Text("Under 18?", "১৮ বছরের কম?"), choices=YES_NO),
            Ask("guardian", "line", Text("Guardian of a child", "সন্তানের অভিভাবকের নাম"), needed=False),
            Ask("guardian_relation", "line", Text("Guardian's relation", "অভিভাবকের সম্পর্ক"), needed=False),
        ),
        frozenset({"death"}),
    ),
    "transport": Act(
        "/death/transport",
        Text("The flight home", "মরদেহ দেশে আনার ফ্লাইট"),
        (
            Ask("flight", "line", Text("Flight", "ফ্লাইট")),
            Ask("airport", "line", Text("Airport in Bangladesh", "বাংলাদেশের বিমানবন্দর")),
            Ask("arrives_on", "day", Text("Arrives on", "কবে পৌঁছাবে")),
            Ask("cargo", "line", Text("Cargo number", "কার্গো নম্বর"), needed=False),
            Ask("receiver", "line", Text("Who receives the body?", "কে মরদেহ গ্রহণ করবেন?"), needed=False),
            Ask("receiver_phone", "line", Text("Their telephone", "তাঁর ফোন"), needed=False),
        ),
        frozenset({"death"}),
    ),
    "burial": Act("/death/burial", Text("Buried there", "বিদেশে দাফন বা সৎকার হয়েছে"), (_ON,), frozenset({"death"})),
    "handed-over": Act("/death/handed-over", Text("Handed to the family", "পরিবারের কাছে হস্তান্তর"), (_ON,), frozenset({"death"})),
    "contact": Act(
        "/death/contact",
        Text("Become the family's contact", "পরিবারের যোগাযোগ কর্মকর্তা হোন"),
        (
            Ask("name", "line", Text("Your name, as the family shall hear it", "আপনার নাম, পরিবারকে যেভাবে জানাবেন")),
            Ask("told_on", "day", Text("When was the family told?", "পরিবারকে কবে জানানো হয়েছে?"), needed=False),
        ),
        frozenset({"death"}),
    ),
    "grant": Act(
        "/death/grants", Text("Ask for a grant", "অনুদানের আবেদন"), (Ask("grant", "choice", Text("Which?", "কোনটি?"), choices="grants"),)
    ),
    "missing": Act(
        "/missing",
        Text("Who is sought", "কার খোঁজ করা হচ্ছে"),
        (
            Ask("last_contact_on", "day", Text("Last contact", "শেষ যোগাযোগ"), needed=False),
            Ask("last_place", "line", Text("Where was the person then?", "তখন কোথায় ছিলেন?"), needed=False),
            Ask(
                "features",
                "area",
                Text("Features", "চেনার চিহ্ন"),
                Text("Height, scars, teeth, clothes. Only officers see it.", "উচ্চতা, দাগ, দাঁত, পোশাক। শুধু কর্মকর্তারা দেখেন।"),
                needed=False,
            ),
            Ask("passport", "line", Text("Passport number", "পাসপোর্ট নম্বর"), needed=False),
            Ask("tell_asker", "choice", Text("What may whoever asks be told?", "যিনি খোঁজ করছেন তাঁকে কী জানানো যাবে?"), choices=TELLS),
        ),
    ),
    "found": Act(
        "/missing/found",
        Text("Found alive", "জীবিত পাওয়া গেছে"),
        (_ON, Ask("consent", "choice", Text("What does the person allow?", "ব্যক্তি কী জানাতে সম্মত?"), choices=CONSENTS)),
        frozenset({"missing"}),
        Text("Ask the person alone.", "ব্যক্তির সঙ্গে একা কথা বলুন।"),
    ),
    "protection": Act(
        "/protection",
        Text("Who needs protection", "কার সুরক্ষা প্রয়োজন"),
        (
            Ask("who", "choice", Text("Who?", "কে?"), choices=WHO),
            Ask("issues", "many", Text("What threatens them?", "কী সমস্যা?"), choices="issues"),
            Ask("abuser", "choice", Text("Who harms them?", "কে নির্যাতন করেন?"), choices=TIES),
            Ask(
                "reach_through",
                "choice",
                Text("How are they reached?", "কীভাবে যোগাযোগ করা যায়?"),
                Text("Never through the one who harms them.", "যিনি নির্যাতন করেন, তাঁর মাধ্যমে কখনো নয়।"),
                REACH,
            ),
            Ask("children", "number", Text("How many children?", "সন্তান কতজন?"), needed=False),
            Ask("children_in_school", "number", Text("How many go to school?", "কতজন বিদ্যালয়ে যায়?"), needed=False),
            Ask("guardian", "line", Text("Who looks after a child?", "শিশুর দেখাশোনা কে করেন?"), needed=False),
        ),
    ),
    "assessment": Act(
        "/protection/assessments",
        Text("Assess the risk", "ঝুঁকি যাচাই"),
        (
            Ask("answers", "many", Text("What is the case now?", "এখন কোনটি সত্য?"), choices="risks", needed=False),
            Ask("level", "choice", Text("Your decision", "আপনার সিদ্ধান্ত"), choices=LEVELS),
            Ask("reason", "area", Text("Why?", "কেন?")),
            Ask("plan", "area", Text("Safety plan", "নিরাপত্তা পরিকল্পনা"), needed=False),
            Ask("next_visit", "day", Text("Next visit", "পরবর্তী সাক্ষাৎ"), needed=False),
        ),
        frozenset({"protection"}),
        Text("The list is illustrative and untested. You decide.", "তালিকাটি নমুনামাত্র, পরীক্ষিত নয়। সিদ্ধান্ত আপনার।"),
    ),
    "visit": Act(
        "/protection/visits",
        Text("A visit", "সাক্ষাৎ"),
        (
            Ask("done_on", "day", Text("When?", "কবে?")),
            Ask("seen_alone", "yes_no", Text("Could you speak alone?", "একা কথা বলতে পেরেছেন?"), choices=YES_NO[:2]),
            Ask("findings", "area", Text("What did you find?", "কী দেখলেন?"), needed=False),
            Ask("next_visit", "day", Text("Next visit", "পরবর্তী সাক্ষাৎ"), needed=False),
        ),
        frozenset({"protection"}),
    ),
}
# With these a case begins: nothing else can be written down before.
FIRST: Final[Mapping[str, str]] = {"distress": "distress", "death": "death", "missing": "missing", "protection": "protection"}


def offered(kind: str) -> list[tuple[str, Text]]:
    """What may be done in a case of this kind, besides what stands beside a line of its page."""
    return [(name, act.title) for name, act in ACTS.items() if kind in act.kinds]


HAND_OVER: Final = Act(
    "",
    Text("Handed to the family", "পরিবারের কাছে হস্তান্তর"),
    (
        _ON,
        Ask("grant.amount", "amount", Text("Cheque for transport and burial, taka", "পরিবহন ও দাফন সহায়তার চেক, টাকা"), needed=False),
        Ask("grant.paid_on", "day", Text("Date of the cheque", "চেকের তারিখ"), needed=False),
    ),
)
PAY_GRANT: Final = Act("", Text("Pay the grant", "অনুদান পরিশোধ"), _PAID)
REMAINS: Final = Act(
    "",
    Text("Report unidentified remains", "অশনাক্ত মরদেহের খবর"),
    (
        Ask("country", "choice", Text("Country", "দেশ"), choices="countries"),
        Ask("found_on", "day", Text("Found on", "কবে পাওয়া গেছে")),
        Ask(
            "sex",
            "choice",
            Text("Sex", "লিঙ্গ"),
            choices=(("male", Text("Man", "পুরুষ")), ("female", Text("Woman", "নারী")), ("unknown", YES_NO[2][1])),
        ),
        Ask(
            "age_band",
            "choice",
            Text("Age, about", "আনুমানিক বয়স"),
            choices=(
                ("under_18", Text("Under 18", "১৮-এর কম")),
                ("18_24", Text("18 to 24", "১৮ থেকে ২৪")),
                ("25_34", Text("25 to 34", "২৫ থেকে ৩৪")),
                ("35_44", Text("35 to 44", "৩৫ থেকে ৪৪")),
                ("45_plus", Text("45 and over", "৪৫ বা বেশি")),
                ("unknown", YES_NO[2][1]),
            ),
        ),
        Ask("features", "area", Text("Features", "চেনার চিহ্ন")),
        Ask("name", "line", Text("A name on papers found", "সঙ্গে পাওয়া কাগজে নাম"), needed=False),
        Ask("passport", "line", Text("A passport number found", "সঙ্গে পাওয়া পাসপোর্ট নম্বর"), needed=False),
    ),
)
