"""What an office returns of Safe Migration Committees, asked in its words."""

from typing import Final

from contracts.text import Text
from services.portal.acts import Act, Ask
from services.portal.papers.rules import paper_asks

COUNTS: Final = ("unions", "formed", "met", "trained", "referred")
_NUMBERS: Final = (
    Ask("unions", "number", Text("How many unions has the upazila?", "উপজেলায় কয়টি ইউনিয়ন?")),
    Ask(
        "formed",
        "number",
        Text("In how many of them is a committee formed?", "কয়টি ইউনিয়নে কমিটি গঠিত আছে?"),
        Text("At the end of the quarter.", "ত্রৈমাসিকের শেষে।"),
    ),
    Ask("met", "number", Text("How many of these committees met in the quarter?", "ত্রৈমাসিকে কয়টি কমিটি সভা করেছে?")),
    Ask("trained", "number", Text("How many of them were trained in it?", "ত্রৈমাসিকে কয়টি কমিটি প্রশিক্ষণ পেয়েছে?")),
    Ask(
        "referred",
        "number",
        Text("How many cases did they refer?", "কমিটিগুলো কয়টি কেস পাঠিয়েছে?"),
        Text("People whom they sent to help. Numbers only, no names.", "যাদের সহায়তার জন্য পাঠানো হয়েছে। শুধু সংখ্যা লিখুন, নাম নয়।"),
    ),
)
_PAPER: Final = paper_asks(
    Text("Title, number and date. Without one the return is marked so.", "শিরোনাম, স্মারক নম্বর ও তারিখ। না থাকলে পাশে সেটি লেখা থাকবে।")
)
RETURN: Final = Act(
    "",
    Text("Return what committees did", "কমিটির তথ্য দিন"),
    (
        Ask("district", "choice", Text("Which district?", "কোন জেলা?"), choices="own"),
        Ask(
            "upazila",
            "line",
            Text("Which upazila?", "কোন উপজেলা?"),
            Text("Spell it as in the quarter before: one upazila is one return.", "আগের ত্রৈমাসিকের মতো করে লিখুন: এক উপজেলার একটিই তথ্য।"),
        ),
        Ask("quarter", "choice", Text("Which quarter?", "কোন ত্রৈমাসিক?"), choices="quarters"),
        *_NUMBERS,
        *_PAPER,
    ),
    button=Text("Publish the return", "তথ্য প্রকাশ করুন"),
)
CORRECTION: Final = Act(
    "",
    Text("Correct a return", "তথ্য সংশোধন করুন"),
    (
        *_NUMBERS,
        Ask(
            "reason",
            "area",
            Text("Why are these numbers others than before?", "সংখ্যাগুলো কেন বদলাচ্ছে?"),
            Text("Anybody may read this. Name no private person.", "লেখাটি সবাই পড়তে পারবেন। কোনো ব্যক্তির নাম লিখবেন না।"),
        ),
        *_PAPER,
    ),
    button=Text("Publish the correction", "সংশোধন প্রকাশ করুন"),
)
