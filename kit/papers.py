"""What two ways to write the number of one paper share: for blind indexes, the same in every service that compares papers."""

import re
from typing import Final

from kit.text import clean_line, digits

_SEPARATORS: Final = re.compile(r"[\W_]+")
NID_LENGTHS: Final = (10, 13, 17)


def document_key(number: str) -> str:
    """Empty for text without a letter or digit."""
    return _SEPARATORS.sub("", digits(clean_line(number)).upper())


def index_key(kind: str, number: str) -> str:
    """What is compared of a number: an identity card's 17 digits are a year of birth and the 13 of the older card, which alone count."""
    return index_key_of(kind, document_key(number))


def index_key_of(kind: str, key: str) -> str:
    """As `index_key`, of a number's own key."""
    return key[4:] if kind == "nid" and len(key) == max(NID_LENGTHS) and key.isdecimal() else key
