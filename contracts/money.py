"""Currencies in which somebody may be paid or owed, with the digits after the point of their smallest unit (ISO 4217)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from contracts.text import Text

# Those in which workers are paid first, as people look for them.
CURRENCIES: Final[Mapping[str, int]] = MappingProxyType(
    {"BDT": 2, "SAR": 2, "AED": 2, "OMR": 3, "KWD": 3, "QAR": 2, "BHD": 3, "MYR": 2, "SGD": 2, "JOD": 3, "LBP": 2, "IQD": 3, "LYD": 3}
    | {"EUR": 2, "USD": 2, "GBP": 2, "JPY": 0, "KRW": 0, "BND": 2, "MVR": 2, "HKD": 2, "AUD": 2, "CHF": 2, "THB": 2, "RUB": 2}
    | {"EGP": 2, "ZAR": 2, "IRR": 2, "INR": 2}
)
_UNKNOWN: Final = Text("Choose a currency of the list, such as SAR or BDT.", "তালিকা থেকে মুদ্রা বেছে নিন, যেমন SAR বা BDT।")


def _known(code: str) -> str:
    if code not in CURRENCIES:
        raise ValueError(_UNKNOWN)
    return code


CurrencyCode = Annotated[str, Field(min_length=3, max_length=3), AfterValidator(_known)]
