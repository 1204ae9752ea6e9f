"""Which fields of two descriptions of one person differ. Pure; values are as JSON has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from contracts.text import Text
from kit.errors import ConflictError, InvalidError

# In the order in which they are shown. What is a matter of safety or only grows (flags, papers, help on arrival, a neutral slip) is not
# chosen between: the record takes both.
FIELDS: Final = (
    *("name", "name_bn", "sex", "age_band", "birth_year", "father", "mother", "guardian", "phone", "second_phone"),
    *("district", "upazila", "village", "country", "departed_on", "returned_on", "return_reason", "proof", "owed"),
)
SEALED: Final = frozenset({"name", "name_bn", "father", "mother", "guardian", "phone", "second_phone", "village"})
_SILENT_CODES: Final[Mapping[str, str]] = {"sex": "unknown", "age_band": "unknown", "proof": "none"}
# What is owed only grows here: that it was paid is said in the case.
_GROWS: Final = "owed"


class Choice(StrEnum):
    KEPT = "kept"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Difference:
    """`kept`: what stands in the record. A difference that `fills` overwrites nothing."""

    field: str
    kept: Any
    new: Any

    @property
    def fills(self) -> bool:
        return is_silent(self.field, self.kept) or self.field == _GROWS


class ConflictDecidedError(ConflictError):
    slug = "conflict-decided"
    title = Text("Each field was chosen already.", "প্রতিটি তথ্য আগেই বেছে নেওয়া হয়েছে।")


class ChoiceMissingError(InvalidError):
    slug = "choice-missing"
    title = Text("Choose for at least one field that still waits.", "অন্তত একটি অমীমাংসিত তথ্যের জন্য বেছে নিন।")


def is_silent(field: str, value: Any) -> bool:
    return value in (None, "", []) or value == _SILENT_CODES.get(field)


def differences(kept: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """What the second description says otherwise. Its silence says nothing: an empty field takes nothing away."""
    found = []
    for name in FIELDS:
        ours, theirs = kept.get(name), new.get(name)
        if name == _GROWS:
            theirs = list(dict.fromkeys([*(ours or []), *(theirs or [])]))
        if not is_silent(name, theirs) and theirs != ours:
            found.append(Difference(name, ours, theirs))
    return found
