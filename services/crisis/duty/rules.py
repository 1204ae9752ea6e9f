"""Who takes note of a warning, decided without a clock, a database or the network: each mission, once, for its own countries."""

from collections.abc import Callable, Collection, Iterable, Mapping

from contracts.text import Text
from kit.errors import ConflictError
from services.crisis.warnings.rules import NotYourCountryError, State


class NothingToAcknowledgeError(ConflictError):
    slug = "alert-not-standing"
    title = Text("This warning stands no longer: there is nothing to acknowledge.", "এই সতর্কবার্তা আর বহাল নেই: প্রাপ্তিস্বীকারের কিছু নেই।")


def acknowledging(state: State, missions: Mapping[str, Iterable[str]], done: Collection[str], covers: Callable[[str], bool]) -> list[str]:
    """For which missions (code → countries of this warning) a caller who covers some countries acknowledges now; none where all have.

    An expired warning may still be acknowledged: that it was seen late is worth knowing. Raises `NothingToAcknowledgeError` for one
    that was replaced or taken back, `NotYourCountryError` where the caller covers none of its countries.
    """
    mine = [code for code, its_countries in missions.items() if any(covers(country) for country in its_countries)]
    if not mine:
        raise NotYourCountryError
    open_ = [code for code in mine if code not in done]
    if open_ and state is not State.STANDING:
        raise NothingToAcknowledgeError(Text("Open the list of warnings in force.", "বহাল থাকা সতর্কবার্তার তালিকা দেখুন।"))
    return open_
