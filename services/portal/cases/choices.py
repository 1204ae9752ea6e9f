"""What the forms of cases offer where the service has no list of its own, in both languages."""

from typing import Final

from contracts.text import Text
from services.portal.acts import Words

CURRENCIES: Final[Words] = (
    ("BDT", Text("Taka", "টাকা")),
    ("SAR", Text("Saudi riyal", "সৌদি রিয়াল")),
    ("AED", Text("Emirati dirham", "আমিরাতি দিরহাম")),
    ("QAR", Text("Qatari riyal", "কাতারি রিয়াল")),
    ("KWD", Text("Kuwaiti dinar", "কুয়েতি দিনার")),
    ("OMR", Text("Omani rial", "ওমানি রিয়াল")),
    ("BHD", Text("Bahraini dinar", "বাহরাইনি দিনার")),
    ("MYR", Text("Ringgit", "রিঙ্গিত")),
    ("SGD", Text("Singapore dollar", "সিঙ্গাপুর ডলার")),
    ("USD", Text("US dollar", "মার্কিন ডলার")),
    ("EUR", Text("Euro", "ইউরো")),
)
PROOFS: Final[Words] = (
    ("bank", Text("Bank transfer", "ব্যাংকের মাধ্যমে")),
    ("cheque", Text("Cheque", "চেক")),
    ("cash_receipt", Text("Cash, with a receipt", "নগদ, রশিদসহ")),
    ("family_confirmed", Text("The family says so", "পরিবার জানিয়েছে")),
    ("other", Text("Other", "অন্যভাবে")),
)
URGENCIES: Final[Words] = (
    ("4", Text("A life is in danger", "জীবন বিপন্ন")),
    ("3", Text("Today", "আজই")),
    ("2", Text("This week", "এই সপ্তাহে")),
    ("1", Text("It can wait", "অপেক্ষা করা যায়")),
)
ENDS: Final[Words] = (
    ("met", Text("It was given", "দেওয়া হয়েছে")),
    ("unmet", Text("It could not be given", "দেওয়া যায়নি")),
    ("withdrawn", Text("It is no longer wanted", "আর প্রয়োজন নেই")),
)
WISHES: Final[Words] = (
    ("return", Text("Bring the body home", "মরদেহ দেশে আনা")),
    ("burial_there", Text("Burial there", "বিদেশেই দাফন বা সৎকার")),
)
REPORTERS: Final[Words] = (
    ("family", Text("The family", "পরিবার")),
    ("employer", Text("The employer", "নিয়োগকর্তা")),
    ("colleague", Text("A colleague", "সহকর্মী")),
    ("hospital", Text("A hospital", "হাসপাতাল")),
    ("wing", Text("The Labour Welfare Wing", "শ্রম কল্যাণ উইং")),
    ("other", Text("Somebody else", "অন্য কেউ")),
)
POLICE: Final[Words] = (
    ("not_known", Text("Not known", "জানা নেই")),
    ("none", Text("No case", "মামলা নেই")),
    ("open", Text("A case is open", "মামলা চলছে")),
    ("closed", Text("The case has ended", "মামলা শেষ")),
)
IDENTITIES: Final[Words] = (
    ("confirmed", Text("The death is certain", "মৃত্যু নিশ্চিত")),
    ("error", Text("The report was wrong: the person is alive", "খবরটি ভুল: ব্যক্তি জীবিত")),
)
PAPER_STATES: Final[Words] = (
    ("asked", Text("Asked for", "চাওয়া হয়েছে")),
    ("received", Text("Received", "পাওয়া গেছে")),
    ("not_needed", Text("Not needed", "প্রয়োজন নেই")),
)
CONSENTS: Final[Words] = (
    ("contact", Text("The person wishes contact", "ব্যক্তি যোগাযোগ চান")),
    ("safe_only", Text("Say only that the person is safe", "শুধু জানানো যাবে যে তিনি নিরাপদ")),
    ("nothing", Text("Say nothing", "কিছুই জানানো যাবে না")),
)
TELLS: Final[Words] = (
    ("progress", Text("That the search goes on", "খোঁজ চলছে, এটুকু")),
    ("nothing", Text("Nothing", "কিছুই না")),
)
WHO: Final[Words] = (
    ("wife", Text("A wife", "স্ত্রী")),
    ("husband", Text("A husband", "স্বামী")),
    ("child", Text("A child", "সন্তান")),
    ("parent", Text("A parent", "বাবা বা মা")),
)
TIES: Final[Words] = (
    ("nobody", Text("Nobody", "কেউ না")),
    ("absent_spouse", Text("The spouse abroad", "বিদেশে থাকা স্বামী বা স্ত্রী")),
    ("present_spouse", Text("The spouse at home", "দেশে থাকা স্বামী বা স্ত্রী")),
    ("relative", Text("A relative", "আত্মীয়")),
    ("neighbour", Text("A neighbour", "প্রতিবেশী")),
    ("teacher", Text("A teacher", "শিক্ষক")),
    ("organization", Text("An organization", "সংস্থা")),
)
REACH: Final[Words] = (("self", Text("The person's own telephone", "ব্যক্তির নিজের ফোন")), *TIES)
LEVELS: Final[Words] = (
    ("low", Text("Low", "কম")),
    ("medium", Text("Medium", "মাঝারি")),
    ("high", Text("High", "উচ্চ")),
    ("extreme", Text("Extreme", "চরম")),
)
