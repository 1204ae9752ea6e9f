"""What cannot wait when somebody comes back, and by when an officer must have acted."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError


class Outcome(StrEnum):
    HELPED = "helped"
    REFERRED = "referred"
    DECLINED = "declined"
    NOT_FOUND = "not_found"
    MISTAKEN = "mistaken"


OUTCOME_WORDS: Final = {
    Outcome.HELPED: Text("Helped", "সহায়তা দেওয়া হয়েছে"),
    Outcome.REFERRED: Text("Passed on to a body that helps", "সহায়তাকারী প্রতিষ্ঠানে পাঠানো হয়েছে"),
    Outcome.DECLINED: Text("The person declined", "ব্যক্তি সহায়তা নিতে চাননি"),
    Outcome.NOT_FOUND: Text("The person could not be reached", "ব্যক্তির সঙ্গে যোগাযোগ করা যায়নি"),
    Outcome.MISTAKEN: Text("The flag was a mistake", "চিহ্নটি ভুল ছিল"),
}
CHILD_ALONE: Final = "child_alone"


class TaskDoneError(ConflictError):
    slug = "task-done"
    title = Text("This task is done already.", "এই কাজটি ইতিমধ্যে শেষ হয়েছে।")


class TaskTakenError(ConflictError):
    slug = "task-taken"
    title = Text("A colleague has taken this task.", "একজন সহকর্মী কাজটি নিয়েছেন।")


def due_at(opened_at: datetime, hours: int) -> datetime:
    """Wall clock, not working hours: who needs a doctor on a Friday needs one on Friday."""
    return opened_at + timedelta(hours=hours)


def flags_of(said: list[str], *, is_child: bool, has_guardian: bool) -> list[str]:
    """What was said, and what follows from it: a child without a guardian is alone, whether anybody ticked it or not."""
    follows = [CHILD_ALONE] if is_child and not has_guardian else []
    return list(dict.fromkeys([*said, *follows]))


def check_open(done_at: datetime | None) -> None:
    """Raises `TaskDoneError`."""
    if done_at is not None:
        raise TaskDoneError


def check_free(taken_by: str | None, caller: str) -> None:
    """Raises `TaskTakenError` for another's task; one's own may be taken again."""
    if taken_by not in {None, caller}:
        raise TaskTakenError
