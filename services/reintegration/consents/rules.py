"""What a photo of a consent is for."""

from contracts.text import Text
from kit.errors import ConflictError


class NoThumbprintError(ConflictError):
    slug = "no-thumbprint"
    title = Text("Only a consent by thumbprint has a photo of its paper.", "শুধু টিপসইয়ের মাধ্যমে দেওয়া সম্মতিতেই কাগজের ছবি রাখা হয়।")


class PhotoThereError(ConflictError):
    slug = "photo-there"
    title = Text("There is a photo of this consent already; it is not replaced.", "এই সম্মতির ছবি আগেই রাখা হয়েছে; তা বদলানো যায় না।")


def check_same_photo(there: bytes, sent: bytes) -> None:
    """By their digests. Raises `PhotoThereError`."""
    if there != sent:
        raise PhotoThereError
