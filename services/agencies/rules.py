"""What the agencies service decides of a licence, without looking at a clock, a database or the network: its number, and who is licensed.

How a class is computed: `ratings.rules`; how it is published: `runs.rules`.
"""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError, NotFoundError
from kit.text import clean_line, digits


class LicenceStatus(StrEnum):
    VALID = "valid"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class ClassCode(StrEnum):
    A = "A"
    B = "B"
    C = "C"
    D = "D"
    GATES_MET = "gates_met"
    GATE_NOT_MET = "gate_not_met"
    INSUFFICIENT_DATA = "insufficient_data"
    NOT_LICENSED = "not_licensed"


STATUS_WORDS: Final[Mapping[LicenceStatus, Text]] = {
    LicenceStatus.VALID: Text("Licensed", "লাইসেন্স বৈধ"),
    LicenceStatus.SUSPENDED: Text("Licence suspended: may not recruit", "লাইসেন্স স্থগিত: কর্মী নিয়োগ করতে পারে না"),
    LicenceStatus.CANCELLED: Text("Licence cancelled: may not recruit", "লাইসেন্স বাতিল: কর্মী নিয়োগ করতে পারে না"),
    LicenceStatus.EXPIRED: Text("Licence expired: may not recruit", "লাইসেন্সের মেয়াদ শেষ: কর্মী নিয়োগ করতে পারে না"),
}
_RL_NUMBER: Final = re.compile(r"^(?:RL|আরএল)?[\s.:#-]*(?:NO|NUMBER|নং|নম্বর)?[\s.:#-]*([0-9]{1,5})$")
_NO_LICENCE: Final = Text("A licence number looks like RL-0001.", "লাইসেন্স নম্বর দেখতে এমন: RL-0001।")


class AgainstError(ConflictError):
    """`detail` says the rule and against what: whoever is shown nothing else must understand it."""

    def __init__(self, against: Text) -> None:
        said = (self.title, against)
        super().__init__(Text(" ".join(one.en for one in said), " ".join(one.bn for one in said)))


class LicenceTakenError(ConflictError):
    slug = "licence-already-registered"
    title = Text("This licence number stands in the register already.", "এই লাইসেন্স নম্বরটি নিবন্ধন তালিকায় আগে থেকেই আছে।")


class UnknownLicenceError(NotFoundError):
    slug = "unknown-licence"
    title = Text(
        "No licence with this number stands in the register. Do not pay anybody before you have asked at the district office (DEMO).",
        "এই নম্বরের কোনো লাইসেন্স নিবন্ধন তালিকায় নেই। জেলা কর্মসংস্থান ও জনশক্তি অফিসে (ডেমো) না জেনে কাউকে টাকা দেবেন না।",
    )


def licence_number(text: str) -> str:
    """`RL-0001` from what people write: RL 1, rl-0001, আরএল নং ০০০১. Raises `ValueError(Text)`.

    The Act names no format; "RL No" is what agencies print on their papers.
    """
    found = _RL_NUMBER.match(digits(clean_line(text)).upper())
    if found is None or int(found[1]) == 0:
        raise ValueError(_NO_LICENCE)
    return f"RL-{int(found[1]):04}"


def linked_licence(respondent_kind: str | None, licence: str | None) -> str | None:
    """The licence for which a complaint counts: that of an agency, where it can be read as one. All other complaints count, for nobody."""
    if respondent_kind != "agency" or licence is None:
        return None
    try:
        return licence_number(licence)
    except ValueError:
        return None


def licence_today(status: LicenceStatus, valid_until: date, today: date) -> LicenceStatus:
    """A licence is valid to the end of its last day (OEMA 2013 s.11); what the office noted against it goes before the date."""
    return LicenceStatus.EXPIRED if status is LicenceStatus.VALID and valid_until < today else status


def is_licensed(status: LicenceStatus, valid_until: date, today: date) -> bool:
    """Whether the agency may recruit: a suspended one has no legal capacity to (OEMA 2013 s.12(2))."""
    return licence_today(status, valid_until, today) is LicenceStatus.VALID


def shown_class(computed: ClassCode, *, licensed: bool) -> ClassCode:
    """A licence can end between two computations: who is not licensed today never stands there with a class."""
    return computed if licensed else ClassCode.NOT_LICENSED
