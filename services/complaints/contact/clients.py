"""The companies that carry this service's texts."""

from collections.abc import Mapping

import aiohttp

from kit.messengers import Messenger, SmsGateway, WhatsApp
from services.complaints.contact.rules import Channel
from services.complaints.settings import Doors


def messengers(doors: Doors, http: aiohttp.ClientSession) -> Mapping[Channel, Messenger]:
    """Those that are configured. A text for another channel waits until there is one."""
    found: dict[Channel, Messenger] = {}
    if doors.sms_url and doors.sms_secret:
        found[Channel.SMS] = SmsGateway(http, doors.sms_url, doors.sms_secret.get_secret_value(), doors.sms_sender)
    if doors.whatsapp_number and doors.whatsapp_token:
        found[Channel.WHATSAPP] = WhatsApp(http, doors.whatsapp_url, doors.whatsapp_number, doors.whatsapp_token.get_secret_value())
    return found
