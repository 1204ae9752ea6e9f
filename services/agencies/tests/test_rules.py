"""What a class depends on, and what it must never depend on."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.agencies.rule_set import IN_FORCE, RuleSet, load
from services.agencies.rules import (
    ClassCode,
    Facts,
    LicenceStatus,
    classify,
    is_licensed,
    licence_number,
    licence_today,
    linked_licence,
    period_start,
    shown_class,
    shown_count,
    shrunk_rate,
)

TODAY = date(2026, 11, 23)
RULES = load()
ORDER = [ClassCode.D, ClassCode.C, ClassCode.B, ClassCode.A]

complaints = st.integers(0, 5_000)
enough = st.integers(RULES.minimum_deployed, 200_000)


def facts(complaints: int = 0, deployed: int | None = 5_000, **changes: Any) -> Facts:
    return Facts(**{"status": LicenceStatus.VALID, "valid_until": TODAY, **changes}, complaints=complaints, deployed=deployed)


def class_of(complaints: int = 0, deployed: int | None = 5_000, **changes: Any) -> ClassCode:
    return classify(facts(complaints, deployed, **changes), RULES, TODAY).class_code


class TestLicenceNumber:
    @pytest.mark.parametrize(
        "written", ["RL-0001", "rl-1", "RL 0001", "RL No. 1", "RL No: 0001", "আরএল ০০০১", "আরএল নং-১", "1", " RL\u200b-\u00a00001 ", "RL#1"]
    )
    def test_is_read_as_people_write_it(self, written: str) -> None:
        assert licence_number(written) == "RL-0001"

    @pytest.mark.parametrize(
        "written", ["", "RL-", "RL-0000", "RL-123456", "Shapla", "RL-00x1", "01712345678", "RL-1; drop", "-", "\u0000"]
    )
    def test_anything_else_is_none(self, written: str) -> None:
        with pytest.raises(ValueError, match="RL-0001"):
            licence_number(written)

    @given(st.integers(1, 99_999))
    def test_what_was_read_reads_the_same(self, number: int) -> None:
        assert licence_number(licence_number(str(number))) == licence_number(str(number))

    @given(st.text(max_size=60))
    def test_no_text_breaks_it(self, text: str) -> None:
        linked = linked_licence("agency", text)
        assert linked is None or linked == licence_number(linked)


class TestLinkedLicence:
    @pytest.mark.parametrize("kind", ["sub_agent", "employer", "office", "unknown", None])
    def test_a_complaint_about_somebody_else_counts_for_no_agency(self, kind: str | None) -> None:
        assert linked_licence(kind, "RL-0001") is None

    def test_a_complaint_that_names_no_licence_counts_for_no_agency(self) -> None:
        assert linked_licence("agency", None) is None
        assert linked_licence("agency", "the one in Banani") is None


class TestLicence:
    def test_holds_to_the_end_of_its_last_day(self) -> None:
        assert is_licensed(LicenceStatus.VALID, TODAY, TODAY)
        assert not is_licensed(LicenceStatus.VALID, TODAY - timedelta(days=1), TODAY)

    @given(st.sampled_from([LicenceStatus.SUSPENDED, LicenceStatus.CANCELLED, LicenceStatus.EXPIRED]), st.dates())
    def test_what_the_office_noted_stands_whatever_the_date(self, status: LicenceStatus, valid_until: date) -> None:
        assert licence_today(status, valid_until, TODAY) is status
        assert not is_licensed(status, valid_until, TODAY)


class TestGates:
    @given(st.sampled_from([LicenceStatus.SUSPENDED, LicenceStatus.CANCELLED, LicenceStatus.EXPIRED]), complaints, enough)
    def test_no_score_makes_good_for_a_gate(self, status: LicenceStatus, complained: int, deployed: int) -> None:
        outcome = classify(facts(complained, deployed, status=status), RULES, TODAY)
        assert (outcome.class_code, outcome.points) == (ClassCode.NOT_LICENSED, None)
        assert [gate.met for gate in outcome.gates].count(False) == 1
        assert outcome.reasons == tuple(gate.words for gate in outcome.gates if not gate.met)

    def test_a_class_is_not_shown_for_a_licence_that_ended_since(self) -> None:
        assert shown_class(ClassCode.A, licensed=False) is ClassCode.NOT_LICENSED
        assert shown_class(ClassCode.A, licensed=True) is ClassCode.A


class TestEnoughData:
    @given(complaints, st.one_of(st.none(), st.integers(0, RULES.minimum_deployed - 1)))
    def test_too_few_workers_make_no_class(self, complained: int, deployed: int | None) -> None:
        outcome = classify(facts(complained, deployed), RULES, TODAY)
        assert (outcome.class_code, outcome.points, outcome.rate) == (ClassCode.INSUFFICIENT_DATA, None, None)
        assert outcome.reasons

    def test_silence_never_scores_high(self) -> None:
        assert class_of(0, None) is ClassCode.INSUFFICIENT_DATA
        assert class_of(0, RULES.minimum_deployed) is ClassCode.C
        assert class_of(0, 1_000) is ClassCode.B

    def test_three_workers_and_one_complaint_make_no_d(self) -> None:
        with_any_number = RULES.model_copy(update={"minimum_deployed": 1})
        assert classify(facts(1, 3), with_any_number, TODAY).class_code is ClassCode.C


class TestClass:
    def test_each_class_can_be_reached(self) -> None:
        assert [class_of(count) for count in (0, 10, 25, 60)] == [ClassCode.A, ClassCode.B, ClassCode.C, ClassCode.D]

    def test_one_agency_by_hand(self) -> None:
        """10 complaints, 5,000 workers: (10 + 4.3) * 1,000 / 6,000 = 2.383 in a thousand; (10 - 2.383) / 9 * 100 = 84.6 points: B."""
        outcome = classify(facts(10, 5_000), RULES, TODAY)
        assert outcome.rate == Fraction(143, 60)
        assert (outcome.points, outcome.class_code) == (84, ClassCode.B)

    @given(complaints, st.integers(1, 200), enough)
    def test_a_complaint_more_never_raises_it(self, complained: int, more: int, deployed: int) -> None:
        assert ORDER.index(class_of(complained + more, deployed)) <= ORDER.index(class_of(complained, deployed))

    @given(complaints, enough, st.integers(1, 50_000))
    def test_a_worker_more_without_complaint_never_lowers_it(self, complained: int, deployed: int, more: int) -> None:
        assert ORDER.index(class_of(complained, deployed + more)) >= ORDER.index(class_of(complained, deployed))

    @given(complaints, enough)
    def test_the_same_facts_make_the_same_outcome(self, complained: int, deployed: int) -> None:
        assert classify(facts(complained, deployed), RULES, TODAY) == classify(facts(complained, deployed), load(), TODAY)

    @given(complaints, enough)
    def test_points_stay_between_nothing_and_all(self, complained: int, deployed: int) -> None:
        outcome = classify(facts(complained, deployed), RULES, TODAY)
        assert outcome.points is not None
        assert 0 <= outcome.points <= 100
        assert RULES.band_of(outcome.points).class_ == outcome.class_code.value

    @given(complaints, st.one_of(st.none(), st.integers(0, 200_000)), st.sampled_from(LicenceStatus))
    def test_every_reason_reads_in_both_languages(self, complained: int, deployed: int | None, status: LicenceStatus) -> None:
        outcome = classify(facts(complained, deployed, status=status), RULES, TODAY)
        assert outcome.reasons
        for words in outcome.reasons:
            assert words.en.isascii()
            assert not any(letter.isascii() and letter.isalnum() for letter in words.bn)

    @given(st.integers(0, RULES.suppress_below - 1), st.integers(0, RULES.suppress_below - 1), enough)
    def test_reasons_do_not_tell_small_counts_apart(self, one: int, other: int, deployed: int) -> None:
        first, second = (classify(facts(count, deployed), RULES, TODAY) for count in (one, other))
        assert first.reasons[0] == second.reasons[0]

    @given(complaints, enough)
    def test_the_rate_lies_between_the_agencys_own_and_the_assumed(self, complained: int, deployed: int) -> None:
        own, assumed = Fraction(complained * 1000, deployed), Fraction(str(RULES.prior.complaints_per_1000))
        assert min(own, assumed) <= shrunk_rate(complained, deployed, RULES) <= max(own, assumed)


class TestCounts:
    def test_small_ones_are_not_shown_and_none_is_small(self) -> None:
        assert [shown_count(count, RULES) for count in (0, 4, 5, 6)] == [None, None, 5, 6]

    def test_the_period_ends_today(self) -> None:
        assert period_start(RULES, TODAY) == TODAY - timedelta(days=364)


def changed(*path: str | int, to: Any) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(IN_FORCE.read_text("utf-8"))
    place: Any = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return data


class TestRuleSet:
    def test_says_that_it_is_not_the_law(self) -> None:
        assert "not the legal rules" in RULES.notice.en
        assert "আইনি বিধি নয়" in RULES.notice.bn

    @pytest.mark.parametrize(
        "data",
        [
            changed("measures", 0, "weight", to=90),
            changed("measures", to=[]),
            changed("measures", 0, "best", to=10.0),
            changed("measures", 0, "worst", to=float("nan")),
            changed("bands", 0, "from_points", to=60),
            changed("bands", 3, "from_points", to=1),
            changed("bands", 1, "class", to="A"),
            changed("bands", to=[]),
            changed("gates", to=[]),
            changed("gates", 0, "code", to="no_conviction"),
            changed("gates", 1, "code", to="licence_in_force"),
            changed("minimum_deployed", to=0),
            changed("prior", "workers", to=0),
            changed("suppress_below", to=0),
            changed("weight", to=1),
            changed("notice", to={"en": "only English"}),
        ],
    )
    def test_that_does_not_hold_together_is_refused_at_start(self, data: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            RuleSet.model_validate(data)
