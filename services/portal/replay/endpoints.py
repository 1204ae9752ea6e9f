"""The page on which stored warnings are judged anew as of an instant: whether what is written down is what the rules say."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any, Final, TypeVar

from fastapi import APIRouter, Request, Response

from contracts.days import DHAKA
from contracts.text import Text
from kit.auth import public
from kit.text import digits
from services.portal.access import Replayer
from services.portal.clients import ServicesDep
from services.portal.forms import Form, iso_date, refused
from services.portal.language import said
from services.portal.page import language_of, page

router = APIRouter(dependencies=[public()], include_in_schema=False)

FIELDS: Final = ("day", "time")
Read = TypeVar("Read")
NO_DAY: Final = Text("Give a day, such as 23 11 2026.", "একটি তারিখ দিন, যেমন ২৩ ১১ ২০২৬।")
NO_TIME: Final = Text("Give hours and minutes of Dhaka's clock, such as 14:05.", "ঢাকার সময় ঘণ্টা ও মিনিটে দিন, যেমন ১৪:০৫।")


@router.get("/replay")
async def replay(request: Request, _: Replayer, services: ServicesDep) -> Response:
    """Without a day: the form alone, since judging all messages takes a while."""
    form, language = Form({name: [value] for name, value in request.query_params.items()}), language_of(request)
    if not any(form.value(f"day.{part}") for part in ("day", "month", "year")):
        return page(request, "replay/page.html", form=form, told=None)
    at = _instant(form)
    if isinstance(at, dict):
        fault = {name: said({"en": words.en, "bn": words.bn}, language) for name, words in at.items()}
        faulty = refused(form, [{"pointer": f"/{name}", "detail": detail} for name, detail in fault.items()], FIELDS)
        return page(request, "replay/page.html", status=422, form=faulty, told=None)
    told: dict[str, Any] = await services.get("crisis", "/v1/crisis/replay", at=at.isoformat())
    return page(request, "replay/page.html", form=form, told=told)


def _instant(form: Form) -> datetime | dict[str, Text]:
    """In UTC, from Dhaka's clock; the end of the day where no time is given. What is no instant: which fields are at fault."""
    day, clock = _read(date.fromisoformat, iso_date(form, "day")), _read(time.fromisoformat, digits(form.value("time")) or "23:59:59")
    if day is None or clock is None:
        return {name: words for name, found, words in (("day", day, NO_DAY), ("time", clock, NO_TIME)) if found is None}
    return datetime.combine(day, clock.replace(tzinfo=None), DHAKA).astimezone(UTC)


def _read(reader: Callable[[str], Read], text: str) -> Read | None:
    try:
        return reader(text)
    except ValueError:
        return None
