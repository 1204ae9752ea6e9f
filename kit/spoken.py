"""References in speech: words to read aloud over a bad line, and a number for the keys of a telephone."""

from typing import Final

from contracts.text import Text
from kit.reference import ALPHABET, BITS, digits_of, make

# Each letter with a place that callers know in both languages: B, D, P and T sound alike on a bad line.
_LETTERS: Final = {
    "A": ("America", "এ, আমেরিকা"),
    "B": ("Bangladesh", "বি, বাংলাদেশ"),
    "C": ("Canada", "সি, কানাডা"),
    "D": ("Dhaka", "ডি, ঢাকা"),
    "E": ("Egypt", "ই, ইজিপ্ট"),
    "F": ("France", "এফ, ফ্রান্স"),
    "G": ("Greece", "জি, গ্রিস"),
    "H": ("Holland", "এইচ, হল্যান্ড"),
    "J": ("Japan", "জে, জাপান"),
    "K": ("Kuwait", "কে, কুয়েত"),
    "M": ("Malaysia", "এম, মালয়েশিয়া"),
    "N": ("Nepal", "এন, নেপাল"),
    "P": ("Paris", "পি, প্যারিস"),
    "Q": ("Qatar", "কিউ, কাতার"),
    "R": ("Russia", "আর, রাশিয়া"),
    "S": ("Singapore", "এস, সিঙ্গাপুর"),
    "T": ("Turkey", "টি, তুরস্ক"),
    "V": ("Vietnam", "ভি, ভিয়েতনাম"),
    "W": ("Washington", "ডব্লিউ, ওয়াশিংটন"),
    "X": ("X-ray", "এক্স, এক্স-রে"),
    "Y": ("Yemen", "ওয়াই, ইয়েমেন"),
    "Z": ("Zambia", "জেড, জাম্বিয়া"),
}
_ENGLISH: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_BANGLA: Final = ("শূন্য", "এক", "দুই", "তিন", "চার", "পাঁচ", "ছয়", "সাত", "আট", "নয়")
_NUMBER: Final = len(str((1 << BITS) - 1))
# Damm's quasigroup of order 10: finds every wrong digit and every two that changed places (H. M. Damm, 2004).
_DAMM: Final = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
_WRONG: Final = Text("This number has a wrong digit, or too few.", "এই নম্বরে কোনো অঙ্ক ভুল আছে, অথবা কম আছে।")


def spoken(code: str) -> Text:
    """A reference or a number, symbol by symbol: `C as in Canada, seven, …`; a pause between groups."""
    groups = code.split("-") if "-" in code else code.split()
    return Text("; ".join(", ".join(map(_english, one)) for one in groups), "; ".join(", ".join(map(_bangla, one)) for one in groups))


def _english(symbol: str) -> str:
    return _ENGLISH[int(symbol)] if symbol.isdigit() else f"{symbol} as in {_LETTERS[symbol][0]}"


def _bangla(symbol: str) -> str:
    return _BANGLA[int(symbol)] if symbol.isdigit() else _LETTERS[symbol][1]


def keypad_number(reference: str) -> str:
    """The same reference as twelve digits, for a telephone that has no letters; the last one finds a slip of the finger."""
    number = f"{digits_of(reference):0{_NUMBER}}"
    return number + str(_check(number))


def from_keypad(typed: str, prefix: str) -> str:
    """Raises `ValueError(Text)`."""
    if len(typed) != _NUMBER + 1 or not (typed.isascii() and typed.isdigit()) or _check(typed) != 0 or int(typed[:-1]) >= 1 << BITS:
        raise ValueError(_WRONG)
    return make(prefix, int(typed[:-1]))


def _check(number: str) -> int:
    interim = 0
    for digit in number:
        interim = int(_DAMM[interim][int(digit)])
    return interim


if set(_LETTERS) != set(ALPHABET[10:]):
    raise ValueError("each letter of a reference has words")
