"""How the desk's form becomes what the call centre takes: a promise by Dhaka's clock, the end of a call."""

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from kit.text import digits

DHAKA: Final = ZoneInfo("Asia/Dhaka")
_CLOCK: Final = re.compile(r"([01]?\d|2[0-3])[:.]?([0-5]\d)?")
_AN_HOUR: Final = timedelta(hours=1)
# What the page adds to a complaint's fields, by its name in the form.
OWN: Final = (
    "disposition",
    "reference",
    "articles",
    "wants_woman",
    "promise.day",
    "promise.from",
    "promise.to",
    "promise.note",
)


# What a search for the same complaint takes, and where it stands in the form.
COMPARED: Final = {
    "category": "category",
    "country": "country",
    "reporter_name": "reporter.name",
    "reporter_phone": "reporter.phone",
    "victim_name": "victim.name",
    "victim_phone": "victim.phone",
    "respondent_name": "respondent.name",
    "respondent_licence": "respondent.licence",
}


def clock(typed: str) -> time | None:
    """`22:30`, `22.30`, `2230` or `22`, in digits of either script."""
    met = _CLOCK.fullmatch(digits(typed).strip())
    return time(int(met[1]), int(met[2] or 0)) if met else None


def promised(day: str, begin: str, end: str, now: datetime) -> tuple[datetime, datetime] | None:
    """From when and until when; an hour where only the beginning was said. None where nothing was promised."""
    from_clock, to_clock = clock(begin), clock(end)
    if from_clock is None:
        return None
    date = now.astimezone(DHAKA).date() + timedelta(days=1 if day == "tomorrow" else 0)
    start = datetime.combine(date, from_clock, DHAKA)
    until = datetime.combine(date, to_clock, DHAKA) if to_clock else start + _AN_HOUR
    return start, until if until > start else until + timedelta(days=1)


def ending(values: Mapping[str, list[str]], complaint: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The body of the call's end. Words of a call that led to no new complaint are its note."""

    def value(name: str) -> str:
        return next(iter(values.get(name, [])), "")

    disposition = value("disposition")
    is_new = disposition == "new_complaint"
    body: dict[str, Any] = {
        "disposition": disposition,
        "caller_safe": {"yes": True, "no": False}.get(value("caller_safe")),
        "wants_woman": value("wants_woman") == "yes",
        "language": value("language") or "bn",
        "articles": values.get("articles", []),
        "note": "" if is_new else value("narrative"),
    }
    if value("country"):
        body["country"] = value("country")
    if is_new:
        body["complaint"] = {**complaint, "channel": "phone"}
    if value("reference"):
        body["reference"] = value("reference")
    if between := promised(value("promise.day"), value("promise.from"), value("promise.to"), now):
        body["promise"] = {"not_before": between[0].isoformat(), "not_after": between[1].isoformat(), "note": value("promise.note")}
    return body
