"""References that people read aloud and copy by hand, as `C-7K3M-92QX`: a letter for the kind of record, seven symbols, one check symbol.

The alphabet is Crockford's: no I, L, O, U. The check symbol is a weighted sum over the field of 32 elements, so that it stays in the
alphabet: each wrong symbol and each two symbols that changed places are found, the letter in front included.
"""

import re
import secrets
from typing import Final

from pydantic import AfterValidator

from contracts.text import Text
from kit.text import digits

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BITS: Final = 35
_BODY: Final = 8
_SEPARATORS: Final = re.compile(r"[\s\-\u2010-\u2015\u2212_./]+")
_MISREAD: Final = str.maketrans("OIL", "011")
# x⁵ + x² + 1 is primitive: the powers of x, by which the symbols are weighted, are all different for 31 places.
_POLYNOMIAL: Final = 0b100101


def make(prefix: str, number: int | None = None) -> str:
    """A reference for `number` of 35 bits, random where none is given. Keep it unique in the table and make another on conflict."""
    number = secrets.randbits(BITS) if number is None else number
    if prefix not in ALPHABET[10:] or len(prefix) != 1 or not 0 <= number < 1 << BITS:
        raise ValueError(f"{prefix!r} with {number} makes no reference")
    symbols = "".join(ALPHABET[number >> shift & 31] for shift in range(BITS - 5, -1, -5))
    return _grouped(prefix + symbols + ALPHABET[_remainder(prefix + symbols + "0")])


def parse(text: str, prefix: str) -> str:
    """The reference as `make` wrote it, from what a person typed: any case, digits and separators, O for 0, I or L for 1, without prefix.

    Raises `ValueError(Text)` that says what is wrong.
    """
    written = _SEPARATORS.sub("", digits(text)).upper().translate(_MISREAD)
    symbols = written if len(written) > _BODY else prefix + written
    if len(symbols) != _BODY + 1 or symbols[0] != prefix:
        example = make(prefix, 0x2_7C6_8A4F)
        raise ValueError(Text(f"A reference looks like {example}.", f"রেফারেন্স নম্বর দেখতে এমন: {example}।"))
    if not set(symbols) <= set(ALPHABET):
        raise ValueError(Text("A reference has only letters and digits, and never U.", "রেফারেন্স নম্বরে শুধু ইংরেজি অক্ষর ও সংখ্যা থাকে, U থাকে না।"))
    if _remainder(symbols) != 0:
        raise ValueError(
            Text(
                "A letter or digit of this reference is wrong, or two have changed places.",
                "রেফারেন্স নম্বরের কোনো অক্ষর বা সংখ্যা ভুল, অথবা দুটি স্থান বদল করেছে।",
            ),
        )
    return _grouped(symbols)


def typed(prefix: str) -> AfterValidator:
    """For a field in which a person writes a reference: it is read as `parse` does."""
    return AfterValidator(lambda text: parse(text, prefix))


def digits_of(reference: str) -> int:
    """The number that `make` was given. Of a reference that `parse` accepted."""
    number = 0
    for symbol in reference.replace("-", "")[1:-1]:
        number = number << 5 | ALPHABET.index(symbol)
    return number


def _grouped(symbols: str) -> str:
    return f"{symbols[0]}-{symbols[1:5]}-{symbols[5:]}"


def _remainder(symbols: str) -> int:
    total = 0
    for symbol in symbols:
        total <<= 1
        if total & 32:
            total ^= _POLYNOMIAL
        total ^= ALPHABET.index(symbol)
    return total
