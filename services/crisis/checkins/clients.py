"""Where a text goes that is no answer to a warning: the complaints service has a door for the same company, and judges its signature."""

from typing import Final

import httpx

from kit.bringers import META_SIGNATURE, Bringer, SmsBringer, WhatsAppBringer
from kit.messengers import SIGNATURE
from kit.settings import Settings
from services.crisis.outreach.settings import Carriers

COMPLAINTS: Final = "complaints"
SIGNED_IN: Final = {"sms": SIGNATURE, "whatsapp": META_SIGNATURE}


class NotTakenError(Exception):
    """It does not have the text: it is brought again."""


def bringers(known: Carriers) -> dict[str, Bringer]:
    """Doors that are open: those whose company has a secret with us."""
    found: dict[str, Bringer] = {}
    if known.sms_secret:
        found["sms"] = SmsBringer(known.sms_secret.get_secret_value())
    if known.whatsapp_app_secret and known.whatsapp_token:
        found["whatsapp"] = WhatsAppBringer(
            known.whatsapp_app_secret.get_secret_value(), known.whatsapp_url, known.whatsapp_token.get_secret_value()
        )
    return found


async def pass_on(http: httpx.AsyncClient, settings: Settings, provider: str, raw: bytes, signed: str) -> None:
    """Byte for byte as the company signed it; the other side takes the same text once. Raises `NotTakenError`."""
    headers = {"Content-Type": "application/json", SIGNED_IN[provider]: signed}
    try:
        answer = await http.post(
            f"{settings.service_urls[COMPLAINTS]}/v1/complaints/messages/{provider}", content=raw, headers=headers, timeout=8
        )
    except (KeyError, httpx.HTTPError) as error:
        raise NotTakenError from error
    if not answer.is_success:
        raise NotTakenError
