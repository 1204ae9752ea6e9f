"""The companies that bring messages to this service."""

from kit.bringers import Bringer, SmsBringer, WhatsAppBringer
from services.complaints.settings import Doors


def bringers(doors: Doors) -> dict[str, Bringer]:
    """By the name in the webhook's path. One that is not configured is not there."""
    found: dict[str, Bringer] = {}
    if doors.sms_secret:
        found["sms"] = SmsBringer(doors.sms_secret.get_secret_value())
    if doors.whatsapp_app_secret and doors.whatsapp_token:
        found["whatsapp"] = WhatsAppBringer(
            doors.whatsapp_app_secret.get_secret_value(), doors.whatsapp_url, doors.whatsapp_token.get_secret_value()
        )
    return found
