"""Where a text goes that is no answer to a warning: the complaints service has a door for the same company, and judges its signature."""

from typing import Final

import httpx

from kit.messengers import SIGNATURE
from kit.settings import Settings

COMPLAINTS: Final = "complaints"


class NotTakenError(Exception):
    """It does not have the text: it is brought again."""


async def pass_on(http: httpx.AsyncClient, settings: Settings, provider: str, raw: bytes, signed: str) -> None:
    """Byte for byte as the company signed it; the other side takes the same text once. Raises `NotTakenError`."""
    headers = {"Content-Type": "application/json", SIGNATURE: signed}
    try:
        answer = await http.post(
            f"{settings.service_urls[COMPLAINTS]}/v1/complaints/messages/{provider}", content=raw, headers=headers, timeout=8
        )
    except (KeyError, httpx.HTTPError) as error:
        raise NotTakenError from error
    if not answer.is_success:
        raise NotTakenError
