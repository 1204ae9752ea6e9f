"""Who may consent for a child, and what a photo of a consent is for."""

from typing import Protocol

from contracts.persons import AgeBand
from contracts.text import Text
from kit.errors import ConflictError


class NoThumbprintError(ConflictError):
    slug = "no-thumbprint"
    title = Text("Only a consent by thumbprint has a photo of its paper.", "শুধু টিপসইয়ের মাধ্যমে দেওয়া সম্মতিতেই কাগজের ছবি রাখা হয়।")


class PhotoThereError(ConflictError):
    slug = "photo-there"
    title = Text("There is a photo of this consent already; it is not replaced.", "এই সম্মতির ছবি আগেই রাখা হয়েছে; তা বদলানো যায় না।")


class GuardianNeededError(ConflictError):
    slug = "guardian-needed"
    title = Text(
        "A child's guardian speaks for the child: say that a guardian agreed. Of a child without one, name a witness.",
        "শিশুর পক্ষে অভিভাবক সম্মতি দেন: অভিভাবক সম্মতি দিয়েছেন কি না জানান। অভিভাবক না থাকলে সাক্ষীর নাম লিখুন।",
    )


class Said(Protocol):
    """What any form of consent tells of who spoke."""

    granted: bool
    by_guardian: bool
    witness: str | None


def check_guardian(age_band: str, said: Said, *, has_guardian: bool) -> None:
    """Nobody is left without help for having no guardian: then the child's own word counts, before a named witness.

    Raises `GuardianNeededError`.
    """
    if said.granted and age_band == AgeBand.UNDER_18 and not said.by_guardian and (has_guardian or not said.witness):
        raise GuardianNeededError


def check_same_photo(there: bytes, sent: bytes) -> None:
    """By their digests. Raises `PhotoThereError`."""
    if there != sent:
        raise PhotoThereError
