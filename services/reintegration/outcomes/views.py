"""Outcomes and needs with the words of their codes; and as a spreadsheet reads them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from contracts.text import Bilingual, Text
from kit.dated import Choice
from kit.spreadsheet import Cell, as_csv
from services.reintegration.casework.instrument import INSTRUMENT, Dimension
from services.reintegration.lists import choice
from services.reintegration.outcomes import rules
from services.reintegration.outcomes.lists import OUTCOMES
from services.reintegration.outcomes.rules import Interval, Scope, Sums, Told
from services.reintegration.outcomes.schemas import (
    CountedOut,
    DimensionOut,
    DivisionOut,
    GroupOut,
    IntervalOut,
    NeedOut,
    OutcomesOut,
    ProfileOut,
    ToldOut,
)
from services.reintegration.referrals.helps import HELPS
from services.reintegration.schemas import LISTS

DIMENSIONS: Final = INSTRUMENT.dimensions
Counted = dict[tuple[str, str], tuple[Sums, Sums]]
LOST: Final = Text(
    "Only those who were asked again are counted. Who could not be found any more may fare worse.",
    "যাঁদের আবার জিজ্ঞাসা করা গেছে শুধু তাঁদের হিসাব। যাঁদের খোঁজ পাওয়া যায়নি তাঁদের অবস্থা আরও খারাপ হতে পারে।",
)
NO_PROOF: Final = Text(
    "That those who got a help fare better does not prove that it was the help: who gets it is not drawn by lot.",
    "কোনো সহায়তা পাওয়া ব্যক্তিরা ভালো থাকলেই প্রমাণ হয় না যে ওই সহায়তার কারণেই তা হয়েছে: কে সহায়তা পাবেন তা লটারিতে ঠিক হয় না।",
)
OUR_OWN: Final = Text(
    "By our own questions and only those answered; not a score of IOM's.",
    "আমাদের নিজস্ব প্রশ্নমালায়, শুধু উত্তর দেওয়া প্রশ্ন ধরে; এটি আইওএমের স্কোর নয়।",
)
ASKED_AGAIN: Final = Text("Of those who were asked again in this quarter.", "এই প্রান্তিকে যাঁদের আবার জিজ্ঞাসা করা হয়েছে তাঁদের হিসাব।")
REGISTERED_ONLY: Final = Text(
    "Only returnees who were registered are counted; most who come back are not.",
    "শুধু নিবন্ধিত প্রত্যাগতদের হিসাব; ফিরে আসা বেশির ভাগ মানুষ নিবন্ধিত নন।",
)
RESTRICTED: Final = Text(
    "Records that only few may see are counted for those few alone.", "যেসব নথি কেবল অল্প কয়েকজন দেখতে পারেন, সেগুলো শুধু তাঁদের হিসাবেই ধরা হয়।"
)


def words_of(one: Choice) -> Bilingual:
    return Bilingual.of(one.words)


def notes_on_outcomes(*, by_later: bool) -> list[Bilingual]:
    return [Bilingual.of(one) for one in (*((ASKED_AGAIN,) if by_later else ()), LOST, NO_PROOF, OUR_OWN, RESTRICTED)]


def notes_on_profile() -> list[Bilingual]:
    return [Bilingual.of(one) for one in (REGISTERED_ONLY, RESTRICTED)]


def dimension_of(dimension: Dimension, counted: Counted, scope: Scope, help_code: str | None) -> DimensionOut:
    """Without a help all cases, with one those whom it reached."""
    confidence, exact = OUTCOMES.confidence, scope.exact
    groups = {by: {value: cells for (name, value), cells in counted.items() if name == by} for by in ("all", "help", *rules.GROUPS)}
    inside, outside = groups["all"].get("", (Sums(), Sums()))
    whole = inside + outside
    label = Bilingual(en=dimension.en, bn=dimension.bn)
    if help_code is not None:
        told = rules.told_helps({help_code: inside}, whole, confidence, exact=exact)[help_code]
        among = {
            by: rules.told_among(
                {value: one for value, (one, _) in groups[by].items()},
                {value: one + rest for value, (one, rest) in groups[by].items()},
                confidence,
                exact=exact,
            )
            for by in rules.GROUPS
        }
        shown = among if told.cases is not None else {}
        return DimensionOut(code=dimension.code, label=label, all=_told("all", told), groups=_groups(shown), helps=[])
    told = rules.told_whole(whole, confidence, exact=exact)
    divided = {
        by: rules.told_groups({v: one + rest for v, (one, rest) in groups[by].items()}, confidence, exact=exact) for by in rules.GROUPS
    }
    helps = rules.told_helps({code: one + rest for (code, (one, rest)) in groups["help"].items()}, whole, confidence, exact=exact)
    return DimensionOut(
        code=dimension.code,
        label=label,
        all=_told("all", told),
        groups=_groups(divided if told.cases else {}),
        helps=[_told(one.code, helps[one.code], one) for one in HELPS.helps if one.code in helps] if told.cases else [],
    )


def _groups(groups: Mapping[str, Mapping[str, Told]]) -> list[GroupOut]:
    words = {one.code: one for one in OUTCOMES.reached}
    order = [one.code for one in OUTCOMES.reached]
    return [
        GroupOut(
            by=by,
            rows=[
                _told(value, told, words.get(value) if by == "reached" else None)
                for value, told in sorted(rows.items(), key=lambda one: (order.index(one[0]) if by == "reached" else 0, one[0]))
            ],
        )
        for by, rows in groups.items()
    ]


def _told(code: str, told: Told, words: Choice | None = None) -> ToldOut:
    label = words_of(words) if words else None
    return ToldOut(code=code, label=label, cases=told.cases, change=_interval(told.change), better=_interval(told.share))


def _interval(one: Interval | None) -> IntervalOut | None:
    if one is None:
        return None
    low, high = (round(bound, 1) if bound is not None else None for bound in (one.low, one.high))
    return IntervalOut(value=round(one.value, 1), low=low, high=high)


def divisions_of(counts: Mapping[str, Mapping[str, int]], names: Sequence[str], scope: Scope) -> list[DivisionOut]:
    return [
        DivisionOut(
            by=by,
            rows=[
                CountedOut(code=code, label=words_of(choice(LISTS.reasons, code)) if by == "reason" else None, count=count)
                for code, count in _ordered(rules.told_counts(counts.get(by, {}), exact=scope.exact), by)
            ],
        )
        for by in names
    ]


def owed_of(counts: Mapping[str, int], whole: int, scope: Scope) -> list[CountedOut]:
    told = rules.told_parts(counts, whole, exact=scope.exact)
    return [_counted(code, told[code], whole, choice(LISTS.owed, code)) for code in _by_count(told)]


def needs_of(needs: Mapping[tuple[str, str], Mapping[str, int]], asked: int, scope: Scope) -> list[NeedOut]:
    """The most frequent first. A need that is not told has no groups either."""
    told = rules.told_parts({need: rows[""] for (need, by), rows in needs.items() if by == "all" and need}, asked, exact=scope.exact)
    found = []
    for code in _by_count(told):
        whole = _counted(code, told[code], asked, choice(LISTS.needs, code))
        cross = {
            by: rules.told_cross(needs.get((code, by), {}), needs.get(("", by), {}), exact=scope.exact)
            for by in rules.PROFILE_GROUPS
            if told[code] is not None
        }
        groups = [
            DivisionOut(by=by, rows=[CountedOut(code=value, count=count) for value, count in _ordered(rows, by)])
            for by, rows in cross.items()
        ]
        found.append(NeedOut(**whole.model_dump(), groups=groups))
    return found


def _counted(code: str, count: int | None, whole: int, words: Choice) -> CountedOut:
    percent = _interval(rules.share(count, whole, OUTCOMES.confidence)) if count is not None and whole else None
    return CountedOut(code=code, label=words_of(words), count=count, percent=percent)


def _by_count(told: Mapping[str, int | None]) -> list[str]:
    return sorted(told, key=lambda code: (-(told[code] or 0), code))


def _ordered(told: Mapping[str, int | None], by: str) -> list[tuple[str, int | None]]:
    """Countries and reasons the most frequent first, what has an order of its own in it."""
    names = _by_count(told) if by in {"country", "reason"} else sorted(told)
    return [(one, told[one]) for one in names]


def outcomes_csv(found: OutcomesOut) -> str:
    return as_csv(_outcome_rows(found))


def _outcome_rows(found: OutcomesOut) -> Iterator[Sequence[Cell]]:
    yield "dimension", "by", "value", "cases", "mean_change", "low", "high", "better_percent", "better_low", "better_high"
    for dimension in found.dimensions:
        tables = [("all", [dimension.all]), *((one.by, one.rows) for one in dimension.groups), ("help", dimension.helps)]
        for by, rows in tables:
            for row in rows:
                yield dimension.code, by, row.code, _count(row.cases), *_bounds(row.change), *_bounds(row.better)
    yield ()
    yield "confidence", found.confidence, "since", found.since.isoformat(), "until", found.until.isoformat(), "follow_up", found.follow_up
    yield from ((note.en, note.bn) for note in found.notes)


def profile_csv(found: ProfileOut) -> str:
    return as_csv(_profile_rows(found))


def _profile_rows(found: ProfileOut) -> Iterator[Sequence[Cell]]:
    yield "of", "what", "by", "value", "count", "percent", "low", "high"
    yield "registered", "all", "", "", _count(found.registered)
    for division in found.divisions:
        yield from (("registered", "all", division.by, row.code, _count(row.count)) for row in division.rows)
    yield from (("registered", f"owed:{row.code}", "", "", _count(row.count), *_bounds(row.percent)) for row in found.owed)
    yield "asked", "all", "", "", _count(found.asked)
    for division in found.asked_groups:
        yield from (("asked", "all", division.by, row.code, _count(row.count)) for row in division.rows)
    for need in found.needs:
        yield "asked", f"need:{need.code}", "", "", _count(need.count), *_bounds(need.percent)
        for division in need.groups:
            yield from (("asked", f"need:{need.code}", division.by, row.code, _count(row.count)) for row in division.rows)
    yield ()
    yield "confidence", found.confidence, "since", found.since.isoformat(), "until", found.until.isoformat()
    yield from ((note.en, note.bn) for note in found.notes)


def _count(count: int | None) -> Cell:
    return "suppressed" if count is None else count


def _bounds(one: IntervalOut | None) -> tuple[Cell, Cell, Cell]:
    return (one.value, one.low, one.high) if one else (None, None, None)
