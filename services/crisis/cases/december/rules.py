"""The report that a wing sends each December, points (a) to (g), counted from its cases and visits: OEMA 2013 s.24(2).

Nobody types a figure. What happened is added to and never changed, so the same year at the same cut-off counts the same for ever. Of a
restricted case it counts that there was one of its kind, and nothing else.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from contracts.text import Text
from kit.errors import ConflictError
from services.crisis.cases.lists import Kinds
from services.crisis.cases.rules import median

NOT_SAID: Final = "not_said"
NOT_SAID_WORDS: Final = Text("Not said", "জানা যায়নি")
PROTECTED: Final = "protected"
PROTECTED_WORDS: Final = Text("Protected: not divided", "সুরক্ষিত: ভাগ করে দেখানো হয় না")
AT_WORK: Final = frozenset({"workplace", "housing"})
_IN_CUSTODY: Final = ("held", "charged", "convicted", "deportation")

POINTS: Final[Mapping[str, Text]] = {
    "a": Text("Workers: trade, conditions, benefits, problems", "কর্মী: পেশা, কাজের পরিবেশ, সুবিধা, সমস্যা"),
    "b": Text("Cases against workers; detained and convicted", "কর্মীদের বিরুদ্ধে মামলা; আটক ও দণ্ডিত"),
    "c": Text("Deaths, their cause, and whether compensated", "মৃত্যু, কারণ ও ক্ষতিপূরণ"),
    "d": Text("Services, counselling, legal help and steps taken", "সেবা, পরামর্শ, আইনি সহায়তা ও গৃহীত পদক্ষেপ"),
    "e": Text("Job market and bilateral agreements", "শ্রমবাজার ও দ্বিপাক্ষিক চুক্তি"),
    "f": Text("Passport, visa and consular help", "পাসপোর্ট, ভিসা ও কনস্যুলার সেবা"),
    "g": Text("Other matters", "অন্যান্য বিষয়"),
}


class ReportNotDraftError(ConflictError):
    slug = "report-not-draft"
    title = Text(
        "This report is approved: its words and its cut-off stay as they are.", "প্রতিবেদনটি অনুমোদিত: এর লেখা ও গণনার সময় আর বদলানো যায় না।"
    )


class NotApprovedError(ConflictError):
    slug = "report-not-approved"
    title = Text("A second person has to approve the report first.", "আগে আরেকজনকে প্রতিবেদনটি অনুমোদন করতে হবে।")


class OwnReportError(ConflictError):
    slug = "own-report"
    title = Text("Whoever drafted it or wrote in it does not approve it.", "যিনি খসড়া করেছেন বা লিখেছেন, তিনি অনুমোদন করতে পারেন না।")


@dataclass(frozen=True, slots=True)
class Happening:
    at: datetime
    what: str
    done_on: date | None
    detail: Mapping[str, Any]


@dataclass(slots=True)
class Known:
    """A case as it was known at the cut-off. `steps`: each day on which one was done."""

    kind: str
    opened_at: datetime
    restricted: bool = False
    facts: dict[str, str] = field(default_factory=dict)
    steps: list[tuple[date, str]] = field(default_factory=list)
    outcome: str | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """A worker who was spoken with at a visit."""

    trade: str
    conditions: Sequence[str]
    benefits: Sequence[str]
    problems: Sequence[str]
    at_work: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """Of a case that is not restricted."""

    place_kind: str
    found: Sequence[str]


def known_at(kind: str, happened: Iterable[Happening], cutoff: datetime) -> Known | None:
    """What happened until the cut-off, one after another; None for a case that was opened later."""
    known: Known | None = None
    for one in happened:
        if one.at > cutoff:
            break
        if one.what == "opened":
            known = Known(kind, one.at)
        if known is None:
            continue
        known.facts |= one.detail.get("facts", {})
        known.restricted = one.detail.get("restricted", known.restricted)
        if one.what in {"step", "visit", "answered"} and one.done_on is not None:
            known.steps.append((one.done_on, one.detail["step"]))
        if one.what in {"closed", "reopened"}:
            known.outcome = one.detail.get("outcome")
            known.closed_at = one.at if one.what == "closed" else None
    return known


@dataclass(frozen=True, slots=True)
class Line:
    code: str
    words: Text
    count: int


@dataclass(frozen=True, slots=True)
class Table:
    point: str
    title: Text
    lines: tuple[Line, ...]


def tables(
    cases: Sequence[Known], spoken: Sequence[Spoken], visits: Sequence[Visit], kinds: Kinds, year: tuple[datetime, datetime]
) -> list[Table]:
    """The counted part of the report. `year`: its two ends, by the calendar of Dhaka; a case is of the year in which it was opened."""
    began, ends = year
    of_year = [one for one in cases if began <= one.opened_at < ends]
    done = [(one.kind, step) for one in cases for day, step in one.steps if began.date() <= day < ends.date()]
    return [
        *_workers(of_year, spoken, kinds),
        *_custody(cases, of_year, kinds, ends),
        *_deaths([one for one in of_year if one.kind == "death"], kinds),
        _services(done, kinds),
        *_market(spoken, visits, kinds),
        *_papers([one for one in of_year if one.kind == "travel_paper"], kinds),
        _others(of_year, kinds),
    ]


def _by(cases: Sequence[Known], field_code: str) -> Counter[str]:
    return Counter(PROTECTED if one.restricted else one.facts.get(field_code, NOT_SAID) for one in cases)


def _lines(counted: Mapping[str, int], choices: str, kinds: Kinds) -> tuple[Line, ...]:
    """In the order of the list, what was said first; what nobody counts is left out."""
    order = [one.code for one in kinds.choices[choices]]
    codes = [*order, *sorted(set(counted) - {*order, NOT_SAID, PROTECTED}), NOT_SAID, PROTECTED]
    words = {NOT_SAID: NOT_SAID_WORDS, PROTECTED: PROTECTED_WORDS}
    return tuple(Line(code, words.get(code) or kinds.words_of(choices, code), counted[code]) for code in codes if counted.get(code))


def _workers(of_year: Sequence[Known], spoken: Sequence[Spoken], kinds: Kinds) -> list[Table]:
    """(a): workers who were spoken with at visits, and those whom a case is about."""
    about = [one for one in of_year if not kinds.by_code[one.kind].is_of_place]
    trades = Counter(one.trade for one in spoken) + _by(about, "trade")
    by_kind = Counter(one.kind for one in about)
    cases = tuple(Line(one.code, one.name, by_kind[one.code]) for one in kinds.kinds if by_kind[one.code])
    return [
        Table("a", Text("Workers by work", "পেশা অনুযায়ী কর্মী"), _lines(trades, "trades", kinds)),
        Table("a", Text("Conditions told at visits", "পরিদর্শনে জানা কাজের পরিবেশ"), _told(spoken, "conditions", kinds)),
        Table("a", Text("Benefits told at visits", "পরিদর্শনে জানা সুবিধা"), _told(spoken, "benefits", kinds)),
        Table("a", Text("Problems told at visits", "পরিদর্শনে জানা সমস্যা"), _told(spoken, "problems", kinds)),
        Table("a", Text("Cases by kind", "ধরন অনুযায়ী কেস"), cases),
    ]


def _told(spoken: Sequence[Spoken], what: str, kinds: Kinds) -> tuple[Line, ...]:
    return _lines(Counter(code for one in spoken for code in getattr(one, what)), what, kinds)


def _custody(cases: Sequence[Known], of_year: Sequence[Known], kinds: Kinds, ends: datetime) -> list[Table]:
    """(b): what was opened in the year by charge, how it stands, and who is held at its end, whenever the case began."""
    opened = [one for one in of_year if one.kind == "detention"]
    seen = sum(any(step == "visited" for _, step in one.steps) for one in opened)
    helped = sum(any(step == "lawyer_found" for _, step in one.steps) for one in opened)
    held = [one for one in cases if one.kind == "detention" and one.opened_at < ends and (one.closed_at is None or one.closed_at >= ends)]
    still = [one for one in held if one.restricted or one.facts.get("custody", "held") in _IN_CUSTODY]
    reached = (
        Line("visited", Text("Visited by the wing", "উইং সাক্ষাৎ করেছে"), seen),
        Line("lawyer_found", Text("With a lawyer", "আইনজীবী আছেন"), helped),
        Line("still_held", Text("Still held at the end", "বছর শেষে আটক"), len(still)),
    )
    return [
        Table("b", Text("Arrested or detained, by charge", "গ্রেপ্তার বা আটক, অভিযোগ অনুযায়ী"), _lines(_by(opened, "charge"), "charges", kinds)),
        Table("b", Text("How these cases stand", "মামলাগুলোর অবস্থা"), _lines(_by(opened, "custody"), "custody", kinds)),
        Table("b", Text("Visits and help", "সাক্ষাৎ ও সহায়তা"), reached if opened or still else ()),
    ]


def _deaths(deaths: Sequence[Known], kinds: Kinds) -> list[Table]:
    """(c)."""
    return [
        Table("c", Text("Deaths by cause", "কারণ অনুযায়ী মৃত্যু"), _lines(_by(deaths, "cause"), "causes", kinds)),
        Table("c", Text("Compensation", "ক্ষতিপূরণ"), _lines(_by(deaths, "compensation"), "compensation", kinds)),
    ]


def _services(done: Sequence[tuple[str, str]], kinds: Kinds) -> Table:
    """(d): each time that a step was done which counts as a service."""
    counted: Counter[str] = Counter()
    for kind, code in done:
        step = kinds.by_code[kind].step(code)
        counted["visit" if step is not None and step.visit else (step.counts_as if step else None) or ""] += 1
    lines = tuple(Line(one.code, one.words, counted[one.code]) for one in kinds.services if counted[one.code])
    return Table("d", Text("Services and steps", "সেবা ও পদক্ষেপ"), lines)


def _market(spoken: Sequence[Spoken], visits: Sequence[Visit], kinds: Kinds) -> list[Table]:
    """(e), the counted part: what the wing saw of the job market by itself; its estimate and the agreements are words beside it."""
    at_work = [one for one in visits if one.place_kind in AT_WORK]
    met = sum("employer_met" in one.found for one in at_work)
    lines = (
        Line("visited", Text("Visits to workplaces and camps", "কর্মস্থল ও ক্যাম্প পরিদর্শন"), len(at_work)),
        Line("employer_met", Text("Employers met there", "নিয়োগকর্তার সঙ্গে কথা"), met),
    )
    trades = Counter(one.trade for one in spoken if one.at_work)
    return [
        Table("e", Text("Employers and workplaces", "নিয়োগকর্তা ও কর্মস্থল"), lines if at_work else ()),
        Table("e", Text("Workers met at work, by work", "কর্মস্থলে দেখা হওয়া কর্মী, পেশা অনুযায়ী"), _lines(trades, "trades", kinds)),
    ]


def _papers(papers: Sequence[Known], kinds: Kinds) -> list[Table]:
    """(f)."""
    waited = [(one.closed_at - one.opened_at).days for one in papers if one.closed_at and one.facts.get("issued") == "issued"]
    middle = median([float(one) for one in waited])
    days = (
        ()
        if middle is None
        else (Line("median_days", Text("Days until issued, half within", "অর্ধেক আবেদনের নিষ্পত্তি, দিনের মধ্যে"), round(middle)),)
    )
    return [
        Table("f", Text("Asked for", "আবেদন"), _lines(_by(papers, "paper"), "papers", kinds)),
        Table("f", Text("What became of it", "ফলাফল"), (*_lines(_by(papers, "issued"), "issued", kinds), *days)),
    ]


def _others(of_year: Sequence[Known], kinds: Kinds) -> Table:
    """(g), the counted part: how the year's cases ended, and what is open."""
    ended = Counter(one.kind for one in of_year if one.outcome is not None)
    waiting = sum(one.outcome is None for one in of_year)
    lines = [
        Line(one.code, Text(f"Closed: {one.name.en}", f"নিষ্পন্ন: {one.name.bn}"), ended[one.code]) for one in kinds.kinds if ended[one.code]
    ]
    open_ = [Line("open", Text("Not closed", "নিষ্পন্ন হয়নি"), waiting)] if waiting else []
    return Table("g", Text("How cases ended", "কেসের নিষ্পত্তি"), (*lines, *open_))


def refuse_own(subject: str, writers: Iterable[str | None]) -> None:
    """The second pair of eyes. Raises `OwnReportError`."""
    if subject in set(writers):
        raise OwnReportError
