"""Deadlines in words: why one is due then, in both languages. What is stored are codes and times; sentences are made when it is read."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from contracts.text import Bilingual, Text
from kit.text import in_bengali_digits
from services.complaints.clocks.calendars import CALENDARS
from services.complaints.clocks.clock_list import CLOCKS, LADDERS, Clock
from services.complaints.clocks.models import Deadline, Escalation
from services.complaints.clocks.schemas import DeadlineOut, DeadlinesOut, EscalationOut, SegmentOut
from services.complaints.models import Complaint
from services.complaints.views import office_name

_MONTHS: Final = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_MONTHS_BN: Final = ["জানুয়ারি", "ফেব্রুয়ারি", "মার্চ", "এপ্রিল", "মে", "জুন", "জুলাই", "আগস্ট", "সেপ্টেম্বর", "অক্টোবর", "নভেম্বর", "ডিসেম্বর"]
UNITS: Final = {
    "working_days": Text("working days", "কার্যদিবস"),
    "working_hours": Text("working hours", "কর্মঘণ্টা"),
    "days": Text("days", "দিন"),
    "hours": Text("hours", "ঘণ্টা"),
    "months": Text("months", "মাস"),
}
STANDINGS: Final = {
    "running": Text("Running", "চলমান"),
    "at_risk": Text("At risk", "ঝুঁকিতে"),
    "breached": Text("Time has passed", "সময় পেরিয়ে গেছে"),
    "paused": Text("Standing still", "স্থগিত"),
    "met": Text("In time", "সময়মতো সম্পন্ন"),
    "met_late": Text("Done, but late", "সম্পন্ন, তবে দেরিতে"),
    "cancelled": Text("Called off", "বাতিল"),
}
BECAUSE: Final = {
    "at_risk": Text("Most of the time is used", "বেশির ভাগ সময় শেষ হয়ে গেছে"),
    "breached": Text("The time has passed", "সময় পেরিয়ে গেছে"),
    "unassigned": Text("Nobody has been assigned", "কাউকে দায়িত্ব দেওয়া হয়নি"),
    "still": Text("Nothing of substance has been done", "উল্লেখযোগ্য কোনো কাজ হয়নি"),
}


def both(words: Text, **values: Text | str | float) -> Bilingual:
    """The sentence with its values put in; numbers in the digits of each language."""
    english = {name: value.en if isinstance(value, Text) else str(value) for name, value in values.items()}
    bangla = {name: value.bn if isinstance(value, Text) else in_bengali_digits(str(value)) for name, value in values.items()}
    return Bilingual(en=words.en.format(**english), bn=words.bn.format(**bangla))


def in_row(separator: str, *words: Text) -> Text:
    return Text(separator.join(one.en for one in words), separator.join(one.bn for one in words))


def _number(written: object) -> Text:
    return Text(str(written), in_bengali_digits(str(written)))


def written_day(day: date) -> Text:
    month = Text(_MONTHS[day.month - 1], _MONTHS_BN[day.month - 1])
    return in_row(" ", _number(day.day), month, _number(day.year))


def written(moment: datetime, zone: str) -> Text:
    """On the clock of that place."""
    local = moment.astimezone(ZoneInfo(zone))
    return in_row(" ", written_day(local.date()), _number(f"{local:%H:%M}"))


def deadlines_out(complaint: Complaint, rows: Sequence[Deadline], raised: Sequence[Escalation], now: datetime) -> DeadlinesOut:
    return DeadlinesOut(
        reference=complaint.reference,
        version=complaint.version,
        due_at=complaint.due_at,
        risk=complaint.risk,
        items=[_deadline(one, now) for one in rows if one.clock in CLOCKS.by_code],
        escalations=[_escalation(one) for one in raised],
    )


def _deadline(row: Deadline, now: datetime) -> DeadlineOut:
    clock, standing = CLOCKS.by_code[row.clock], standing_of(row, now)
    segments = [SegmentOut(**one, office_name=office_name(one["office"])) for one in row.explanation["segments"]]
    return DeadlineOut(
        clock=row.clock,
        name=Bilingual.of(clock.name),
        source=clock.source,
        illustrative=clock.illustrative,
        whose=clock.whose,
        round=row.round,
        standing=standing,
        standing_label=Bilingual.of(STANDINGS[standing]),
        began_at=row.began_at,
        due_at=row.due_at,
        ended_at=row.ended_at,
        why=_why(row, clock, segments),
        segments=segments,
    )


def standing_of(row: Deadline, now: datetime) -> str:
    if row.state == "met":
        return "met_late" if row.due_at and row.ended_at and row.ended_at > row.due_at else "met"
    if row.state == "cancelled":
        return row.state
    if row.due_at and row.due_at <= now:
        return "breached"
    if row.state == "paused":
        return row.state
    return "at_risk" if row.risk_at and row.risk_at <= now else "running"


def _why(row: Deadline, clock: Clock, segments: Sequence[SegmentOut]) -> list[Bilingual]:
    unit, number = row.explanation["limit"]
    zone = segments[-1].zone if segments else "Asia/Dhaka"
    limit = both(
        Text("{name}: {number} {unit} from {began}. Source: {source}.", "{name}: {began} থেকে {number} {unit}। সূত্র: {source}।"),
        name=clock.name, number=number, unit=UNITS[unit], began=written(row.began_at, zone), source=Text(clock.source, clock.source),
    )  # fmt: skip
    found = [limit]
    if row.explanation["next_day"]:
        found.append(Bilingual.of(Text("The day on which it began is not counted.", "শুরুর দিনটি গণনায় ধরা হয়নি।")))
    for segment in segments:
        found += _segment_words(segment, unit)
    found += [_change_words(one, zone) for one in row.changes]
    if row.due_at is None:
        found.append(Bilingual.of(Text("It stands still: while the complainant is waited for it is not due.", "এখন স্থগিত: অভিযোগকারীর উত্তরের অপেক্ষায় থাকা সময় গণনা হয় না।")))  # fmt: skip  # noqa: E501
    else:
        found.append(both(Text("Due {due} ({zone}).", "শেষ সময় {due} ({zone})।"), due=written(row.due_at, zone), zone=Text(zone, zone)))
    return found


def _segment_words(segment: SegmentOut, unit: str) -> list[Bilingual]:
    span = {"since": written(segment.since, segment.zone), "until": written(segment.until, segment.zone)}
    if segment.why == "paused":
        return [both(Text("{since} to {until}: stood still, waiting for the complainant.", "{since} থেকে {until}: অভিযোগকারীর উত্তরের অপেক্ষায় স্থগিত ছিল।"), **span)]  # fmt: skip  # noqa: E501
    if segment.why == "closed":
        return [both(Text("{since} to {until}: not counted, the complaint was decided then.", "{since} থেকে {until}: গণনা হয়নি, তখন অভিযোগটি নিষ্পন্ন ছিল।"), **span)]  # fmt: skip  # noqa: E501
    if unit == "months":
        return []
    office = Text(segment.office_name.en, segment.office_name.bn)
    words = Text("{since} to {until} at {office}: {used} {unit}, by its own hours ({zone}).", "{since} থেকে {until}, {office}: সেখানকার অফিস সময় অনুযায়ী {used} {unit} ({zone})।")  # fmt: skip  # noqa: E501
    found = [both(words, office=office, used=f"{segment.used:g}", unit=UNITS[unit], zone=Text(segment.zone, segment.zone), **span)]
    if segment.holidays and unit in {"working_days", "working_hours"}:
        days = [_holiday(segment.office, day) for day in segment.holidays]
        named = in_row("; ", *days)
        found.append(both(Text("Holidays not counted: {days}.", "গণনায় না ধরা ছুটি: {days}।"), days=named))
    return found


def _holiday(office: str, day: str) -> Text:
    when = date.fromisoformat(day)
    name = CALENDARS.of(office, "working_days").holidays.get(when)
    return in_row(", ", written_day(when), name) if name else written_day(when)


def _change_words(change: dict[str, Any], zone: str) -> Bilingual:
    def moment(value: str | None) -> Text:
        return written(datetime.fromisoformat(value), zone) if value else Text("no time", "নির্ধারিত নয়")

    words = Text(
        "On {at} calendars or limits were changed by order: it had been due {was}, and is due {due} since.",
        "{at} তারিখে ক্যালেন্ডার বা সময়সীমা পরিবর্তিত হয়েছে: আগে শেষ সময় ছিল {was}, এখন {due}।",
    )
    return both(words, at=moment(change["at"]), was=moment(change["was"]), due=moment(change["due"]))


def _escalation(row: Escalation) -> EscalationOut:
    clock = CLOCKS.by_code.get(row.clock)
    because = BECAUSE[row.trigger]
    reason = in_row(": ", because, clock.name) if clock else because
    passed = [LADDERS.name_of(seat) for seat in row.passed_over]
    words = Text("{why}. Handed up to: {seat}.", "{why}। পাঠানো হয়েছে: {seat}।")
    said = both(words, why=reason, seat=LADDERS.name_of(row.seat))
    if passed:
        empty = Text("Passed over, because nobody sits there or it is their own office: {seats}.", "পদ শূন্য বা নিজ কার্যালয়ের বিষয় হওয়ায় যাঁদের কাছে পাঠানো হয়নি: {seats}।")  # fmt: skip  # noqa: E501
        more = both(empty, seats=in_row("; ", *passed))
        said = Bilingual(en=f"{said.en} {more.en}", bn=f"{said.bn} {more.bn}")
    return EscalationOut(
        at=row.at, because=row.trigger, clock=row.clock or None, level=row.level, seat=row.seat, closed_at=row.closed_at, said=said
    )
