"""What a form of a complaint means where somebody answered a part of it."""

from collections.abc import Callable
from typing import Final

RESPONDENT: Final = ("kind", "office", "licence", "name")


def about_whom(said: Callable[[str], str]) -> str:
    """The kind of respondent, of what a form says. Whoever named an office, a licence or a person has said it, or most of it."""
    kind, office, licence, name = (said(f"respondent.{one}") for one in RESPONDENT)
    if office:
        return "office"
    if kind:
        return kind
    if licence:
        return "agency"
    return "unknown" if name else ""
