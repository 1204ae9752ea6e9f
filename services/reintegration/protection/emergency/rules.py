"""A protected case opened from outside in an emergency: who may, how long, and who must judge it afterwards.

For a life in danger while no member can be reached. What it costs is light: the reason is read by people who answer for the case, at once.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError


class Voice(StrEnum):
    """On whose behalf somebody judges: those who keep the case, and those who answer for the officers."""

    MEMBER = "member"
    SUPERVISOR = "supervisor"


VOICE_WORDS: Final = {
    Voice.MEMBER: Text("Who keeps the case", "কেসের দায়িত্বে যিনি"),
    Voice.SUPERVISOR: Text("Supervisor", "তত্ত্বাবধায়ক"),
}


class SeenAlreadyError(ConflictError):
    slug = "protected-case-seen-already"
    title = Text("You see this case without an emergency.", "জরুরি অবস্থা ছাড়াই আপনি এই কেস দেখতে পান।")


class OpenedAlreadyError(ConflictError):
    slug = "emergency-opened-already"
    title = Text("You have this case open already. Its time is not over.", "কেসটি আপনার কাছে খোলাই আছে। সময় এখনো শেষ হয়নি।")


class NotYoursToJudgeError(ConflictError):
    slug = "not-yours-to-judge"
    title = Text(
        "Somebody else judges this: nobody does for themselves, and nobody twice.",
        "এটি অন্য কেউ যাচাই করবেন: নিজেরটি নিজে যাচাই করা যায় না, একই ব্যক্তি দুবারও নয়।",
    )


def voice_of(*, is_supervisor: bool, is_member: bool, is_own: bool, has_judged: bool, judged: Collection[str]) -> Voice | None:
    """For whom this person judges next; None where it is not theirs. Two people judge each emergency, neither of them who opened."""
    if is_own or has_judged:
        return None
    if is_member and Voice.MEMBER not in judged:
        return Voice.MEMBER
    return Voice.SUPERVISOR if is_supervisor and Voice.SUPERVISOR not in judged else None


def check_voice(voice: Voice | None) -> Voice:
    """Raises `NotYoursToJudgeError`."""
    if voice is None:
        raise NotYoursToJudgeError
    return voice


def is_open(until: datetime, now: datetime, verdicts: Collection[bool]) -> bool:
    """It ends by its time, and at once when somebody finds that it was not justified."""
    return now < until and all(verdicts)


def is_late(review_by: datetime, now: datetime, judged: Collection[str]) -> bool:
    return review_by < now and len(judged) < len(Voice)
