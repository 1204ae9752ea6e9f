"""Blind indexes by which one person is found again among those asked for, evacuated and sent abroad, without a name being readable."""

import re
from dataclasses import dataclass
from typing import Final

from kit.crypto import Keyring
from kit.text import digits, search_key

_BETWEEN: Final = re.compile(r"[^A-Z0-9]")


@dataclass(frozen=True, slots=True)
class Marks:
    """What tells one person from others, as typed; each may be missing."""

    name: str | None = None
    phone: str | None = None
    document: str | None = None


def marks_of(keyring: Keyring, marks: Marks) -> dict[str, bytes | None]:
    """`phone` in E.164; a document's number whatever its spacing; a name folded as searches fold it."""
    return {
        "name_index": keyring.blind_index(search_key(marks.name), "name") if marks.name else None,
        "phone_index": keyring.blind_index(marks.phone, "phone") if marks.phone else None,
        "document_index": keyring.blind_index(document_key(marks.document), "document") if marks.document else None,
    }


def document_key(number: str) -> str:
    return _BETWEEN.sub("", digits(number).upper())
