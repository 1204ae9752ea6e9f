"""What may be set right in a complaint that was taken down otherwise than it is, pure."""

from typing import Final

from contracts.text import Text
from services.complaints.lifecycle.checks import Case

# What goes up the national GRS and what goes by OEMA s.41 are told apart late: only until somebody investigates.
ALIKE: Final = frozenset({"complaint", "service"})


def kind_refused(kind: str, case: Case) -> Text | None:
    """Whether the category of another kind may be chosen. A death or a distress is no correction: it becomes a case of its own."""
    if kind == case.kind:
        return None
    if {kind, case.kind} != ALIKE:
        return Text(
            "That is a case of another kind: let it grow out of this complaint instead.",
            "এটি অন্য ধরনের কেস: এই অভিযোগ থেকে আলাদা একটি কেস খুলুন।",
        )
    if case.is_investigation_begun:
        return Text("The investigation has begun: its kind stays.", "তদন্ত শুরু হয়েছে: ধরন আর বদলানো যায় না।")
    return None


def respondent_refused(*, is_ordered: bool) -> Text | None:
    """Nobody else takes over what was ordered of the first."""
    if not is_ordered:
        return None
    return Text(
        "A payment was ordered of the party that is named: lift that order first.",
        "যার নাম আছে, তাকে অর্থ পরিশোধের আদেশ দেওয়া হয়েছে: আগে সেই আদেশ তুলে নিন।",
    )
