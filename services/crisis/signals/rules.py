"""When complaints of one kind from one country are more than usual. What is found is a draft: a person says what it is (design §5).

What is usual is learnt from the weeks before. A country's rate of one category is a gamma variable that begins at the category's rate in
all countries and follows the country's own days; each weekday has a factor of the country's own working week. Then the number of
complaints in the days that are judged is negative-binomial, and how improbable it is says how unusual. Simulated with weekdays, seasons and
more spread than Poisson's, it raised a fifth of a false alarm per series and year where CUSUM raised six and EARS nine to twenty-nine.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from contracts.text import Text
from kit.errors import ConflictError
from services.crisis.signals.lists import Numbers

WEEKDAYS: Final = 7
_HALF: Final = 0.5
_NEGLIGIBLE: Final = 1e-18
_UPPER: Final = 0.001


class State(StrEnum):
    DRAFT = "draft"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


STATE_WORDS: Final[Mapping[State, Text]] = {
    State.DRAFT: Text("Waits for a person", "একজনের সিদ্ধান্তের অপেক্ষায়"),
    State.CONFIRMED: Text("Confirmed", "নিশ্চিত করা হয়েছে"),
    State.DISMISSED: Text("Set aside", "বাদ দেওয়া হয়েছে"),
}


class AnsweredError(ConflictError):
    slug = "signal-answered"
    title = Text("Somebody has answered this already.", "এ বিষয়ে একজন ইতিমধ্যে সিদ্ধান্ত দিয়েছেন।")


class Series(NamedTuple):
    country: str
    category: str


Counts = Mapping[Series, Mapping[date, int]]


@dataclass(frozen=True, slots=True)
class Usual:
    """A rate per day, not known exactly: gamma with `shape` and `days` (the inverse of its scale)."""

    shape: float
    days: float

    @property
    def rate(self) -> float:
        return self.shape / self.days


@dataclass(frozen=True, slots=True)
class Burst:
    """`probability` of so many or more, if all is as usual; `adjusted` for the number of series that were looked at.

    `upper`: more than this comes once in a thousand times. `until` is the last day of the window, not the day after.
    """

    series: Series
    days: int
    until: date
    observed: int
    expected: float
    upper: int
    probability: float
    adjusted: float = 1.0

    @property
    def since(self) -> date:
        return self.until - timedelta(days=self.days - 1)


def bursts(counts: Counts, today: date, numbers: Numbers) -> list[Burst]:
    """What is to be drafted, the least probable first. A day that is not over is compared with a whole one: it errs to silence."""
    judged = [one for series in counts if (one := _judged(series, counts, today, numbers)) is not None]
    adjusted = adjust({one.series: one.probability for one in judged})
    found = [
        Burst(one.series, one.days, one.until, one.observed, one.expected, one.upper, one.probability, adjusted[one.series])
        for one in judged
        if adjusted[one.series] <= numbers.false_discovery and one.observed >= numbers.least
    ]
    return sorted(found, key=lambda one: one.probability)


def _judged(series: Series, counts: Counts, today: date, numbers: Numbers) -> Burst | None:
    """The less probable of the windows; its probability times their number (Bonferroni): the best of two is not one look."""
    looks = [_look(series, counts, today, days, numbers) for days in numbers.windows]
    best = min(looks, key=lambda one: one.probability)
    probability = min(1.0, best.probability * len(looks))
    return Burst(best.series, best.days, best.until, best.observed, best.expected, best.upper, probability)


def _look(series: Series, counts: Counts, today: date, days: int, numbers: Numbers) -> Burst:
    learnt = baseline_days(today, days, numbers)
    factors = weekday_factors(_of_country(counts, series.country), learnt, numbers)
    usual = learn(counts[series], learnt, factors, prior(series.category, counts, learnt, numbers), numbers)
    window = [today - timedelta(days=back) for back in range(days)]
    observed = sum(counts[series].get(day, 0) for day in window)
    exposure = sum(factors[day.weekday()] for day in window)
    upper = upper_bound(usual, exposure)
    return Burst(series, days, today, observed, usual.rate * exposure, upper, tail(usual, exposure, observed))


def baseline_days(today: date, days: int, numbers: Numbers) -> list[date]:
    last = today - timedelta(days=days + numbers.guard_days)
    return [last - timedelta(days=back) for back in range(numbers.window_days)]


def weekday_factors(of_country: Mapping[date, int], learnt: Collection[date], numbers: Numbers) -> list[float]:
    """Monday first, one on average. Of all complaints of the country: its working week is not ours.

    Twice, as `learn`: one burst on a Friday would else hide each burst of a Friday for eight weeks, and make other days look unusual.
    """
    first = _factors(of_country, learnt, numbers, {})
    mean = sum(of_country.get(day, 0) for day in learnt) / max(len(learnt), 1)
    weights = {day: _weight(of_country.get(day, 0), mean * first[day.weekday()], numbers.outlier) for day in learnt}
    return _factors(of_country, learnt, numbers, weights)


def _factors(of_country: Mapping[date, int], learnt: Collection[date], numbers: Numbers, weights: Mapping[date, float]) -> list[float]:
    by_weekday = []
    for weekday in range(WEEKDAYS):
        days = [day for day in learnt if day.weekday() == weekday]
        weight = sum(weights.get(day, 1.0) for day in days)
        counted = sum(weights.get(day, 1.0) * of_country.get(day, 0) for day in days)
        by_weekday.append(numbers.weekday_prior + (counted * len(days) / weight if weight else 0.0))
    mean = sum(by_weekday) / WEEKDAYS
    return [one / mean if mean else 1.0 for one in by_weekday]


def prior(category: str, counts: Counts, learnt: Collection[date], numbers: Numbers) -> Usual:
    """The category's rate in all countries that complain at all: a country that is new here begins with it (empirical Bayes)."""
    countries = {series.country for series in counts}
    total = sum(of_day.get(day, 0) for series, of_day in counts.items() if series.category == category for day in learnt)
    rate = (total + _HALF) / (len(learnt) * max(len(countries), 1))
    return Usual(rate * numbers.prior_days, numbers.prior_days)


def learn(of_day: Mapping[date, int], learnt: Collection[date], factors: list[float], begin: Usual, numbers: Numbers) -> Usual:
    """Twice: first with all days, then with past bursts weighing less, so that one does not hide the next (after Farrington, 1996)."""
    rate = _weighed(of_day, learnt, factors, begin, {}).rate
    weights = {day: _weight(of_day.get(day, 0), rate * factors[day.weekday()], numbers.outlier) for day in learnt}
    return _weighed(of_day, learnt, factors, begin, weights)


def _weighed(
    of_day: Mapping[date, int], learnt: Iterable[date], factors: list[float], begin: Usual, weights: Mapping[date, float]
) -> Usual:
    shape, days = begin.shape, begin.days
    for day in learnt:
        weight = weights.get(day, 1.0)
        shape += weight * of_day.get(day, 0)
        days += weight * factors[day.weekday()]
    return Usual(shape, days)


def _weight(count: int, expected: float, outlier: float) -> float:
    residual = (count - expected) / math.sqrt(max(expected, 0.25))
    return 1.0 if residual <= outlier else (outlier / residual) ** 2


def tail(usual: Usual, exposure: float, observed: int) -> float:
    """How probable so many or more are: negative-binomial with size `shape` and success `days / (days + exposure)`."""
    if observed <= 0:
        return 1.0
    term = total = _probability_of(usual, exposure, observed)
    missed = exposure / (usual.days + exposure)
    count = observed
    # Its terms rise up to the mode and fall from there on: only a falling one may end the sum.
    while term > total * _NEGLIGIBLE or count < usual.rate * exposure:
        term *= (usual.shape + count) / (count + 1) * missed
        total += term
        count += 1
    return min(1.0, total)


def _probability_of(usual: Usual, exposure: float, count: int) -> float:
    success = usual.days / (usual.days + exposure)
    log = math.lgamma(usual.shape + count) - math.lgamma(usual.shape) - math.lgamma(count + 1)
    return math.exp(log + usual.shape * math.log(success) + count * math.log1p(-success))


def upper_bound(usual: Usual, exposure: float) -> int:
    """The largest number that is still usual."""
    count = max(0, math.floor(usual.rate * exposure))
    while tail(usual, exposure, count + 1) > _UPPER:
        count += 1
    return count


def adjust(probabilities: Mapping[Series, float]) -> dict[Series, float]:
    """Benjamini and Hochberg (1995): to be compared with the share of false ones that is borne."""
    ordered = sorted(probabilities.items(), key=lambda one: one[1], reverse=True)
    found: dict[Series, float] = {}
    least = 1.0
    for place, (series, probability) in enumerate(ordered):
        least = min(least, probability * len(ordered) / (len(ordered) - place))
        found[series] = least
    return found


def is_silenced(burst: Burst, answered: int, answered_on: date, numbers: Numbers) -> bool:
    """A person has answered `answered` complaints of this series: the same again is no news, many more are."""
    return burst.until <= answered_on + timedelta(days=numbers.quiet_days) and burst.observed < answered * numbers.growth


def next_run(now: datetime, every_minutes: int) -> datetime:
    """The next full step of the clock: whatever comes until then is looked at once."""
    step = timedelta(minutes=every_minutes)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + ((now - midnight) // step + 1) * step


def _of_country(counts: Counts, country: str) -> Mapping[date, int]:
    found: dict[date, int] = defaultdict(int)
    for series, of_day in counts.items():
        if series.country == country:
            for day, count in of_day.items():
                found[day] += count
    return found
