"""How somebody without an account is known: by the secret on the slip of their record, and by the address that they come from.

Eight digits are few, so attempts are limited; but a limit on the record alone would let a stranger lock its owner out (somebody in the
same house who saw the slip). Hence: few wrong attempts from one address; and where very many fail at one record from anywhere, the
telephone number of the record is asked besides: its owner knows it, a guesser of numbers does not. Nobody is ever locked out by others.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from ipaddress import IPv6Address, ip_address
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Request

from contracts.text import Text
from kit.crypto import Keyring
from kit.errors import ConflictError, ProblemError
from kit.text import digits

SECRET_DIGITS: Final = 8
_NO_SECRET: Final = Text("The secret has eight digits.", "গোপন নম্বরে আটটি অঙ্ক থাকে।")
# scrypt, RFC 7914: 8 MB and some 30 ms of work for each attempt. The salt is made with the service's key: a stolen table alone gives no
# secret away, however few digits it has.
_COST: Final = {"n": 2**13, "r": 8, "p": 1, "dklen": 32}


PER_ADDRESS: Final = 20
PER_ADDRESS_AND_RECORD: Final = 5
ADDRESS_WINDOW: Final = timedelta(hours=1)
PER_RECORD: Final = 30
RECORD_WINDOW: Final = timedelta(days=1)
FORGOTTEN_AFTER: Final = timedelta(days=2)


class WrongKeyError(ConflictError):
    """The same words for a reference that is none and for a wrong secret: nobody learns here which references exist."""

    slug = "wrong-reference-or-secret"
    title = Text(
        "Reference and secret do not belong together. Look at the slip again.",
        "রেফারেন্স ও গোপন নম্বর মিলছে না। স্লিপটি আবার দেখুন।",
    )


class TooManyTriesError(ProblemError):
    status = 429
    slug = "too-many-tries"
    title = Text(
        "Too many wrong attempts from here. Wait an hour, or call 16135.",
        "এখান থেকে অনেকবার ভুল হয়েছে। এক ঘণ্টা অপেক্ষা করুন, অথবা ১৬১৩৫ নম্বরে ফোন করুন।",
    )

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": str(int(ADDRESS_WINDOW.total_seconds()))})


class PhoneNeededError(ConflictError):
    slug = "phone-needed"
    title = Text(
        "To be sure that it is you, write also the telephone number that you gave.",
        "আপনিই কি না নিশ্চিত হতে, আপনার দেওয়া ফোন নম্বরটিও লিখুন।",
    )


@dataclass(frozen=True, slots=True)
class Failures:
    """Wrong attempts within the windows."""

    from_address: int
    from_address_at_record: int
    at_record: int


class Judgement(Enum):
    MAY_TRY = "may_try"
    MUST_WAIT = "must_wait"
    NEEDS_PHONE = "needs_phone"


def judge(failures: Failures) -> Judgement:
    if failures.from_address >= PER_ADDRESS or failures.from_address_at_record >= PER_ADDRESS_AND_RECORD:
        return Judgement.MUST_WAIT
    return Judgement.NEEDS_PHONE if failures.at_record >= PER_RECORD else Judgement.MAY_TRY


def written_secret(number: int) -> str:
    """In two groups of four, as it is read aloud and printed."""
    plain = f"{number:0{SECRET_DIGITS}}"
    return f"{plain[:4]} {plain[4:]}"


def read_secret(typed: str) -> str:
    """Eight digits of either script, however they are grouped. Raises `ValueError(Text)`."""
    found = "".join(char for char in digits(typed) if char.isascii() and char.isdigit())
    if len(found) != SECRET_DIGITS:
        raise ValueError(_NO_SECRET)
    return found


async def hashed_secret(keyring: Keyring, record: UUID, secret: str, salt: str) -> bytes:
    """`salt` names the use: `tracking.salt`. Beside the loop, for it is slow on purpose."""
    made = keyring.blind_index(str(record), salt)
    return await asyncio.to_thread(lambda: hashlib.scrypt(secret.encode(), salt=made, maxmem=2**25, **_COST))


async def _address(request: Request) -> str:
    """As the gateway says; it is the only way in, and believes nobody else's word. Of IPv6 the network that one subscriber is given."""
    said = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    text = said or (request.client.host if request.client else "")
    try:
        address = ip_address(text)
    except ValueError:
        return "unknown"
    return str(int(address) >> 64) if isinstance(address, IPv6Address) else str(address)


Address = Annotated[str, Depends(_address)]
