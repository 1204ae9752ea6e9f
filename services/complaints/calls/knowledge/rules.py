"""How words that somebody types find a category or an article: in Bangla, in English, and Bangla typed in Latin letters."""

import re
from collections.abc import Iterable
from typing import Final

from kit.text import search_key

# Consonants by how they sound to who types them in Latin letters; what is often confused shares a letter. Vowels are left out: they are
# written in too many ways (beton, betan, baton).
_SOUNDS: Final = {
    **dict.fromkeys("কখ", "k"), **dict.fromkeys("গঘ", "g"), **dict.fromkeys("চছ", "c"), **dict.fromkeys("জঝয", "j"),
    **dict.fromkeys("টঠতথ", "t"), **dict.fromkeys("ডঢদধ", "d"), **dict.fromkeys("নণঙঞং", "n"), **dict.fromkeys("পফ", "p"),
    **dict.fromkeys("বভ", "b"), **dict.fromkeys("শষস", "s"), **dict.fromkeys("রঋৃ", "r"), "ম": "m", "ল": "l", "হ": "h", "্": "",
}  # fmt: skip
_LATIN: Final = str.maketrans({"v": "b", "w": "b", "f": "p", "z": "j", "q": "k", "x": "k", "y": "j"})
_PAIRS: Final = (("chh", "c"), ("ch", "c"), ("sh", "s"), ("kh", "k"), ("gh", "g"), ("jh", "j"), ("th", "t"), ("dh", "d"), ("ph", "p"),
                 ("bh", "b"), ("ng", "n"), ("ck", "k"))  # fmt: skip
_DOUBLED: Final = re.compile("(.)্?\\1")
_SHORTEST: Final = 2


def sound(word: str) -> str:
    """The consonants of a word as they sound, one letter each: বেতন and beton give the same. Of a folded word (`search_key`)."""
    for pair, letter in _PAIRS:
        word = word.replace(pair, letter)
    heard = "".join(_SOUNDS.get(char, char.translate(_LATIN) if char.isascii() else "") for char in _DOUBLED.sub(r"\1", word))
    return "".join(char for char in heard if char not in "aeiou")


def weight(typed: str, title: str, words: str) -> int:
    """How well what was typed meets a text; 0 where no word of it does. A word of the title counts more than a search word.

    Callers tell in sentences, and agents type as they hear: a word that meets nothing is passed over.
    """
    asked = search_key(typed).split()
    heads, rest = search_key(title).split(), search_key(words).split()
    return sum(max(_meets(one, heads) * 2, _meets(one, rest)) for one in asked)


def _meets(asked: str, known: Iterable[str]) -> int:
    """4 the word itself, 3 its beginning, 2 a part of it, 1 by its sound; 0 not at all."""
    best = 0
    heard = sound(asked)
    for word in known:
        if word == asked:
            return 4
        if len(asked) >= _SHORTEST and word.startswith(asked):
            best = max(best, 3)
        elif len(asked) > _SHORTEST and asked in word:
            best = max(best, 2)
        elif len(heard) >= _SHORTEST and _one_is_bangla(asked, word) and sound(word).startswith(heard):
            best = max(best, 1)
    return best


def _one_is_bangla(one: str, other: str) -> bool:
    """Sound is for the two scripts only: within one, spelling is enough."""
    return one.isascii() != other.isascii()
