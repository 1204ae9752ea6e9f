"""What becomes of a voice note or picture that somebody sends in answer to a warning; pure.

Whatever becomes of it, the message waits for a person. The company gives a file for seven days after its webhook
(WhatsApp Cloud API, Media, https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media/);
it is asked until then, and what is certain not to come is given up at once.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.media import PICTURES, Kind
from kit.pauses import growing_pause


class State(StrEnum):
    WAITING = "waiting"
    KEPT = "kept"
    LOST = "lost"
    FORGOTTEN = "forgotten"


class SentAs(StrEnum):
    SOUND = "sound"
    PICTURE = "picture"
    OTHER = "other"


class Fault(StrEnum):
    """Why it is not here. Short, stable words."""

    GONE = "gone"
    TOO_LARGE = "too-large"
    WRONG_KIND = "wrong-kind"
    AWAY = "away"
    NOT_GIVEN = "not-given"
    NOT_WHOLE = "not-whole"
    ASTRAY = "astray"


HELD_BY_COMPANY: Final = timedelta(days=7)
LONGEST_PAUSE: Final = timedelta(minutes=15)
# What another try cannot mend.
CERTAIN: Final = frozenset({Fault.GONE, Fault.TOO_LARGE, Fault.WRONG_KIND})
SOUNDS: Final[frozenset[Kind]] = frozenset({"audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "audio/amr"})
SHOWN_PICTURE: Final = "image/jpeg"

SENT_AS_WORDS: Final[Mapping[SentAs, Text]] = {
    SentAs.SOUND: Text("Voice note", "ভয়েস মেসেজ"),
    SentAs.PICTURE: Text("Picture", "ছবি"),
    SentAs.OTHER: Text("File", "ফাইল"),
}
FAULT_WORDS: Final[Mapping[Fault, Text]] = {
    Fault.GONE: Text("the company that brought it no longer has it.", "যে প্রতিষ্ঠান এটি এনেছে, তাদের কাছে এটি আর নেই।"),
    Fault.TOO_LARGE: Text("it is larger than is taken here.", "এখানে যত বড় ফাইল নেওয়া হয়, এটি তার চেয়ে বড়।"),
    Fault.WRONG_KIND: Text("it is no sound or photo of a kind that is taken here.", "এটি এখানে নেওয়া হয় এমন অডিও বা ছবি নয়।"),
    Fault.AWAY: Text("the company that brought it does not answer.", "যে প্রতিষ্ঠান এটি এনেছে, তারা সাড়া দিচ্ছে না।"),
    Fault.NOT_GIVEN: Text("the company that brought it does not hand it over.", "যে প্রতিষ্ঠান এটি এনেছে, তারা এটি দিচ্ছে না।"),
    Fault.NOT_WHOLE: Text("it did not arrive whole.", "এটি পুরোপুরি এসে পৌঁছায়নি।"),
    Fault.ASTRAY: Text("it was to be fetched from an address that is not safe.", "যে ঠিকানা থেকে আনার কথা, সেটি নিরাপদ নয়।"),
}
COMING: Final = Text("It is being fetched. Open this page again in a moment.", "এটি আনা হচ্ছে। একটু পরে এই পাতা আবার খুলুন।")
NOT_YET: Final = Text("It has not come yet: {why} It is tried again.", "এখনো আসেনি: {why} আবার চেষ্টা করা হচ্ছে।")
LOST: Final = Text("It cannot be had: {why} Ask its writer what they need.", "এটি পাওয়া যাবে না: {why} প্রেরকের কী দরকার, জেনে নিন।")
FORGOTTEN: Final = Text("It has been deleted.", "এটি মুছে ফেলা হয়েছে।")

_SENT_AS: Final = {"audio": SentAs.SOUND, "voice": SentAs.SOUND, "image": SentAs.PICTURE}


def sent_as(kind: str) -> SentAs:
    """By what the company calls the message; what the file is says its content."""
    return _SENT_AS.get(kind, SentAs.OTHER)


def shown_as(found: Kind | None, sent: SentAs) -> str | None:
    """As what it is given to an officer; None for what is not taken. A picture is drawn anew.

    A voice note of some telephones is a film without pictures (ISO 14496-12, brand `isom` or `mp42`).
    """
    if found in PICTURES:
        return SHOWN_PICTURE
    if found == "video/mp4" and sent is SentAs.SOUND:
        return "audio/mp4"
    return found if found in SOUNDS else None


def pause(attempts: int) -> timedelta:
    return growing_pause(attempts, LONGEST_PAUSE)


def is_lost(fault: Fault, received_at: datetime, now: datetime) -> bool:
    return fault in CERTAIN or now - received_at >= HELD_BY_COMPANY


def says(state: State, fault: Fault | None) -> Text | None:
    """What an officer is told in its place; None where it is here."""
    if state is State.KEPT:
        return None
    if state is State.FORGOTTEN:
        return FORGOTTEN
    if fault is None:
        return COMING
    words, why = (LOST if state is State.LOST else NOT_YET), FAULT_WORDS[fault]
    return Text(words.en.format(why=why.en), words.bn.format(why=why.bn))
