"""Money as people write and read it: 5,00,000.50 or ৫,০০,০০০.৫০, kept by the services in the smallest unit."""

import re
from decimal import Decimal, InvalidOperation

from kit.text import digits

_SEPARATORS = re.compile(r"[,\s\u00a0৳]|/-|/=")


def smallest_units(written: str, places: int) -> int | None:
    """None for what is no amount, or finer than the currency is. Digits of both scripts, with or without grouping."""
    try:
        amount = Decimal(_SEPARATORS.sub("", digits(written)))
    except InvalidOperation:
        return None
    shifted = amount.scaleb(places) if amount.is_finite() and abs(amount.adjusted()) < 20 else Decimal("0.5")  # noqa: PLR2004 - no such sum
    return int(shifted) if shifted == shifted.to_integral_value() else None
