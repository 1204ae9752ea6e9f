"""A caller's number, in whatever form an exchange writes it."""

from typing import Final, NamedTuple

import phonenumbers

from kit.text import clean_line, digits, phone

# What exchanges send in place of a number that was withheld (RFC 3323 and the words of common ones).
WITHHELD: Final = frozenset({"", "anonymous", "unknown", "withheld", "restricted", "private", "unavailable", "asserted", "n/a", "null"})
_FEWEST: Final = 6
_MOST: Final = 20


class Number(NamedTuple):
    """`written` is E.164 where it can be told, else its digits. `country`: ISO 3166-1 alpha-2, of the number and not of the person."""

    written: str
    country: str | None


def read_number(raw: str | None) -> Number | None:
    """None where it was withheld, or holds too little to call. Never raises: a call is recorded whatever its number looks like."""
    written = digits(clean_line(raw or "")).strip()
    if written.lower() in WITHHELD or "anonymous" in written.lower():
        return None
    written = written.removeprefix("sip:").removeprefix("tel:").partition("@")[0].partition(";")[0]
    plain = "".join(char for char in written if char.isdigit())
    for form in (written, f"+{plain}"):
        try:
            known = phone(form)
        except ValueError:
            continue
        return Number(known, _country(known))
    return Number(plain[:_MOST], None) if len(plain) >= _FEWEST else None


def _country(number: str) -> str | None:
    region = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    return region if region and region.isalpha() else None


def masked(number: str) -> str:
    """Enough to tell two calls apart on a screen that others see."""
    return f"…{number[-3:]}"
