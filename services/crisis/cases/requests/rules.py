"""A family's request for the ministry's service of a detained or stranded person (myGov BDGS-1637816025): 5 working days, free."""

from collections.abc import Mapping
from typing import Final, Literal

from contracts.text import Text
from kit.errors import ProblemError

Standing = Literal["received", "at_work", "answered"]
# What a family knows, and the kind of case that a wing makes of it; an officer opens another where it turns out differently.
KIND_OF: Final[Mapping[str, str]] = {"detained": "detention", "hospital": "hospital", "stranded": "travel_paper", "missing": "missing"}
LABELS: Final[Mapping[Standing, Text]] = {
    "received": Text("Received", "আবেদন পৌঁছেছে"),
    "at_work": Text("An officer works on it", "একজন কর্মকর্তা কাজ করছেন"),
    "answered": Text("Answered", "উত্তর দেওয়া হয়েছে"),
}
WORDS: Final[Mapping[Standing, Text]] = {
    "received": Text(
        "The office will look for the person. You need do nothing. Nobody may ask you for money: the service is free.",
        "কার্যালয় ব্যক্তির খোঁজ নেবে। আপনার কিছু করতে হবে না। কেউ টাকা চাইলে দেবেন না: সেবাটি বিনা মূল্যে।",
    ),
    "at_work": Text(
        "An officer is asking where the person is and what is needed. Your answer stands here once there is one.",
        "একজন কর্মকর্তা ব্যক্তির অবস্থান ও প্রয়োজন জানার চেষ্টা করছেন। উত্তর হলে এখানেই দেখতে পাবেন।",
    ),
    "answered": Text(
        "The office has handled your request. What it may tell you stands here; for more call 16135.",
        "কার্যালয় আপনার আবেদনটি দেখেছে। যতটুকু জানানো যায় তা এখানে আছে; আরও জানতে ১৬১৩৫ নম্বরে ফোন করুন।",
    ),
}


class NotAPersonError(ProblemError):
    """Said in the words of a fault of the form: a program learns nothing from it."""

    status = 422
    slug = "invalid"
    title = Text("Some details need to be corrected.", "কিছু তথ্য সংশোধন করতে হবে।")


def standing(*, taken: bool, answered: bool) -> Standing:
    """What a family hears is as much as it may know: not where the person is, nor which step is done."""
    if answered:
        return "answered"
    return "at_work" if taken else "received"
