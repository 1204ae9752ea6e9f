"""An agency answers for the workers it sent (Overseas Employment and Migrants Act 2013: a recruiting agent is liable for who it recruits).

Asked are agencies by licence; an agency sees and answers its own alone. Who does not answer in time is listed as silent.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from contracts.text import Text


class WorkerState(StrEnum):
    SAFE = "safe"
    HELP = "help"
    MOVED = "moved"
    LEFT = "left"
    NOT_REACHED = "not_reached"


WORDS: Final[Mapping[WorkerState, Text]] = {
    WorkerState.SAFE: Text("Safe", "নিরাপদ"),
    WorkerState.HELP: Text("Needs help", "সাহায্য প্রয়োজন"),
    WorkerState.MOVED: Text("Moved to a safer place", "নিরাপদ স্থানে সরে গেছেন"),
    WorkerState.LEFT: Text("Left the country", "দেশটি ছেড়েছেন"),
    WorkerState.NOT_REACHED: Text("Not reached", "যোগাযোগ করা যায়নি"),
}


class Standing(StrEnum):
    WAITING = "waiting"
    SILENT = "silent"
    ANSWERED = "answered"


def standing(answered_at: datetime | None, due: datetime, now: datetime) -> Standing:
    if answered_at is not None:
        return Standing.ANSWERED
    return Standing.SILENT if due < now else Standing.WAITING
