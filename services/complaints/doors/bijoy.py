"""Text typed for an old Bangla font (Bijoy, SutonnyMJ): found, and turned into Unicode.

Before Unicode a Bangla letter was a Latin code that the font drew as Bangla. Pasted elsewhere, `Avgvi †eZb` is shown instead of আমার বেতন.
The table of the font stands in `data/bijoy.yaml`. Signs that stand before their consonant on paper are moved behind it, a reph in front.
"""

import re
from functools import cache
from pathlib import Path
from typing import Final

import yaml

_TABLE: Final = Path(__file__).parent.parent / "data" / "bijoy.yaml"
_CONSONANT: Final = "[ক-হড়ঢ়য়ৎ]\u09bc?"
_CLUSTER: Final = f"{_CONSONANT}(?:্{_CONSONANT})*"
# Stand-ins while signs wait for their place: characters that no text holds.
_REPH: Final = "\ue000"
_BEFORE: Final = {"\ue001": "ি", "\ue002": "ে", "\ue003": "ৈ"}
_BANGLA: Final = re.compile("[\u0980-\u09ff]")
_LEGACY: Final = re.compile("[†‡ˆ©¨ªÖ«®¯°-¿Á-ÏÑ-ßà-ÿ‰ŠŒœŸƒ™š›˜¡¢£¤¥¦§]")
_TYPICAL: Final = re.compile(r"[A-Za-z]\w*v|w[A-Za-z]|[‡†][A-Za-z]|[a-z]x\b|©|[A-Za-z]~|Av|[KMZbiej]iv?\b")
_WORD: Final = re.compile(r"\S+")
_ENGLISH: Final = re.compile(
    r"^(?:the|and|of|to|in|is|was|my|me|he|she|they|not|for|with|by|from|at|on|no|have|has|had|are|we|you|i|a)$", re.IGNORECASE
)
_LEAST_WORDS: Final = 3


def looks_old(text: str) -> bool:
    """Whether the text is likely of an old font. A question to its writer follows, never a change by itself."""
    words = _WORD.findall(text)
    if len(words) < _LEAST_WORDS or _BANGLA.search(text) or any(_ENGLISH.match(word.strip(".,;:!?")) for word in words):
        return False
    marked = sum(1 for word in words if _LEGACY.search(word))
    typical = sum(1 for word in words if _LEGACY.search(word) or _TYPICAL.search(word))
    return marked * 5 >= len(words) and typical * 2 >= len(words)


def to_unicode(text: str) -> str:
    """Each code replaced, the longest first; what the table does not know stays as it is."""
    codes, pattern = _codes()
    found = pattern.sub(lambda match: codes[match[0]], text)
    # A sign before its consonant: behind the whole cluster, and behind a reph that is drawn after it.
    found = re.sub(f"([\ue001-\ue003])({_CLUSTER}(?:{_REPH})?)", lambda match: match[2] + _BEFORE[match[1]], found)
    found = re.sub(f"({_CLUSTER})([া-ৌ]?){_REPH}", r"র্\1\2", found)
    # ো and ৌ were typed in two halves around the consonant.
    for halves, whole in (("ো", "ো"), ("ৌ", "ৌ")):
        found = found.replace(halves, whole)
    found = re.sub("ঁ([া-ৌ])", r"\1ঁ", found)
    for rest, sign in {_REPH: "র্", **_BEFORE}.items():
        found = found.replace(rest, sign)
    return found


@cache
def _codes() -> tuple[dict[str, str], re.Pattern[str]]:
    known: dict[str, str] = yaml.safe_load(_TABLE.read_text("utf-8"))["codes"]
    codes = {
        code: meant.replace("REPH", _REPH).replace("PRE_I", "\ue001").replace("PRE_E", "\ue002").replace("PRE_OI", "\ue003")
        for code, meant in known.items()
    }
    return codes, re.compile("|".join(re.escape(code) for code in sorted(codes, key=len, reverse=True)))
