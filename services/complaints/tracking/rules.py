"""What the person whose complaint it is is told of it. Who may follow it: `kit.strangers`."""

from typing import Final

from contracts.text import Text

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
