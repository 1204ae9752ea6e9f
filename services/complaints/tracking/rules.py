"""Who may follow a complaint without an account: whoever has its reference and the secret that was given once.

Eight digits are few, so attempts are limited; but a limit on the complaint alone would let a stranger lock its owner out (somebody in the
same house who saw the slip). Hence: few wrong attempts from one address; and where very many fail at one complaint from anywhere, the
telephone number of the complaint is asked besides: its owner knows it, a guesser of numbers does not. Nobody is ever locked out by others.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Final

from contracts.text import Text

PER_ADDRESS: Final = 20
PER_ADDRESS_AND_COMPLAINT: Final = 5
ADDRESS_WINDOW: Final = timedelta(hours=1)
PER_COMPLAINT: Final = 30
COMPLAINT_WINDOW: Final = timedelta(days=1)
FORGOTTEN_AFTER: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Failures:
    """Wrong attempts within the windows."""

    from_address: int
    from_address_at_complaint: int
    at_complaint: int


class Judgement(Enum):
    MAY_TRY = "may_try"
    MUST_WAIT = "must_wait"
    NEEDS_PHONE = "needs_phone"


def judge(failures: Failures) -> Judgement:
    if failures.from_address >= PER_ADDRESS or failures.from_address_at_complaint >= PER_ADDRESS_AND_COMPLAINT:
        return Judgement.MUST_WAIT
    return Judgement.NEEDS_PHONE if failures.at_complaint >= PER_COMPLAINT else Judgement.MAY_TRY


NEXT_OPEN: Final = Text(
    "An officer works on it. You need do nothing until somebody asks you.",
    "একজন কর্মকর্তা এটি দেখছেন। কেউ জানতে না চাওয়া পর্যন্ত আপনার কিছু করতে হবে না।",
)
_NEXT: Final = {
    "lodged": Text(
        "An officer will read it and begin. The law gives 30 working days for the investigation.",
        "একজন কর্মকর্তা এটি পড়ে কাজ শুরু করবেন। আইন অনুযায়ী তদন্তের জন্য ৩০ কার্যদিবস সময় আছে।",
    ),
    "hearing": Text("There is a hearing. Call 16135 for day and place.", "শুনানি আছে। দিন ও স্থান জানতে ১৬১৩৫ নম্বরে ফোন করুন।"),
    "waiting": Text(
        "We wait for a word or a paper from you. Call 16135, or add it below.",
        "আপনার কাছ থেকে একটি তথ্য বা কাগজ দরকার। ১৬১৩৫ নম্বরে ফোন করুন, অথবা নিচে যোগ করুন।",
    ),
    "for_approval": Text("A decision is written and is checked by a second officer.", "সিদ্ধান্ত লেখা হয়েছে, আরেকজন কর্মকর্তা যাচাই করছেন।"),
    "resolved": Text(
        "It has been decided. If you do not agree, you may appeal. If money is owed to you, it is followed until it is paid.",
        "সিদ্ধান্ত হয়েছে। একমত না হলে আপিল করতে পারেন। আপনার পাওনা টাকা আদায় না হওয়া পর্যন্ত খোঁজ রাখা হবে।",
    ),
    "merged": Text("It goes on together with another complaint about the same matter.", "একই বিষয়ের অন্য একটি অভিযোগের সঙ্গে এটি চলছে।"),
}


def next_words(status: str) -> Text:
    """What happens next, for the person whose complaint it is. 30 working days: OEMA 2013 s.41(2)."""
    return _NEXT.get(status, NEXT_OPEN)
