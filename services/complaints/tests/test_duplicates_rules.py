"""When two complaints may be one, and what a merge keeps, over any two."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.complaints.duplicates import rules
from services.complaints.duplicates.lists import LISTS
from services.complaints.duplicates.rules import Features, Obstacle, Side
from services.complaints.rules import Status

DAY = date(2026, 6, 1)
KEYS = st.none() | st.sampled_from([b"a", b"b"])
ONE = Features("wages", "SA", DAY, reporter_phone=b"p", reporter_sound=b"rhm", licence="RL-0001")


@st.composite
def features(draw: st.DrawFn) -> Features:
    return Features(
        category=draw(st.sampled_from(["wages", "overcharged"])),
        country=draw(st.sampled_from(["SA", "LB"])),
        lodged_on=DAY + timedelta(days=draw(st.integers(-200, 200))),
        reporter_phone=draw(KEYS),
        reporter_sound=draw(KEYS),
        victim_phone=draw(KEYS),
        victim_sound=draw(KEYS),
        licence=draw(st.none() | st.sampled_from(["RL-0001", "RL-0002"])),
        respondent_sound=draw(KEYS),
    )


SIDES = st.builds(
    Side,
    kind=st.sampled_from(["complaint", "death"]),
    status=st.sampled_from(list(Status)),
    restricted=st.booleans(),
    severity=st.integers(1, 4),
    respondent_office=st.none() | st.sampled_from(["wing-SA", "call-centre"]),
    is_appeal=st.booleans(),
)


def found(one: Features, other: Features) -> str | None:
    rule = rules.first_that_holds(LISTS.rules, one, other)
    return rule.code if rule else None


class TestPairs:
    @given(features(), features())
    def test_it_makes_no_difference_which_came_first(self, one: Features, other: Features) -> None:
        assert found(one, other) == found(other, one)

    @given(features(), features())
    def test_without_a_common_key_of_the_person_there_is_no_pair(self, one: Features, other: Features) -> None:
        keys = {one.reporter_phone, one.victim_phone, one.person_sound} & {other.reporter_phone, other.victim_phone, other.person_sound}
        if not keys - {None}:
            assert found(one, other) is None

    @given(features(), features())
    def test_beyond_the_window_there_is_no_pair(self, one: Features, other: Features) -> None:
        if abs((one.lodged_on - other.lodged_on).days) > LISTS.window:
            assert found(one, other) is None

    @pytest.mark.parametrize(
        ("changes", "rule"),
        [
            ({}, "same_matter"),
            ({"reporter_phone": b"q"}, "same_matter"),
            ({"reporter_sound": b"krm"}, "same_matter"),
            ({"licence": None}, "same_phone_same_issue"),
            ({"category": "overcharged"}, "same_person_same_respondent"),
            ({"category": "overcharged", "licence": None}, "same_phone"),
            ({"licence": None, "reporter_phone": None}, "same_name_same_issue"),
            ({"licence": None, "reporter_phone": None, "country": "LB"}, None),
            ({"licence": "RL-0002"}, None),
            ({"reporter_phone": b"q", "reporter_sound": b"krm"}, None),
            ({"lodged_on": DAY + timedelta(days=61)}, "same_person_same_respondent"),
            ({"lodged_on": DAY + timedelta(days=121)}, None),
        ],
    )
    def test_the_first_rule_that_holds_names_it(self, changes: dict[str, object], rule: str | None) -> None:
        assert found(ONE, replace(ONE, **changes)) == rule  # type: ignore[arg-type]  # a golden record and its changes

    def test_an_office_that_lodges_for_many_makes_no_pairs_of_them(self) -> None:
        first, second = (replace(ONE, victim_sound=sound) for sound in (b"krm", b"slm"))
        assert found(first, second) is None
        assert found(first, replace(first, category="wages")) == "same_matter"


class TestMerge:
    @given(SIDES, SIDES)
    def test_restriction_and_severity_are_never_loosened(self, merged: Side, into: Side) -> None:
        restricted, severity = rules.joined(merged, into)
        assert restricted >= max(merged.restricted, into.restricted)
        assert severity >= max(merged.severity, into.severity)
        assert (restricted, severity) == rules.joined(into, merged)
        again = replace(into, restricted=restricted, severity=severity)
        assert rules.joined(merged, again) == (restricted, severity)

    @given(SIDES, SIDES)
    def test_an_office_never_comes_to_hold_one_about_itself(self, merged: Side, into: Side) -> None:
        if rules.obstacle(merged, into) is None:
            assert merged.respondent_office == into.respondent_office

    @given(SIDES, SIDES)
    def test_what_is_decided_merged_or_appealed_is_not_merged_away(self, merged: Side, into: Side) -> None:
        if rules.obstacle(merged, into) is None:
            assert merged.status not in {Status.RESOLVED, Status.MERGED}
            assert into.status != Status.MERGED
            assert {merged.is_appeal, into.is_appeal} == {False}
            assert merged.kind == into.kind

    def test_itself(self) -> None:
        one = Side("complaint", "lodged", False, 2, None)
        assert rules.obstacle(one, one, is_same=True) == Obstacle.ITSELF


def test_every_combination_of_the_data_is_known_to_the_code() -> None:
    for rule, (one, other) in product(LISTS.rules, [(ONE, ONE)]):
        assert rules.first_that_holds([rule], one, other) == rule
