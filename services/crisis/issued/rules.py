"""What two people decide of a country's posture, and who may not; how a warning is ended.

Levels 1 to 4 (precaution, restriction, voluntary return, mandatory return) are the ladder of the MICIC practices and of the Philippines'
crisis alert levels.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from contracts.text import Text
from kit.errors import ConflictError

Why = Literal["over", "wrong"]


@dataclass(frozen=True, slots=True)
class Ending:
    """`kind`: CAP's msgType. What was true and is past is updated; what should not stand is cancelled."""

    kind: Literal["Update", "Cancel"]
    words: Text


ENDINGS: Final[Mapping[Why, Ending]] = {
    "over": Ending("Update", Text("The danger is over", "বিপদ কেটে গেছে")),
    "wrong": Ending("Cancel", Text("This warning is taken back", "এই সতর্কবার্তা প্রত্যাহার করা হলো")),
}


class NothingToEndError(ConflictError):
    slug = "alert-has-ended"
    title = Text("This warning holds no longer: there is nothing to end.", "এই সতর্কবার্তা আর কার্যকর নেই: শেষ করার কিছু নেই।")


class SamePersonError(ConflictError):
    slug = "posture-four-eyes"
    title = Text("Somebody else approves what you proposed.", "আপনার প্রস্তাব অন্য কাউকে অনুমোদন করতে হবে।")


class PostureDecidedError(ConflictError):
    slug = "posture-decided"
    title = Text("This posture has been decided on already.", "এই অবস্থান নিয়ে আগেই সিদ্ধান্ত হয়েছে।")
