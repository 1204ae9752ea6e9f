"""Deadlines by replay: pauses, offices, reopening, and what must hold whatever the history."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.working_time import reach, used
from services.complaints.clocks import rules
from services.complaints.clocks.calendars import CALENDARS
from services.complaints.clocks.clock_list import CLOCKS, LADDERS
from services.complaints.clocks.rules import Case, Duty, Round, Step
from services.complaints.lifecycle.happenings import HAPPENINGS
from services.complaints.rules import Status

LODGED = datetime(2026, 11, 25, 5, tzinfo=UTC)  # Wednesday, 11:00 in Dhaka
WAGES = Case("complaint", "wages", 2)
GRIEVANCE = Case("service", "office_service", 2)
OFFICES = ("bmet-complaints", "wing-SA", "wing-LB", "wing-AU", "call-centre")


def day(number: float) -> datetime:
    return LODGED + timedelta(days=number)


def history(*steps: tuple[float, str, str, Status], office: str = "bmet-complaints") -> list[Step]:
    return [Step(LODGED, "lodged", office, Status.LODGED), *(Step(day(at), kind, where, status) for at, kind, where, status in steps)]


def rounds_of(steps: list[Step], case: Case = WAGES) -> dict[tuple[str, int], Round]:
    return {(one.clock, one.number): one for one in rules.replay(CLOCKS, case, steps, CALENDARS.of)}


class TestLaw:
    def test_thirty_working_days_end_with_the_thirtieth_day(self) -> None:
        due = rounds_of(history())["investigation", 1].due_at
        assert due == datetime(2027, 1, 7, 11, tzinfo=UTC)  # 17:00 in Dhaka; the day of receipt and 16 December are not counted

    def test_three_months_run_from_the_completed_investigation(self) -> None:
        steps = history((20, "investigated", "bmet-complaints", Status.ARBITRATION))
        found = rounds_of(steps)
        assert found["investigation", 1].state == "met"
        assert found["disposal", 1].began_at == day(20)
        assert found["disposal", 1].due_at == datetime(2027, 3, 15, 18, tzinfo=UTC)
        assert ("disposal", 1) not in rounds_of(history())

    def test_the_charter_promises_three_months_in_all(self) -> None:
        assert rounds_of(history())["charter", 1].due_at == datetime(2027, 2, 25, 18, tzinfo=UTC)

    def test_each_clock_names_its_source(self) -> None:
        sources = {one.code: one.source for one in CLOCKS.clocks}
        assert "s.41(2)" in sources["investigation"]
        assert "s.41(3)" in sources["disposal"]
        assert "cs-0274" in sources["charter"]
        assert "BDGS-1637816025" in sources["repatriation"]

    def test_which_clocks_run_is_a_matter_of_data(self) -> None:
        assert {clock for clock, _ in rounds_of(history(), Case("distress", "stranded", 3))} == {
            *("first_response", "next_update", "wing_contact", "repatriation"),
        }
        assert {clock for clock, _ in rounds_of(history(), GRIEVANCE)} == {"first_response", "next_update", "grs"}
        assert "appeal" in {clock for clock, _ in rounds_of(history(), Case("appeal", "wages", 2))}
        assert "grs_appeal" in {clock for clock, _ in rounds_of(history(), Case("appeal", "office_service", 2))}


class TestPause:
    def test_standing_still_has_no_due_time(self) -> None:
        waiting = rounds_of(history((5, "waiting", "bmet-complaints", Status.WAITING)), GRIEVANCE)["grs", 1]
        assert (waiting.state, waiting.due_at, waiting.risk_at) == ("paused", None, None)

    def test_the_law_knows_no_pause(self) -> None:
        waiting = rounds_of(history((5, "waiting", "bmet-complaints", Status.WAITING)))
        assert waiting["investigation", 1].due_at == rounds_of(history())["investigation", 1].due_at

    @given(st.floats(1, 20), st.floats(0.01, 90), st.sampled_from(OFFICES))
    def test_it_extends_by_exactly_the_working_time_paused(self, after: float, length: float, office: str) -> None:
        plain = rounds_of(history(office=office), GRIEVANCE)["grs", 1]
        paused = rounds_of(
            history((after, "waiting", office, Status.WAITING), (after + length, "answered", office, Status.INVESTIGATING), office=office),
            GRIEVANCE,
        )["grs", 1]
        assert plain.due_at is not None
        assert paused.due_at is not None
        calendar = CALENDARS.of(office, "working_days")
        extension = used(calendar, "working_days", plain.due_at, paused.due_at)
        counted_from = plain.segments[0].since  # the day of receipt is not counted, paused or not
        stood_still = used(calendar, "working_days", max(day(after), counted_from), max(day(after + length), counted_from))
        assert abs(Fraction(extension) - Fraction(stood_still)) < Fraction(1, 1_000_000)

    def test_a_pause_after_the_breach_heals_nothing(self) -> None:
        steps = history((60, "waiting", "bmet-complaints", Status.WAITING))
        late = rounds_of(steps, GRIEVANCE)
        assert late["grs", 1].due_at == rounds_of(history(), GRIEVANCE)["grs", 1].due_at
        assert rules.risk_of(list(late.values()), CLOCKS, day(61)) == "breached"


class TestOffices:
    @given(st.floats(0.5, 60), st.sampled_from(OFFICES), st.sampled_from(OFFICES))
    def test_a_new_office_changes_only_what_comes_after(self, after: float, first: str, second: str) -> None:
        plain = rounds_of(history(office=first))["investigation", 1]
        moved = rounds_of(history((after, "transferred", second, Status.ASSIGNED), office=first))["investigation", 1]
        assert plain.due_at is not None
        assert moved.due_at is not None
        if plain.due_at <= day(after):
            assert moved.due_at == plain.due_at
        else:
            assert moved.due_at >= day(after)
            before = [one for one in moved.segments if one.until <= day(after)]
            assert all(one.calendar == CALENDARS.of(first, "working_days").code for one in before)
            passed = sum((Fraction(one.used) for one in before), Fraction(0))
            rest = CALENDARS.of(second, "working_days")
            since = max(day(after), plain.segments[0].since)
            assert moved.due_at == reach(rest, "working_days", since, 30 - passed)

    def test_the_explanation_has_a_segment_for_each_office(self) -> None:
        steps = history((5, "transferred", "wing-SA", Status.ASSIGNED), (6, "commented", "wing-SA", Status.ASSIGNED))
        stored = rules.as_stored(rounds_of(steps)["investigation", 1], "v")
        assert [(one["office"], one["calendar"], one["zone"]) for one in stored["segments"]] == [
            ("bmet-complaints", "dhaka", "Asia/Dhaka"),
            ("wing-SA", "riyadh", "Asia/Riyadh"),
        ]
        assert sum(one["used"] for one in stored["segments"]) == pytest.approx(30)
        assert "2026-12-16" in stored["segments"][1]["holidays"]


class TestAgain:
    def test_a_contact_meets_the_first_and_starts_the_next_update_anew(self) -> None:
        steps = history((3, "contacted", "bmet-complaints", Status.LODGED), (3, "commented", "bmet-complaints", Status.LODGED))
        found = rounds_of(steps)
        assert found["first_response", 1].state == "met"
        assert found["next_update", 1].state == "met"
        assert found["next_update", 2].began_at == day(3)

    def test_reopening_restarts_the_investigation_and_continues_the_charter(self) -> None:
        steps = history((10, "resolved", "bmet-complaints", Status.RESOLVED), (20, "reopened", "bmet-complaints", Status.ASSIGNED))
        found = rounds_of(steps)
        assert found["investigation", 1].state == "met"
        assert found["investigation", 2].began_at == day(20)
        assert found["charter", 1].state == "running"
        assert found["charter", 1].due_at == rounds_of(history())["charter", 1].due_at
        assert found["appeal_window", 1].state == "met"

    def test_a_merge_calls_the_clocks_off(self) -> None:
        found = rounds_of(history((4, "merged", "bmet-complaints", Status.MERGED)))
        assert {one.state for one in found.values()} == {"cancelled"}

    def test_what_was_met_late_keeps_the_time_it_was_due(self) -> None:
        plain = rounds_of(history())["investigation", 1]
        late = rounds_of(history((90, "investigated", "bmet-complaints", Status.ARBITRATION)))["investigation", 1]
        assert late.due_at == plain.due_at
        assert late.ended_at == day(90)

    @given(st.lists(st.tuples(st.floats(0, 100), st.sampled_from(list(Status)), st.sampled_from(OFFICES)), max_size=12))
    def test_any_history_replays_to_the_same_and_in_order(self, steps: list[tuple[float, Status, str]]) -> None:
        told = [(at, "done", office, status) for at, status, office in sorted(steps, key=lambda one: one[0])]
        once, again = (rules.replay(CLOCKS, WAGES, history(*told), CALENDARS.of) for _ in range(2))
        assert once == again
        for one in once:
            assert one.due_at is None or one.due_at > one.began_at
            assert one.risk_at is None or one.due_at is None or one.risk_at <= one.due_at
            assert all(part.since <= part.until for part in one.segments)

    def test_comments_leave_every_deadline_where_it_is(self) -> None:
        noise = [(number / 2, "commented", "bmet-complaints", Status.LODGED) for number in range(1, 60)]
        assert {key: one.due_at for key, one in rounds_of(history(*noise)).items()} == {
            key: one.due_at for key, one in rounds_of(history()).items()
        }


class TestStays:
    def test_each_stay_ends_when_it_leaves_or_is_decided(self) -> None:
        steps = history(
            (1, "transferred", "wing-SA", Status.ASSIGNED),
            (2, "commented", "wing-SA", Status.ASSIGNED),
            (9, "resolved", "wing-SA", Status.RESOLVED),
            (12, "reopened", "wing-SA", Status.ASSIGNED),
        )
        assert [(one.office, one.since, one.until) for one in rules.held(steps)] == [
            ("bmet-complaints", LODGED, day(1)),
            ("wing-SA", day(1), day(9)),
            ("wing-SA", day(12), None),
        ]


class TestLadder:
    def duties(self, steps: list[Step], *, assigned: bool = False) -> list[Duty]:
        rounds = rules.replay(CLOCKS, WAGES, steps, CALENDARS.of)
        seen = rules.watch(steps, CLOCKS.substance, assigned=assigned)
        return rules.duties(rounds, CLOCKS, LADDERS.of(steps[-1].office), seen, CALENDARS.of)

    def test_nobody_assigned_climbs_too(self) -> None:
        unassigned = [one for one in self.duties(history()) if one.trigger == "unassigned"]
        assert [one.level for one in unassigned] == [1, 2, 3, 4]
        assert unassigned[0].at == datetime(
            2026, 11, 29, 5, tzinfo=UTC
        )  # 16 hours of office later: 6 on Wednesday, 8 on Thursday, 2 on Sunday

    def test_a_comment_resets_nothing(self) -> None:
        noise = [(number, "commented", "bmet-complaints", Status.LODGED) for number in (1, 2, 3)]
        edits = [(number, "edited", "bmet-complaints", Status.LODGED) for number in (4, 5)]
        assert self.duties(history(*noise, *edits)) == self.duties(history())

    def test_a_step_of_substance_does(self) -> None:
        still = [
            one.at
            for one in self.duties(history((5, "investigation_begun", "bmet-complaints", Status.INVESTIGATING)))
            if one.trigger == "still"
        ]
        assert min(still) > min(one.at for one in self.duties(history()) if one.trigger == "still")

    @pytest.mark.parametrize("kind", ["step_done", "death_transport", "family_visited", "grs_step", "referral_answered", "risk_decided"])
    def test_work_on_a_case_of_somebody_in_need_is_of_substance(self, kind: str) -> None:
        steps = history((5, kind, "wing-SA", Status.LODGED), office="wing-SA")
        seen = rules.watch(steps, CLOCKS.substance, assigned=True)
        assert (seen.moved_at, seen.move) == (day(5), 1)

    def test_every_kind_that_the_data_name_is_written_by_somebody(self) -> None:
        """A word that nothing writes would leave a clock running for ever."""
        named = {*CLOCKS.substance, *(kind for one in CLOCKS.clocks for kind in (*one.starts, *one.met_by))}
        follows = {kind for kind in named if kind in {"resolved", "reopened", "merged"} or ":" in kind}
        assert named - follows <= HAPPENINGS.keys()

    def test_what_is_waited_for_is_neither_at_risk_nor_late_but_may_stand_still(self) -> None:
        steps = history((1, "waiting", "bmet-complaints", Status.WAITING))
        rounds = rules.replay(CLOCKS, GRIEVANCE, steps, CALENDARS.of)
        seen = rules.watch(steps, CLOCKS.substance, assigned=True)
        found = rules.duties(rounds, CLOCKS, LADDERS.of("bmet-complaints"), seen, CALENDARS.of)
        assert "grs" not in {one.clock for one in found}
        assert "still" in {one.trigger for one in found}

    def test_an_empty_seat_is_passed_over_at_once_and_said(self) -> None:
        assert rules.choose_seat(["a.1", "b.2", "c.3"], 1, frozenset({"c.3"}), None) == ("c.3", ["a.1", "b.2"])

    def test_it_never_goes_to_the_office_that_it_is_about(self) -> None:
        assert rules.choose_seat(["a.1", "b.2", "c.3"], 1, frozenset({"a.1", "b.2", "c.3"}), "a") == ("b.2", ["a.1"])

    def test_the_last_seat_takes_it_in_any_case(self) -> None:
        assert rules.choose_seat(["a.1", "b.2"], 1, frozenset(), None) == ("b.2", ["a.1"])
        assert rules.choose_seat(["a.1", "b.2"], 1, frozenset(), "b") == ("a.1", ["b.2"])
