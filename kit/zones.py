"""Which clock a telephone number lives by."""

from typing import Final

import phonenumbers
from babel.core import get_global

DHAKA: Final = "Asia/Dhaka"
_ZONES: Final = get_global("territory_zones")


def zone_of(phone: str | None) -> str:
    """The time zone of the number's country (CLDR); of several the one that CLDR names last, its largest for the countries workers go to.

    Dhaka's where there is no number.
    """
    if phone is None:
        return DHAKA
    region = phonenumbers.region_code_for_number(phonenumbers.parse(phone, None))
    zones = _ZONES.get(region or "", [])
    return zones[-1] if zones else DHAKA
