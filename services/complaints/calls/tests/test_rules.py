"""What a call was, whatever the order of its events; who is told what; when a number is called back."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.complaints.calls import rules
from services.complaints.calls.knowledge.rules import sound, weight
from services.complaints.calls.knowledge.service import find_categories
from services.complaints.calls.numbers import read_number
from services.complaints.calls.rules import EventKind, State, course

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
MOMENTS = st.integers(0, 4000).map(lambda seconds: NOON + timedelta(seconds=seconds))
WAKING = (time(8), time(21))


class TestCourse:
    @given(st.dictionaries(st.sampled_from(list(EventKind)), MOMENTS, min_size=1), st.randoms(use_true_random=False))
    def test_is_the_same_in_whatever_order_its_events_came(self, events: dict[EventKind, datetime], chance: object) -> None:
        shuffled = list(events.items())
        chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
        assert course(dict(shuffled)) == course(events)

    @given(st.dictionaries(st.sampled_from(list(EventKind)), MOMENTS, min_size=1))
    def test_never_runs_backwards(self, events: dict[EventKind, datetime]) -> None:
        found = course(events)
        assert found.waited_s >= 0
        assert found.talked_s >= 0
        assert found.ended_at is None or found.ended_at >= found.opened_at
        assert (found.state is State.ABANDONED) == (found.ended_at is not None and found.answered_at is None)

    def test_an_end_without_an_answer_was_abandoned(self) -> None:
        found = course({EventKind.RINGING: NOON, EventKind.ENDED: NOON + timedelta(seconds=40)})
        assert (found.state, found.waited_s, found.talked_s) == (State.ABANDONED, 40, 0)

    def test_an_answer_that_comes_late_makes_it_a_call(self) -> None:
        events = {EventKind.ENDED: NOON + timedelta(seconds=90), EventKind.RINGING: NOON}
        assert course(events).state is State.ABANDONED
        found = course(events | {EventKind.ANSWERED: NOON + timedelta(seconds=20)})
        assert (found.state, found.waited_s, found.talked_s) == (State.ENDED, 20, 70)


class TestNumbers:
    @pytest.mark.parametrize(
        ("raw", "written", "country"),
        [
            ("01712345678", "+8801712345678", "BD"),
            ("০১৭১২-৩৪৫৬৭৮", "+8801712345678", "BD"),
            ("00966501234567", "+966501234567", "SA"),
            ("966501234567", "+966501234567", "SA"),
            ("+96170123456", "+96170123456", "LB"),
            ("sip:+60123456789@exchange.example", "+60123456789", "MY"),
            ("tel:+971501234567;phone-context=x", "+971501234567", "AE"),
        ],
    )
    def test_of_any_country_and_form(self, raw: str, written: str, country: str) -> None:
        assert read_number(raw) == (written, country)

    @pytest.mark.parametrize("raw", [None, "", "  ", "Anonymous", "anonymous@anonymous.invalid", "Restricted", "unknown", "12"])
    def test_withheld(self, raw: str | None) -> None:
        assert read_number(raw) is None

    def test_what_no_plan_knows_is_kept_as_digits(self) -> None:
        found = read_number("9999999999999999999999")
        assert found is not None
        assert found.country is None
        assert found.written.isdigit()

    @given(st.text(max_size=60))
    def test_nothing_that_an_exchange_sends_breaks_it(self, raw: str) -> None:
        read_number(raw)


class TestHintOfRestricted:
    def test_only_while_the_exchange_says_that_the_number_is_on_the_line_with_this_agent(self) -> None:
        on_the_line = {"is_supervisor": False, "from_exchange": True, "holds": True, "in_progress": True}
        assert rules.hint_of_restricted(**on_the_line)
        for missing in ("from_exchange", "holds", "in_progress"):
            assert not rules.hint_of_restricted(**(on_the_line | {missing: False}))


class TestWindow:
    @given(
        st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
        st.sampled_from(["Asia/Riyadh", "Asia/Beirut", "Europe/Rome", "America/New_York", "Asia/Kathmandu"]),
        st.booleans(),
    )
    def test_is_by_day_where_the_caller_is_unless_there_is_danger(self, now: datetime, zone: str, urgent: bool) -> None:  # noqa: FBT001 - drawn
        earliest, latest = rules.window(now, ZoneInfo(zone), WAKING, timedelta(hours=2), urgent=urgent)
        assert now <= earliest <= latest
        if urgent:
            assert earliest == now
        else:
            assert WAKING[0] <= earliest.astimezone(ZoneInfo(zone)).time() < WAKING[1]

    def test_at_two_at_night_in_riyadh_it_is_eight_there(self) -> None:
        night = datetime(2026, 11, 25, 23, 0, tzinfo=UTC)
        earliest, _ = rules.window(night, ZoneInfo("Asia/Riyadh"), WAKING, timedelta(hours=2), urgent=False)
        assert earliest == datetime(2026, 11, 26, 5, 0, tzinfo=UTC)


class TestPriority:
    def test_danger_before_a_promise_before_the_rest(self) -> None:
        assert rules.priority(rules.Risk(in_danger=True), missed=1, promised=False) == 1
        assert rules.priority(rules.Risk(), missed=1, promised=True) == 2
        assert rules.priority(rules.Risk(open_cases=True), missed=1, promised=False) == 2
        assert rules.priority(rules.Risk(), missed=3, promised=False) == 2
        assert rules.priority(rules.Risk(), missed=1, promised=False) == 3


class TestAWomanAskedFor:
    def test_waits_for_one_unless_none_is_there(self) -> None:
        assert not rules.may_take(wants_woman=True, serves_women=False, somebody_serves=True)
        assert rules.may_take(wants_woman=True, serves_women=True, somebody_serves=True)
        assert rules.may_take(wants_woman=True, serves_women=False, somebody_serves=False)
        assert rules.may_take(wants_woman=False, serves_women=False, somebody_serves=True)


class TestSearch:
    @pytest.mark.parametrize(
        ("typed", "code"),
        [
            ("salary", "wages"),
            ("বেতন", "wages"),
            ("beton", "wages"),
            ("betan dey na", "wages"),
            ("iqama", "permit"),
            ("ইকামা", "permit"),
            ("passport", "passport_held"),
            ("পাসপোর্ট", "passport_held"),
            ("dalal", "overcharged"),
            ("nirjaton", "physical_abuse"),
            ("pachar", "trafficking"),
            ("lash", "death"),
            ("jail", "detained"),
        ],
    )
    def test_finds_in_bangla_english_and_bangla_typed_in_latin(self, typed: str, code: str) -> None:
        assert code in [one.code for one in find_categories(typed).items[:3]]

    def test_all_of_them_where_nothing_was_typed(self) -> None:
        assert len(find_categories("  ").items) > 15

    def test_nothing_for_nonsense(self) -> None:
        assert find_categories("zzzzqq").items == []

    def test_a_word_of_the_title_counts_more(self) -> None:
        assert weight("death", "Death abroad", "") > weight("death", "Something", "death")

    def test_sound_is_of_consonants_alone(self) -> None:
        assert sound("বেতন") == sound("beton") == sound("betan")
