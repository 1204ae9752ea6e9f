"""A return that lies ahead: a wing registers before the flight, and somebody at home says whether the person came. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError, InvalidError
from kit.text import in_bengali_digits


class State(StrEnum):
    EXPECTED = "expected"
    ARRIVED = "arrived"
    NOT_COME = "not_come"


STATE_WORDS: Final[Mapping[State, Text]] = {
    State.EXPECTED: Text("Expected", "আসার কথা"),
    State.ARRIVED: Text("Has arrived", "পৌঁছেছেন"),
    State.NOT_COME: Text("Has not come", "আসেননি"),
}
_NOT_YET: Final = Text("The date of return lies in the future.", "ফেরার তারিখ আজকের পরের হতে পারে না।")


class AnsweredError(ConflictError):
    slug = "arrival-answered"
    title = Text("Somebody has noted the arrival already.", "পৌঁছানোর বিষয়টি একজন ইতিমধ্যে লিখেছেন।")


def check_expected(returned_on: date, today: date, roles: Iterable[str], ahead_days: int) -> bool:
    """Whether the return lies ahead. Raises `InvalidError` where that is not a wing's word, or the flight is not near."""
    if returned_on <= today:
        return False
    if "wing" not in set(roles):
        raise InvalidError(errors=[{"pointer": "/returned_on", "detail": _NOT_YET}])
    if returned_on > today + timedelta(days=ahead_days):
        raise InvalidError(errors=[{"pointer": "/returned_on", "detail": _too_far(ahead_days)}])
    return True


def _too_far(days: int) -> Text:
    return Text(f"A return is registered at most {days} days ahead.", f"ফেরার সর্বোচ্চ {in_bengali_digits(str(days))} দিন আগে নিবন্ধন করা যায়।")


def refuse_answered(state: State) -> None:
    """Raises `AnsweredError`. Who did not come may still come: that is noted later."""
    if state is State.ARRIVED:
        raise AnsweredError
