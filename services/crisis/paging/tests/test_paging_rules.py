"""Whatever is acknowledged when, and however late the clock is looked at: an alarm ends acknowledged or goes round at Dhaka."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.crisis.paging.lists import LEVELS, Escalation, load
from services.crisis.paging.rules import Party, Who, following, missing, spoken_for

OPENED = datetime(2026, 11, 26, 2, tzinfo=UTC)
ESCALATION = load()
LATE = st.integers(min_value=0, max_value=600)
ACKS = st.lists(st.tuples(LATE, st.frozensets(st.sampled_from(Party), max_size=2)), min_size=8, max_size=30)


class TestAnAlarm:
    @settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(level=st.sampled_from(LEVELS), turns=ACKS)
    def test_ends_acknowledged_or_at_dhaka_with_no_step_passed_over(self, level: int, turns: list[tuple[int, frozenset[Party]]]) -> None:
        policy, acknowledged, taken = ESCALATION.of(level), frozenset[Party](), list[datetime]()
        for late, acks in turns:
            step = following(policy, OPENED, taken, acknowledged)
            if step is None:
                break
            assert step.number == len(taken), "in order, none twice"
            assert not taken or step.at > taken[-1], "whoever was paged has time to answer"
            if step.number >= len(policy.steps):
                assert step.who is Who.DHAKA
            elif Party.MISSION not in acknowledged:
                assert step.who is policy.steps[step.number].who
            taken.append(step.at + timedelta(minutes=late))
            acknowledged |= acks
        assert (following(policy, OPENED, taken, acknowledged) is None) == policy.needs.issubset(acknowledged)

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(level=st.sampled_from(LEVELS), taken=st.integers(min_value=0, max_value=500))
    def test_that_nobody_takes_is_never_silent(self, level: int, taken: int) -> None:
        at = [OPENED + timedelta(hours=n) for n in range(taken)]
        assert following(ESCALATION.of(level), OPENED, at, ()) is not None

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(acks=st.lists(st.sampled_from(Party), max_size=6))
    def test_takes_a_late_or_second_acknowledgement_as_one(self, acks: list[Party]) -> None:
        policy = ESCALATION.of(4)
        assert missing(policy, acks) == missing(policy, set(acks)) == policy.needs - set(acks)

    def test_of_the_highest_level_waits_for_the_wing_and_dhaka(self) -> None:
        step = following(ESCALATION.of(4), OPENED, [OPENED], {Party.MISSION})
        assert step is not None
        assert (step.who, step.at) == (Who.DHAKA, OPENED + timedelta(minutes=3))
        assert following(ESCALATION.of(4), OPENED, [OPENED], {Party.MISSION, Party.DHAKA}) is None
        assert following(ESCALATION.of(3), OPENED, [OPENED], {Party.MISSION}) is None

    def test_does_not_wait_for_a_seat_where_nobody_sits_but_lets_dhaka_breathe(self) -> None:
        policy = ESCALATION.of(3)
        second = following(policy, OPENED, [OPENED], (), was_empty=True)
        assert second is not None
        assert (second.who, second.at) == (Who.SECOND, OPENED)
        again = following(policy, OPENED, [OPENED] * len(policy.steps), (), was_empty=True)
        assert again is not None
        assert (again.who, again.at) == (Who.DHAKA, OPENED + timedelta(minutes=15))

    def test_that_dhaka_took_is_the_missions_too_once_the_mission_had_let_it_pass(self) -> None:
        at = {Party.DHAKA: OPENED + timedelta(minutes=5)}
        assert spoken_for(at, is_dhakas_own=False, dhaka_since=None) == {Party.DHAKA}
        assert spoken_for(at, is_dhakas_own=False, dhaka_since=OPENED + timedelta(minutes=6)) == {Party.DHAKA}
        assert spoken_for(at, is_dhakas_own=False, dhaka_since=OPENED) == set(Party)
        assert spoken_for(at, is_dhakas_own=True, dhaka_since=None) == set(Party)
        assert spoken_for({}, is_dhakas_own=True, dhaka_since=OPENED) == set()


class TestThePolicy:
    def test_is_refused_where_it_does_not_end_at_dhaka(self) -> None:
        said = ESCALATION.model_dump()
        said["policies"][0]["steps"] = said["policies"][0]["steps"][:-1]
        with pytest.raises(ValidationError, match="Dhaka"):
            Escalation.model_validate(said)

    def test_is_refused_where_a_level_has_none(self) -> None:
        said = ESCALATION.model_dump()
        said["policies"] = said["policies"][:1]
        with pytest.raises(ValidationError, match="one policy"):
            Escalation.model_validate(said)
