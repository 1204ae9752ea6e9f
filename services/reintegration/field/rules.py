"""What the service decides about registrations that were written without a connection. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError

MOST_ENTRIES: Final = 50
# A registration with every field filled is under 8 kB; what is larger was not made by our page.
MOST_BOX_BYTES: Final = 32_768
# Queues come in bursts, when a line is back for a whole district. So many parts are taken at once in one process; others wait their turn
# so long, holding no connection, and are then asked to come again: a desk that registers meanwhile is not kept waiting by them.
PARTS_AT_ONCE: Final = 4
PATIENCE_S: Final = 4.0
COME_AGAIN_S: Final = 3
LATEST_AGAIN_S: Final = 60
CLOCK_TOLERANCE: Final = timedelta(minutes=10)


class State(StrEnum):
    """Of an entry that was kept. `compared`: it told of somebody who is registered already."""

    STORED = "stored"
    COMPARED = "compared"
    TO_MEND = "to_mend"
    MENDED = "mended"
    DISMISSED = "dismissed"


class Outcome(StrEnum):
    """What the device is told of each entry. After the last three it keeps the entry: nothing of it is here."""

    STORED = "stored"
    COMPARED = "compared"
    TO_MEND = "to_mend"
    DISMISSED = "dismissed"
    UNREADABLE = "unreadable"
    UNKNOWN_KEY = "unknown_key"
    TOO_LARGE = "too_large"


OUTCOMES: Final[Mapping[State, Outcome]] = {
    State.STORED: Outcome.STORED,
    State.MENDED: Outcome.STORED,
    State.COMPARED: Outcome.COMPARED,
    State.TO_MEND: Outcome.TO_MEND,
    State.DISMISSED: Outcome.DISMISSED,
}
WORDS: Final[Mapping[Outcome, Text]] = {
    Outcome.STORED: Text("Registered.", "নিবন্ধিত হয়েছে।"),
    Outcome.COMPARED: Text(
        "This person is registered already. What differs is kept and waits for an officer; nothing was overwritten.",
        "এই ব্যক্তি আগেই নিবন্ধিত। যেসব তথ্যে অমিল আছে সেগুলো রাখা হয়েছে, একজন কর্মকর্তা দেখবেন; আগের কিছু মোছা হয়নি।",
    ),
    Outcome.TO_MEND: Text(
        "It has arrived, but something needs to be mended: open the list to be mended.",
        "তথ্য পৌঁছেছে, তবে কিছু সংশোধন দরকার: সংশোধনের তালিকা খুলুন।",
    ),
    Outcome.DISMISSED: Text("An officer has closed this entry.", "একজন কর্মকর্তা এই নিবন্ধনটি বন্ধ করেছেন।"),
    Outcome.UNREADABLE: Text(
        "This entry was damaged and cannot be opened. Register the person once more.",
        "এই নিবন্ধনটি নষ্ট হয়ে গেছে, খোলা যাচ্ছে না। ব্যক্তিকে আবার নিবন্ধন করুন।",
    ),
    Outcome.UNKNOWN_KEY: Text(
        "This entry was sealed with a key that is not known here. It stays on the device and is sent again.",
        "এই নিবন্ধনটি এমন চাবি দিয়ে সিল করা যা এখানে জানা নেই। এটি যন্ত্রেই থাকবে এবং আবার পাঠানো হবে।",
    ),
    Outcome.TOO_LARGE: Text("This entry is too large to be a registration.", "এই তথ্যটি নিবন্ধন হিসেবে খুব বড়।"),
}
NEW_NUMBER: Final = Text(
    "The number on the slip belonged to somebody else: the person has the new number that is shown here.",
    "স্লিপের নম্বরটি অন্য একজনের ছিল: এখানে দেখানো নতুন নম্বরটি ব্যক্তিকে জানান।",
)
FLAG_AGAIN: Final = Text(
    "What cannot wait was noted for this person before. If it has come back, tell the officer by telephone.",
    "এই ব্যক্তির জরুরি বিষয়টি আগেও লেখা হয়েছে। আবার দেখা দিলে কর্মকর্তাকে ফোনে জানান।",
)
NOT_FOUND: Final = Text(
    "The number of an earlier slip was not found: the person was registered as new.",
    "আগের স্লিপের নম্বরটি পাওয়া যায়নি: ব্যক্তিকে নতুন হিসেবে নিবন্ধন করা হয়েছে।",
)


class AlreadyMendedError(ConflictError):
    slug = "already-mended"
    title = Text("This entry was mended or closed meanwhile.", "এই নিবন্ধনটি ইতিমধ্যে সংশোধন বা বন্ধ করা হয়েছে।")


def come_again_s(refused_lately: int, seconds_a_part: float) -> int:
    """When a part that found no turn is worth sending again: once those that were sent away before it have had theirs."""
    return min(LATEST_AGAIN_S, max(COME_AGAIN_S, round(refused_lately * seconds_a_part / PARTS_AT_ONCE)))


def context_of(key_id: str, device: str, entry: str) -> bytes:
    """What a device authenticates with a box: a box under another number or from another device does not open."""
    return f"{key_id}|{device}|{entry}".encode()


def clock_is_off(device_now: datetime, received_at: datetime) -> timedelta:
    """By how much the device's clock ran ahead (negative: behind) when it sent; zero within `CLOCK_TOLERANCE`."""
    off = device_now - received_at
    return off if abs(off) > CLOCK_TOLERANCE else timedelta()


def by_our_clock(written_at: datetime, device_now: datetime, received_at: datetime) -> datetime:
    """When something was written, by our clock: a device whose clock is wrong still knows how long ago it was."""
    return received_at - (device_now - written_at)
