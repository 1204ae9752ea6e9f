"""Which files a complaint takes, and what of an upload is still missing."""

from typing import Final

from contracts.text import Text
from kit.media import KINDS, PICTURES, SOUNDS, Kind

KIND_WORDS: Final = {
    "photo": Text("Photo", "ছবি"),
    "voice": Text("Voice note", "ভয়েস রেকর্ড"),
    "receipt": Text("Receipt", "রশিদ"),
    "contract": Text("Contract", "চুক্তিপত্র"),
    "passport": Text("Passport or permit", "পাসপোর্ট বা অনুমতিপত্র"),
    "other": Text("Other paper", "অন্য কাগজ"),
}
TAKEN: Final[frozenset[Kind]] = KINDS


def kind_for(named: str | None, media_type: str) -> str:
    """What the sender called it; else what it looks like."""
    if named in KIND_WORDS:
        return str(named)
    if media_type in SOUNDS:
        return "voice"
    return "photo" if media_type in PICTURES else "other"


def has_room(*, files: int, bytes_held: int, more: int, most_files: int, most_bytes: int) -> bool:
    """Uploads under way count as what they will be: ten begun at once do not pass together where one would."""
    return files < most_files and bytes_held + more <= most_bytes


def useful_part(*, received: int, offset: int, size: int, length: int) -> slice | None:
    """Which bytes of a part that comes at `offset` are new; None where it begins after what is here, or would go past the end.

    A part that was sent again because its answer was lost overlaps what is here already: only its rest is taken (tus 1.0 would refuse it,
    and a phone on a bad line would have to ask first).
    """
    if offset > received or offset + size > length:
        return None
    return slice(min(received - offset, size), size)
