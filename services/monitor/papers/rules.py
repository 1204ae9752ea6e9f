"""What may be brought as a paper, and when it may be named. Pure.

Everybody reads a paper that a record names, as they read the record: the framework's right to information. Until then nobody does. A photo
is drawn anew: it would tell where it was taken, and whoever wrote from there.
"""

from datetime import timedelta
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError, NotFoundError
from kit.media import PICTURES, Kind

MOST_BYTES: Final = 5 * 1024 * 1024
KINDS: Final[frozenset[Kind]] = PICTURES | {"application/pdf"}
# Of one person, not yet named by a record: a form needs one, a hand that slips a few more.
MOST_WAITING: Final = 10
WAITS: Final = timedelta(days=1)
# Longer than any transaction lasts: one that is being named is never taken away.
GRACE: Final = timedelta(hours=1)


class UnknownPaperError(NotFoundError):
    """Also one that no record names."""

    slug = "unknown-paper"
    title = Text("This paper is not here.", "এই কাগজটি এখানে নেই।")


class NotYourPaperError(ConflictError):
    """Of somebody else, or one that waited too long and is gone."""

    slug = "not-your-paper"
    title = Text(
        "The file that was chosen is no longer here. Choose it again.",
        "বেছে নেওয়া ফাইলটি আর নেই। ফাইলটি আবার বেছে নিন।",
    )


class TooManyPapersError(ConflictError):
    slug = "too-many-papers"
    title = Text(
        "You sent many files that no record names yet. Finish one of the forms, or try again tomorrow.",
        "আপনি অনেক ফাইল পাঠিয়েছেন যেগুলো এখনো কোনো তথ্যের সঙ্গে যুক্ত হয়নি। একটি ফর্ম শেষ করুন, অথবা আগামীকাল আবার চেষ্টা করুন।",
    )


def check_room(waiting: int) -> None:
    """Raises `TooManyPapersError`."""
    if waiting >= MOST_WAITING:
        raise TooManyPapersError
