"""What a person's name sounds like, the same for Bangla and Latin letters: রহিম, Rahim, Roheem and Rohim share one key.

Romanised Bangla has no one spelling: an inherent vowel is written a or o, aspirates lose their h, য is z or j, names run together. So a
key keeps the consonants that no spelling changes, whether a name begins with a vowel, and the last a that tells রহিমা from রহিম. It is
coarse on purpose (Hasan and Hossain share one): it proposes, a person decides.
"""

import re
from typing import Final

from kit.text import search_key

# Written before a name or left out at will; they tell nobody apart. After `search_key`: without dots, in small letters.
_PREFIXES: Final = (
    "md mohd mohammad mohammed mohamed mohamad muhammad muhammed mohamod mst mosa most mosammat mosammath musammat mr mrs ms "
    "মো মোহাম্মদ মুহাম্মদ মোহাম্মাদ মুহাম্মাদ মোহামদ মোহাম্মেদ মোসা মোছা মোসাম্মত মোছাম্মত মুসাম্মত মোসাম্মৎ মোছাম্মৎ জনাব"
)
_OFTEN_LEFT_OUT: Final = frozenset(search_key(_PREFIXES).split())
# ঞ of মিঞা is a vowel, that of মঞ্জু a consonant. The silent ব of বিশ্বাস, and the য-ফলা of সন্ধ্যা.
_SILENT: Final = re.compile("(?<=[সশষতদজনকহ]্)ব|্য(?!়)")
_LONE_NYA: Final = re.compile("ঞ(?!্)")
_BEFORE_A_VELAR: Final = re.compile("ং(?=[কখগঘ])")
_CLUSTERS: Final = (("ক্ষ", "ks"), ("ক্স", "ks"), ("জ্ঞ", "g"))
_BANGLA: Final = {
    **dict.fromkeys("কখ", "k"),
    **dict.fromkeys("গঘ", "g"),
    "ঙ": "n",
    "ং": "ng",
    "চ": "c",
    "ছ": "s",
    **dict.fromkeys("জঝয", "j"),
    "ঞ": "n",
    **dict.fromkeys("টঠতথ", "t"),
    **dict.fromkeys("ডঢদধ", "d"),
    **dict.fromkeys("নণ", "n"),
    "প": "p",
    "ফ": "f",
    **dict.fromkeys("বভ", "b"),
    "ম": "m",
    "র": "r",
    "ল": "l",
    **dict.fromkeys("সশষ", "s"),
    "হ": "h",
    # Half vowels sound as the vowels beside them.
    **dict.fromkeys("অআইঈউঊএঐওঔ", "o"),
    "\u09df": "o",  # ya with its dot, as one letter
    "া": "a",
    **dict.fromkeys("িীুূেৈোৌ", "o"),
    "ঋ": "ro",
    "ৃ": "ro",
    "্": "",
    "়": "",
}
_LATIN: Final = (
    ("chh", "s"),
    ("sch", "s"),
    ("sh", "s"),
    ("ch", "C"),
    ("ck", "k"),
    ("ph", "f"),
    ("kh", "k"),
    ("gh", "g"),
    ("jh", "j"),
    ("zh", "j"),
    ("th", "t"),
    ("dh", "d"),
    ("bh", "b"),
    ("q", "k"),
    ("x", "ks"),
    ("z", "j"),
    ("v", "b"),
)
_SOFT_C: Final = re.compile("c(?=[eiy])")
_GLIDE_AFTER: Final = re.compile("(?<=[sdtjnk])w")
_DOUBLED: Final = re.compile(r"([^aeiouy])\1+")
_VOWELS: Final = re.compile("[aeiouyw]+")
_NASAL_VELAR: Final = re.compile("ng(?=[kg])")


def sound_key(name: str) -> str:
    """Equal for spellings of one name in either script. Empty for a name without a letter. Stored only as `Keyring.blind_index`."""
    words = search_key(name).split()
    kept = [one for one in words if one not in _OFTEN_LEFT_OUT] or words
    sounds = [_sounds(one) for one in kept]
    # Names run together as often as apart (জসিম উদ্দিন, Jasimuddin): only the first word's opening vowel is sure to open one.
    joined = "".join(sound if place == 0 else sound.removeprefix("a") or sound for place, sound in enumerate(sounds))
    return _DOUBLED.sub(r"\1", joined)


def _sounds(word: str) -> str:
    letters = _latin(_transcribed(word))
    opens = "a" if _VOWELS.match(letters) else ""
    bare = letters.removesuffix("h") if len(letters) > 1 else letters
    closes = "a" if bare.endswith("a") and len(bare) > 1 else ""
    return opens + _VOWELS.sub("", letters.rstrip("h") if len(letters) > 1 else letters) + closes


def _transcribed(word: str) -> str:
    """Bangla letters as one Latin letter for each sound; all else as it was."""
    word = _LONE_NYA.sub("\u09df", _SILENT.sub("", word))
    word = _BEFORE_A_VELAR.sub("ন", word)
    for cluster, sound in _CLUSTERS:
        word = word.replace(cluster, sound)
    return "".join(_BANGLA.get(letter, letter) for letter in word.replace("য\u09bc", "\u09df"))


def _latin(word: str) -> str:
    word = _SOFT_C.sub("s", word) if word.isascii() and "ch" not in word else word
    for spelling, sound in _LATIN:
        word = word.replace(spelling, sound)
    return _DOUBLED.sub(r"\1", _NASAL_VELAR.sub("n", _GLIDE_AFTER.sub("", word)).lower())
