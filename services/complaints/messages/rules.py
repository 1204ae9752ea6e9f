"""A talk in short messages: what is asked next, and what an answer means. One question at a time, answered with a digit of either script.

Whatever somebody writes that is no answer is part of what happened: nothing that was written is lost.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from contracts.places import countries
from contracts.text import Text
from kit.text import digits, search_key


class Step(StrEnum):
    """The question that was asked last. `ATTACHED`: what comes goes to the complaint that the talk has."""

    BEGIN = "begin"
    SAME_MATTER = "same_matter"
    SAFE = "safe"
    WHO = "who"
    ABOUT = "about"
    COUNTRY = "country"
    STORY = "story"
    DONE = "done"
    ATTACHED = "attached"


ABOUT: Final = {"1": "wages", "2": "paid_not_sent", "3": "physical_abuse", "4": "stranded", "5": "other"}
WHO: Final = {"1": "self", "2": "family", "3": "anonymous"}
COUNTRIES: Final = {"1": "SA", "2": "AE", "3": "OM", "4": "QA", "5": "KW", "6": "MY"}
_YES: Final = frozenset({"1", "yes", "y", "হ্যাঁ", "হা", "জি", "জী", "ha", "ji"})
_NO: Final = frozenset({"2", "no", "n", "না", "na"})
# Shorter than this is a greeting or a cry, not yet what happened.
_STORY_LETTERS: Final = 20
_STATUS: Final = re.compile(r"^\s*(?:status|স্ট্যাটাস|অবস্থা)\s+(.+?)\s+((?:\d[\s-]?){7}\d)\s*$", re.IGNORECASE | re.DOTALL)
STOP: Final = "stop"
_STOP: Final = frozenset({"stop", "বন্ধ", "থামুন"})

# Each within two parts of a Bangla text (134 units). None says "complaint": the screen may be seen.
QUESTIONS: Final = {
    Step.SAME_MATTER: Text("About your earlier matter? 1 yes, 2 something new", "আগের বিষয়টি নিয়ে লিখছেন? ১ হ্যাঁ, ২ নতুন বিষয়"),
    Step.SAFE: Text("We have your message. Are you safe now? 1 yes, 2 no", "আপনার বার্তা পেয়েছি। আপনি কি এখন নিরাপদ? ১ হ্যাঁ, ২ না"),
    Step.WHO: Text(
        "Who needs help? 1 myself, 2 somebody else, 3 I would rather not say who I am",
        "সাহায্য কার দরকার? ১ আমার, ২ অন্য কারও, ৩ নাম জানাতে চাই না",
    ),
    Step.ABOUT: Text(
        "What is it about? 1 wages, 2 paid but not sent, 3 beaten, 4 stranded, 5 other",
        "কী বিষয়ে? ১ বেতন, ২ টাকা দিয়েও যাওয়া হয়নি, ৩ মারধর, ৪ আটকে পড়া, ৫ অন্য",
    ),
    Step.COUNTRY: Text(
        "Which country? 1 Saudi Arabia 2 UAE 3 Oman 4 Qatar 5 Kuwait 6 Malaysia, or write its name",
        "কোন দেশ? ১ সৌদি ২ আমিরাত ৩ ওমান ৪ কাতার ৫ কুয়েত ৬ মালয়েশিয়া, অথবা নাম লিখুন",
    ),
    Step.STORY: Text("Write what happened, or send your voice.", "কী হয়েছে লিখুন, অথবা কথা বলে পাঠান।"),
}
NOT_SAFE: Final = Text(
    "In Bangladesh call 999. Abroad +8809610102030. If you can, go where people are.",
    "দেশে ৯৯৯, বিদেশ থেকে +৮৮০৯৬১০১০২০৩০ নম্বরে ফোন করুন। পারলে লোকজনের কাছে যান।",
)
ADDED: Final = Text("Added. Nothing more to do.", "যোগ করা হয়েছে। আর কিছু করতে হবে না।")
STOPPED: Final = Text("You get no more texts from us.", "আপনি আর আমাদের বার্তা পাবেন না।")
WRONG_KEY: Final = Text(
    "These numbers do not belong together. Look again, or call 16135.", "নম্বর দুটি মিলছে না। আবার দেখুন, অথবা ১৬১৩৫-এ ফোন করুন।"
)


@dataclass(frozen=True, slots=True)
class Talk:
    """Where a talk stands. `answers`: codes so far. `has_open`: the number has a complaint that is not decided yet.

    `region`: country of the number, which saves a question to whoever writes from abroad. `letters`: how much was told before.
    """

    step: Step = Step.BEGIN
    answers: Mapping[str, str] = field(default_factory=dict)
    has_open: bool = False
    region: str = "BD"
    letters: int = 0
    has_recording: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What follows from one message: the step that is next, the answers known now, and whether the message was an answer."""

    step: Step
    answers: Mapping[str, str]
    was_answer: bool = False


def turn(talk: Talk, written: str | None) -> Turn:
    """`written`: the text, None for a recording or a picture, and for a message that came late: those answer no question."""
    if talk.step is Step.ATTACHED:
        return Turn(Step.ATTACHED, talk.answers)
    if talk.step in {Step.BEGIN, Step.DONE}:
        return Turn(Step.SAME_MATTER if talk.has_open else Step.SAFE, {})
    known = _answer(talk.step, written) if written is not None else None
    if known is None:
        told = replace(talk, letters=talk.letters + len(written or ""))
        following = _next(told, talk.answers) if talk.step is Step.STORY else talk.step
        return Turn(following, talk.answers)
    answers = {**talk.answers, talk.step: known}
    if talk.step is Step.SAME_MATTER and known == "yes":
        return Turn(Step.ATTACHED, answers, was_answer=True)
    return Turn(_next(talk, answers), answers, was_answer=True)


def may_text(answers: Mapping[str, str], *, by_itself: bool) -> bool | None:
    """Whoever writes may be written to, until they say stop. Of one who fell silent that is not known, unless they said they are safe."""
    if STOP in answers:
        return False
    return True if not by_itself or answers.get(Step.SAFE) == "yes" else None


def is_unfinished(step: Step) -> bool:
    """Something was told, and no record has it yet."""
    return step not in {Step.BEGIN, Step.DONE, Step.ATTACHED}


def _next(talk: Talk, answers: Mapping[str, str]) -> Step:
    wanted = [Step.SAFE, Step.WHO, Step.ABOUT] + ([Step.COUNTRY] if talk.region == "BD" else [])
    missing = next((step for step in wanted if step not in answers), None)
    if missing is not None:
        return missing
    return Step.DONE if talk.letters >= _STORY_LETTERS or talk.has_recording else Step.STORY


def _answer(step: Step, written: str) -> str | None:
    said = digits(written).strip().strip(".।)").strip().lower()
    match step:
        case Step.SAFE | Step.SAME_MATTER:
            return "yes" if said in _YES else "no" if said in _NO else None
        case Step.WHO:
            return WHO.get(said)
        case Step.ABOUT:
            return ABOUT.get(said)
        case Step.COUNTRY:
            return COUNTRIES.get(said) or country_named(written)
        case _:
            return None


def country_named(written: str) -> str | None:
    """By its name in either language, or by how people shorten it."""
    wanted = search_key(written)
    if len(wanted) < 3:  # noqa: PLR2004 - letters: fewer are no name
        return None
    for code, name in countries().items():
        keys = (search_key(name.en), search_key(name.bn))
        if wanted in keys or any(key.split()[0] == wanted for key in keys):
            return code
    return None


def status_asked(written: str) -> tuple[str, str] | None:
    """`STATUS C-7K3M-92QX 1234 5678` → reference and secret, as typed."""
    match = _STATUS.match(digits(written))
    return (match[1], match[2]) if match else None


def wants_stop(written: str) -> bool:
    return written.strip().lower() in _STOP
