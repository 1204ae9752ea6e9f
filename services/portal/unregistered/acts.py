"""What is written down of somebody who recruits without registration, form by form."""

from typing import Final

from contracts.text import Text
from services.portal.acts import Act, Ask

_WHY: Final = Ask(
    "reason",
    "area",
    Text("What shows it?", "কী দেখে বোঝা গেল?"),
    Text("It stays with the record.", "এটি নথির সঙ্গে থাকবে।"),
)
MENTION: Final = Act(
    "sightings",
    Text("Somebody recruits without registration", "কেউ নিবন্ধন ছাড়া কর্মী সংগ্রহ করছেন"),
    (
        Ask("name", "line", Text("Name, as it was told", "নাম, যেভাবে বলা হয়েছে"), needed=False),
        Ask("phone", "line", Text("Telephone", "টেলিফোন"), needed=False),
        Ask("complaint", "line", Text("Reference of the complaint", "অভিযোগের রেফারেন্স"), needed=False),
        Ask("district", "choice", Text("District", "জেলা"), choices="districts", needed=False),
        Ask("country", "choice", Text("Where to?", "কোন দেশে পাঠাতে?"), choices="countries", needed=False),
        Ask(
            "processed_by",
            "line",
            Text("Licence of the agency that processed the visa", "যে এজেন্সি ভিসার কাজ করেছে তার লাইসেন্স নম্বর"),
            Text("As it stands on the papers, such as RL-0001.", "কাগজে যেমন আছে, যেমন RL-0001।"),
            needed=False,
        ),
        Ask("seen_on", "day", Text("When was it?", "কবে?")),
        Ask(
            "source",
            "choice",
            Text("Who told it?", "কে জানিয়েছেন?"),
            choices=(
                ("complaint", Text("A complaint", "অভিযোগ")),
                ("inspection", Text("An inspection", "পরিদর্শন")),
                ("police", Text("The police", "পুলিশ")),
                ("wing", Text("A labour welfare wing", "শ্রম কল্যাণ উইং")),
                ("returnee", Text("A returnee", "প্রত্যাগত")),
                ("other", Text("Somebody else", "অন্য কেউ")),
            ),
        ),
    ),
    hint=Text(
        "A name or a number is enough. It is kept sealed, accuses nobody in public, and an officer decides who it is.",
        "নাম বা নম্বরের একটি হলেই চলবে। এটি গোপন থাকে, প্রকাশ্যে কাউকে অভিযুক্ত করে না; কে তিনি তা একজন কর্মকর্তা ঠিক করেন।",
    ),
)
OF_A_PERSON: Final = {
    "join": Act("sightings", Text("This mention is of that person", "এই উল্লেখ ওই ব্যক্তির"), (_WHY,), button=Text("Join", "যুক্ত করুন")),
    "separate": Act(
        "separations", Text("This mention is of somebody else", "এই উল্লেখ অন্য কারও"), (_WHY,), button=Text("Take it apart", "আলাদা করুন")
    ),
    "step": Act(
        "steps",
        Text("What was done", "যা করা হয়েছে"),
        (
            Ask(
                "kind",
                "choice",
                Text("What was done?", "কী করা হয়েছে?"),
                choices=(
                    ("warned", Text("Warned in writing", "লিখিতভাবে সতর্ক করা হয়েছে")),
                    ("referred", Text("Referred to the police", "পুলিশের কাছে পাঠানো হয়েছে")),
                    ("mobile_court", Text("Mobile court", "মোবাইল কোর্ট")),
                    ("case_filed", Text("Case filed", "মামলা দায়ের হয়েছে")),
                    ("charged", Text("Charges framed", "অভিযোগ গঠন হয়েছে")),
                    ("judged", Text("Judged", "রায় হয়েছে")),
                    ("closed", Text("Closed", "নিষ্পত্তি হয়েছে")),
                ),
            ),
            Ask("happened_on", "day", Text("When?", "কবে?")),
            Ask(
                "outcome",
                "choice",
                Text("What came of it?", "ফলাফল কী?"),
                choices=(
                    ("convicted", Text("Convicted", "দোষী সাব্যস্ত")),
                    ("fined", Text("Fined", "জরিমানা")),
                    ("acquitted", Text("Acquitted", "খালাস")),
                    ("dropped", Text("Not pursued", "অভিযোগ আর চালানো হয়নি")),
                    ("registered_since", Text("Registered since", "পরে নিবন্ধিত হয়েছেন")),
                ),
                needed=False,
            ),
            Ask("order_ref", "line", Text("Number of the judgment or order", "রায় বা আদেশের নম্বর"), needed=False),
            Ask(
                "is_public",
                "yes_no",
                Text("May whoever has the telephone number be told?", "যাঁর কাছে ফোন নম্বরটি আছে তাঁকে কি জানানো যাবে?"),
                Text("Only a conviction or a fine, with its number.", "শুধু দোষী সাব্যস্ত বা জরিমানা হলে, রায়ের নম্বরসহ।"),
                choices=(("yes", Text("Yes", "হ্যাঁ")), ("no", Text("No", "না"))),
                needed=False,
            ),
            Ask("note", "area", Text("Note for officers", "কর্মকর্তাদের জন্য নোট"), needed=False),
        ),
    ),
}
