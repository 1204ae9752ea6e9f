"""What an office tells of a matter, asked in its words."""

from typing import Final

from contracts.text import Text
from services.portal.acts import Act, Ask
from services.portal.papers.rules import paper_asks

_OPEN_TEXT: Final = Text("Anybody may read this. Name no private person.", "লেখাটি সবাই পড়তে পারবেন। কোনো ব্যক্তির নাম লিখবেন না।")
_ACTOR: Final = Ask("actor", "choice", Text("For which body?", "কোন সংস্থার পক্ষে?"), choices="actors")
_PAPER: Final = paper_asks(
    Text(
        "Title, number and date. Needed where you write down what another body sent.",
        "শিরোনাম, স্মারক নম্বর ও তারিখ। অন্য সংস্থার পাঠানো তথ্য লিখলে অবশ্যই দিতে হবে।",
    )
)
_OUTCOME: Final = Ask(
    "outcome",
    "choice",
    Text("What came of it?", "ফলাফল কী হলো?"),
    Text("Only where it is done.", "কেবল সম্পন্ন হলে।"),
    choices="outcomes",
    needed=False,
)
_STATE: Final = Ask(
    "state",
    "choice",
    Text("How does this step stand?", "ধাপটি কী অবস্থায় আছে?"),
    choices=(
        ("planned", Text("Planned", "পরিকল্পিত")),
        ("done", Text("Done", "সম্পন্ন")),
        ("dropped", Text("Given up, or told by mistake", "বাদ দেওয়া হয়েছে, অথবা ভুলে জানানো হয়েছিল")),
    ),
)
_TOLD: Final = Ask("text", "area", Text("What happened, and what follows?", "কী হয়েছে, এরপর কী হবে?"), _OPEN_TEXT)

STEP: Final = Act(
    "",
    Text("Tell of a step", "ধাপের তথ্য জানান"),
    (_ACTOR, _STATE, Ask("on_day", "day", Text("On which day?", "কোন তারিখে?")), _OUTCOME, _TOLD, *_PAPER),
    button=Text("Publish the step", "ধাপের তথ্য প্রকাশ করুন"),
)
STEP_WITHOUT_OUTCOME: Final = Act(STEP.path, STEP.title, tuple(ask for ask in STEP.asks if ask is not _OUTCOME), button=STEP.button)
MATTER: Final = Act(
    "",
    Text("Follow something new", "নতুন বিষয় অনুসরণ শুরু করুন"),
    (
        Ask("kind", "choice", Text("What is it?", "বিষয়টি কী?"), choices="kinds"),
        Ask("title_en", "line", Text("Its name in English", "ইংরেজি নাম")),
        Ask("title_bn", "line", Text("Its name in Bangla", "বাংলা নাম")),
        Ask(
            "country",
            "choice",
            Text("With which country?", "কোন দেশের সঙ্গে?"),
            Text("Of an agreement.", "চুক্তি হলে।"),
            "countries",
            needed=False,
        ),
        Ask(
            "activities",
            "line",
            Text("For which activities of the framework?", "কাঠামোর কোন কার্যক্রমের জন্য?"),
            Text("Their numbers, with a space between: 3.3.1.2 4.4.1.1", "নম্বরগুলো ফাঁক দিয়ে লিখুন: ৩.৩.১.২ ৪.৪.১.১"),
        ),
        Ask(
            "actor",
            "choice",
            Text("For which body?", "কোন সংস্থার পক্ষে?"),
            Text("One that leads, or helps to lead, one of these activities.", "যে সংস্থা এসব কার্যক্রমের কোনো একটির প্রধান বা সহযোগী বাস্তবায়নকারী।"),
            "actors",
        ),
        Ask("text", "area", Text("What is it about?", "বিষয়টি কী নিয়ে?"), _OPEN_TEXT),
        *_PAPER,
    ),
    button=Text("Follow it", "অনুসরণ শুরু করুন"),
)
ACTION: Final = Act(
    "",
    Text("Write down an action that was decided", "সভায় নেওয়া করণীয় লিখুন"),
    (
        Ask("task", "line", Text("What is to be done?", "কী করতে হবে?"), _OPEN_TEXT),
        Ask("owner", "choice", Text("Who is to do it?", "কে করবে?"), choices="bodies"),
        Ask("as_of", "day", Text("On which day was it decided?", "কোন তারিখে সিদ্ধান্ত হয়েছে?")),
        Ask("due", "day", Text("By which day is it to be done?", "কোন তারিখের মধ্যে করতে হবে?")),
        _ACTOR,
        Ask("text", "area", Text("What was said of it?", "এ বিষয়ে কী আলোচনা হয়েছে?"), _OPEN_TEXT),
        *_PAPER,
    ),
    button=Text("Publish the action", "করণীয় প্রকাশ করুন"),
)
CHANGE: Final = Act(
    "",
    Text("Say how an action stands", "করণীয়র অবস্থা জানান"),
    (
        _ACTOR,
        Ask(
            "state",
            "choice",
            Text("How does it stand?", "কী অবস্থায় আছে?"),
            choices=(
                ("open", Text("Still to be done", "এখনো করা বাকি")),
                ("done", Text("Done", "সম্পন্ন")),
                ("dropped", Text("Given up", "বাদ দেওয়া হয়েছে")),
            ),
        ),
        Ask("as_of", "day", Text("On which day did it stand so?", "কোন তারিখের অবস্থা?")),
        Ask(
            "due",
            "day",
            Text("By which day is it to be done now?", "এখন কোন তারিখের মধ্যে করতে হবে?"),
            Text("Only if the day was changed.", "কেবল তারিখ বদলালে লিখুন।"),
            needed=False,
        ),
        _TOLD,
        *_PAPER,
    ),
    button=Text("Publish how it stands", "অবস্থা প্রকাশ করুন"),
)
