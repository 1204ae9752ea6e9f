"""How somebody without an account is known: by the token of their session, and by the address that they come from."""

from ipaddress import IPv6Address, ip_address
from typing import Annotated

from fastapi import Depends, Header, Request

Token = Annotated[str, Header(alias="Tracking", min_length=20, max_length=200, description="Token of POST /v1/complaints/track.")]


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
