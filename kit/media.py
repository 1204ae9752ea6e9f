"""What a file is, by its content alone.

A table of signatures instead of a library: what is taken here is a dozen kinds, each known by a few bytes at a fixed place; everything
else is refused, so that a library's hundred further kinds would only be hundred ways to be wrong (decision 0009).
"""

from collections.abc import Collection
from typing import Final, Literal, get_args

from contracts.text import Text

Kind = Literal[
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/heic",
    "application/pdf",
    "audio/ogg",
    "audio/mpeg",
    "audio/mp4",
    "audio/aac",
    "audio/amr",
    "audio/wav",
    "audio/webm",
    "video/mp4",
    "video/3gpp",
]
KINDS: Final[frozenset[Kind]] = frozenset(get_args(Kind))
ANYTHING: Final[frozenset[Kind]] = frozenset()
PICTURES: Final[frozenset[Kind]] = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic"})
SOUNDS: Final[frozenset[Kind]] = frozenset(kind for kind in KINDS if kind.startswith("audio/"))
SHOWN_IN_PLACE: Final = frozenset({"image/jpeg", "image/png", "image/webp"}) | SOUNDS
EXTENSIONS: Final[dict[Kind, str]] = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "application/pdf": "pdf",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/wav": "wav",
    "audio/webm": "weba",
    "video/mp4": "mp4",
    "video/3gpp": "3gp",
}

# ISO 14496-12: `ftyp` and the major brand. 3gp is what old phones record, sound alone too.
_BRANDS: Final[dict[bytes, Kind]] = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1"), "image/heic"),
    **dict.fromkeys((b"M4A ", b"M4B "), "audio/mp4"),
    **dict.fromkeys((b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV"), "video/mp4"),
    **dict.fromkeys((b"3gp4", b"3gp5", b"3gp6", b"3gp7", b"3gr6", b"3gs6", b"3ge6", b"3g2a"), "video/3gpp"),
}
_STARTS: Final[tuple[tuple[bytes, Kind], ...]] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"),
    (b"#!AMR", "audio/amr"),
)
_LAYER: Final = 0x06
_LAYER_3: Final = 0x02
_ADTS: Final = 0xF0
_EBML: Final = b"\x1aE\xdf\xa3"


def kind_of(head: bytes) -> Kind | None:
    """Of the first bytes of a file (64 do). None for what is not taken anywhere."""
    found = next((kind for start, kind in _STARTS if head.startswith(start)), None)
    return found or next((kind for test in (_riff, _iso_media, _ogg, _mpeg_frame, _webm) if (kind := test(head))), None)


def _riff(head: bytes) -> Kind | None:
    kinds: dict[bytes, Kind] = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
    return kinds.get(head[8:12]) if head.startswith(b"RIFF") else None


def _iso_media(head: bytes) -> Kind | None:
    return _BRANDS.get(head[8:12]) if head[4:8] == b"ftyp" else None


def _ogg(head: bytes) -> Kind | None:
    """Sound only: Opus, which WhatsApp sends, Vorbis, Speex."""
    codec = head[28:36]
    return "audio/ogg" if head.startswith(b"OggS") and codec.startswith((b"OpusHead", b"\x01vorbis", b"Speex")) else None


def _mpeg_frame(head: bytes) -> Kind | None:
    """A frame of ISO 11172-3 begins with eleven set bits, then version and layer (MP3 is the third); those of AAC (ADTS) name no layer.

    UTF-16 text begins nearly so: its mark names the first layer, which nobody records.
    """
    if len(head) < 3 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:  # noqa: PLR2004 - the bits named above
        return None
    if head[1] & _LAYER == 0:
        return "audio/aac" if head[1] & _ADTS == _ADTS else None
    has_rates = head[2] & 0xF0 != 0xF0 and head[2] & 0x0C != 0x0C  # noqa: PLR2004 - of bits and of samples; all set is reserved
    return "audio/mpeg" if head[1] & _LAYER == _LAYER_3 and has_rates else None


def _webm(head: bytes) -> Kind | None:
    """What a browser records. Sound and video look alike at their beginning: it is played as sound."""
    return "audio/webm" if head.startswith(_EBML) and b"webm" in head[:64] else None


_GROUPS: Final[tuple[tuple[str, Text], ...]] = (
    ("image/", Text("photos ({kinds})", "ছবি ({kinds})")),
    ("application/", Text("PDF", "পিডিএফ")),
    ("audio/", Text("sound", "অডিও")),
    ("video/", Text("short video", "ছোট ভিডিও")),
)
_ZIP: Final = Text(
    "This is a ZIP or Office file, whatever its name says. Send the photo or the PDF itself.",
    "নাম যা-ই হোক, এটি একটি জিপ বা অফিস ফাইল। মূল ছবি বা PDF পাঠান।",
)
_PROGRAM: Final = Text("This is a program. Programs are not taken.", "এটি একটি প্রোগ্রাম। প্রোগ্রাম নেওয়া হয় না।")
_REFUSED: Final = ((_ZIP, (b"PK",)), (_PROGRAM, (b"MZ", b"\x7fELF", b"#!/", b"dex\n")))


def what_it_is(head: bytes, kinds: Collection[Kind]) -> Text:
    """Says of a refused file what it is instead, or what is taken in its place."""
    return next((words for words, starts in _REFUSED if head.startswith(starts)), _taken(kinds))


def _taken(kinds: Collection[Kind]) -> Text:
    said = []
    for group, words in _GROUPS:
        if of_group := [EXTENSIONS[one].upper() for one in EXTENSIONS if one in kinds and one.startswith(group)]:
            named = ", ".join(of_group)
            said.append(Text(words.en.format(kinds=named), words.bn.format(kinds=named)))
    return Text(f"Taken here: {', '.join(one.en for one in said)}.", f"এখানে নেওয়া হয়: {', '.join(one.bn for one in said)}।")
