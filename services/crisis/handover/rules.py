"""Who answers when a mission cannot, without a clock, a database or the network. `open_`: mission → the one it handed its duty to."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError, ForbiddenError
from services.crisis.directory import Missions

EVERYWHERE: Final = "*"


class NotYourMissionError(ForbiddenError):
    slug = "not-your-mission"
    title = Text("Only an officer of this mission, or Dhaka, moves its duty.", "কেবল এই মিশনের কর্মকর্তা বা ঢাকা এর দায়িত্ব হস্তান্তর করতে পারেন।")


class AlreadyHandedOverError(ConflictError):
    slug = "duty-already-handed-over"
    title = Text(
        "The duty of this mission is with another already. Take it back first.", "এই মিশনের দায়িত্ব আগেই অন্যের কাছে আছে। আগে ফিরিয়ে নিন।"
    )


class NothingHandedOverError(ConflictError):
    slug = "duty-not-handed-over"
    title = Text("This mission has its duty itself.", "এই মিশনের দায়িত্ব মিশনের কাছেই আছে।")


class CircleError(ConflictError):
    slug = "duty-in-a-circle"
    title = Text(
        "That mission has handed its own duty to this one: nobody would answer. Choose another.",
        "ওই মিশন নিজেই এর কাছে দায়িত্ব দিয়ে রেখেছে: কেউ সাড়া দেবে না। অন্য একটি বেছে নিন।",
    )


class DutyElsewhereError(ConflictError):
    slug = "duty-elsewhere"
    title = Text(
        "The duty of this country is with another mission now: you read, and they act. Take the duty back first.",
        "এই দেশের দায়িত্ব এখন অন্য মিশনের কাছে: আপনি দেখতে পারেন, কাজ করবেন তাঁরা। আগে দায়িত্ব ফিরিয়ে নিন।",
    )


def answering(mission: str, open_: Mapping[str, str]) -> str:
    """Who answers for a mission now: at the end of a chain of hand-overs. A circle is refused when it would close, and is no end here."""
    seen = {mission}
    while (following := open_.get(mission)) is not None and following not in seen:
        mission = following
        seen.add(mission)
    return mission


def refuse_circle(mission: str, to: str, open_: Mapping[str, str]) -> None:
    """Raises `CircleError`, also for a mission that names itself."""
    if answering(to, open_) == mission:
        raise CircleError


def own(countries: Iterable[str], missions: Missions, on: date) -> frozenset[str]:
    """The missions of an officer with these countries: those that the directory makes responsible for them."""
    return frozenset(row.mission for country in countries if (row := missions.row(country, on)) is not None)


def widened(countries: frozenset[str], missions: Missions, open_: Mapping[str, str], on: date) -> frozenset[str]:
    """The countries that an officer answers for: their own, and those of each mission whose duty is with theirs now.

    Who handed a duty over keeps seeing what concerns them: they may be back any moment, and nothing is hidden from the one on the spot.
    """
    if EVERYWHERE in countries or not open_:
        return countries
    mine = own(countries, missions, on)
    handed = [code for code in open_ if answering(code, open_) in mine]
    return countries | {country for code in handed for country in missions.countries_of(code, on)}


def given_away(countries: frozenset[str], missions: Missions, open_: Mapping[str, str], on: date) -> frozenset[str]:
    """Of the countries that an officer sees, those where another mission acts now: two that act at once send two words to one family."""
    if EVERYWHERE in countries or not open_:
        return frozenset()
    mine = own(countries, missions, on)
    rows = {country: row for country in countries if (row := missions.row(country, on)) is not None}
    return frozenset(country for country, row in rows.items() if answering(row.mission, open_) not in mine)
