"""How somebody without an account is known: by the secret on the slip of their record, and by the address that they come from."""

import asyncio
import hashlib
from ipaddress import IPv6Address, ip_address
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Request

from contracts.text import Text
from kit.crypto import Keyring
from kit.text import digits

SECRET_DIGITS: Final = 8
_NO_SECRET: Final = Text("The secret has eight digits.", "গোপন নম্বরে আটটি অঙ্ক থাকে।")
# scrypt, RFC 7914: 8 MB and some 30 ms of work for each attempt. The salt is made with the service's key: a stolen table alone gives no
# secret away, however few digits it has.
_COST: Final = {"n": 2**13, "r": 8, "p": 1, "dklen": 32}


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
