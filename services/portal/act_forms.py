"""From the questions of an act follow its page, and the JSON that a service takes; money in the units that people use."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from babel.numbers import format_decimal, get_currency_precision
from fastapi import Request, Response

from contracts.days import DHAKA
from kit.text import digits
from services.portal.acts import Act, Ask
from services.portal.forms import Form, body_of, iso_date
from services.portal.language import Language, country_choices, district_choices, numerals
from services.portal.page import language_of, page

_YES_NO: Final[Mapping[str, bool | None]] = {"yes": True, "no": False, "unknown": None}
Lists = Mapping[str, Sequence[tuple[str, str]]]


def body(act: Act, form: Form, currency: str = "BDT") -> dict[str, Any]:
    """What was left empty is left out: the service says itself what it needs. An empty agreement says that a claim is given up."""
    values = {ask.name: _value(ask, form, form.value("currency") or currency) for ask in act.asks}
    made = body_of(values)
    if "agreed" in values and values["agreed"] == "":
        made["agreed"] = None
    return made


def _value(ask: Ask, form: Form, currency: str) -> Any:
    typed = form.value(ask.name)
    match ask.kind:
        case "day":
            return iso_date(form, ask.name)
        case "yes_no":
            return _YES_NO.get(typed)
        case "many":
            return form.chosen(ask.name)
        case "amount":
            return minor(typed, currency)
        case _:
            return digits(typed) if ask.kind == "number" or ask.name == "urgency" else typed


def minor(typed: str, currency: str) -> int | str:
    """Whole units with a fraction, as people write them (35,000 or ৩৫০০০), in minor units; what is no number goes on to be refused."""
    written = digits(typed).replace(",", "").replace(" ", "")
    try:
        amount = Decimal(written).scaleb(get_currency_precision(currency))
        return int(amount) if amount == amount.to_integral_value() else typed
    except (InvalidOperation, OverflowError, ValueError):
        return typed


def money(amount: int, currency: str, language: Language) -> str:
    """Grouped as in Bangladesh: 3,00,000."""
    major = Decimal(amount).scaleb(-get_currency_precision(currency))
    return f"{numerals(format_decimal(major, format='#,##,##0.##', locale='en'), language)} {currency}"


def day_of_today(act: Act) -> dict[str, list[str]]:
    """What is written down was mostly done today: the day stands there. A flight to come has none: a wrong one would be believed."""
    day = datetime.now(DHAKA)
    parts = {"day": day.day, "month": day.month, "year": day.year}
    return {
        f"{ask.name}.{part}": [str(value)]
        for ask in act.asks
        if ask.kind == "day" and ask.needed and ask.name != "arrives_on"
        for part, value in parts.items()
    }


def choices_of(ask: Ask, lists: Lists, language: Language) -> list[tuple[str, str]]:
    if ask.choices == "countries":
        return country_choices(language)
    if ask.choices == "districts":
        return district_choices(language)
    if isinstance(ask.choices, str):
        return [(code, words) for code, words in lists.get(ask.choices, ())]
    return [(code, words.in_language(language)) for code, words in ask.choices]


def names_of(act: Act) -> list[str]:
    return [ask.name for ask in act.asks]


def act_page(request: Request, act: Act, form: Form, lists: Lists, own: str, *, back: str, status: int = 200) -> Response:
    language = language_of(request)
    asks = [
        {
            "name": ask.name,
            "kind": ask.kind,
            "hint": ask.hint.in_language(language) if ask.hint else "",
            "choices": choices_of(ask, lists, language),
            "optional": not ask.needed,
        }
        for ask in act.asks
    ]
    shown = {
        "title": act.title.in_language(language),
        "hint": act.hint.in_language(language) if act.hint else "",
        "button": act.button.in_language(language) if act.button else "",
        "asks": asks,
        "labels": {ask.name: ask.label.in_language(language) for ask in act.asks},
    }
    return page(request, "act.html", status=status, form=form, own=own, back=back, **shown)
