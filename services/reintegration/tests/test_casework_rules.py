"""How a case goes, without a database."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reintegration.casework.instrument import INSTRUMENT, PROCEDURE, Instrument
from services.reintegration.casework.rules import (
    DimensionResult,
    NotProposedError,
    Progress,
    SameOfficerError,
    Step,
    add_months,
    check_may_approve,
    result,
    review_days,
    step_of,
)

TODAY = date(2026, 11, 25)
ANSWERS = st.dictionaries(st.sampled_from(sorted(INSTRUMENT.questions)), st.integers(0, INSTRUMENT.most))


def progress(**changes: object) -> Progress:
    blank = {"is_closed": False, "urgent_open": False, "assessed": True, "planned": True, "review_due": None, "closing_proposed": False}
    return Progress(**{**blank, **changes})  # type: ignore[arg-type]  # a test changes one of them


class TestStep:
    @pytest.mark.parametrize(
        ("changes", "step"),
        [
            ({"urgent_open": True, "assessed": False, "planned": False}, Step.SCREENING),
            ({"assessed": False, "planned": False}, Step.ASSESSMENT),
            ({"planned": False}, Step.PLAN),
            ({"review_due": date(2026, 11, 26)}, Step.DELIVERY),
            ({"review_due": TODAY}, Step.REVIEW),
            ({"review_due": None}, Step.DELIVERY),
            ({"closing_proposed": True, "urgent_open": True}, Step.CLOSING),
            ({"is_closed": True, "closing_proposed": True}, Step.CLOSED),
        ],
    )
    def test_follows_from_what_is_there(self, changes: dict[str, object], step: Step) -> None:
        assert step_of(progress(**changes), TODAY) == step


class TestMonths:
    @pytest.mark.parametrize(
        ("day", "months", "after"),
        [
            (date(2026, 11, 25), 3, date(2027, 2, 25)),
            (date(2026, 11, 30), 3, date(2027, 2, 28)),
            (date(2027, 11, 30), 3, date(2028, 2, 29)),
            (date(2026, 12, 31), 12, date(2027, 12, 31)),
            (date(2026, 1, 31), 1, date(2026, 2, 28)),
            (date(2026, 10, 31), 1, date(2026, 11, 30)),
        ],
    )
    def test_a_month_that_has_no_such_day_ends_on_its_last(self, day: date, months: int, after: date) -> None:
        assert add_months(day, months) == after

    @given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 60))
    def test_the_month_is_always_the_one_asked_for(self, day: date, months: int) -> None:
        after = add_months(day, months)
        assert (after.year * 12 + after.month) - (day.year * 12 + day.month) == months
        assert after.day == day.day or (after.day < day.day and add_months(after, 0) == after)

    @given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
    def test_reviews_come_one_after_the_other(self, planned: date) -> None:
        days = review_days(planned, PROCEDURE.review_months)
        assert days == sorted(set(days))
        assert days[0] > planned


class TestResult:
    ITEMS = ("a", "b", "c", "d")

    @pytest.mark.parametrize(
        ("answers", "answered", "percent"),
        [
            ({}, 0, None),
            ({"a": 4, "b": 4}, 2, None),
            ({"a": 4, "b": 4, "c": 4}, 3, 100),
            ({"a": 0, "b": 0, "c": 0}, 3, 0),
            ({"a": 1, "b": 2, "c": 2, "x": 4}, 3, 42),  # 5 of 12
            ({"a": 1, "b": 0, "c": 0, "d": 1}, 4, 13),  # 2 of 16 is 12.5
        ],
    )
    def test_counts_only_what_was_answered(self, answers: dict[str, int], answered: int, percent: int | None) -> None:
        assert result("economic", self.ITEMS, answers, most=4, least_answered=3) == DimensionResult("economic", answered, 4, percent)

    @given(ANSWERS)
    def test_lies_between_nothing_and_all(self, answers: dict[str, int]) -> None:
        for one in INSTRUMENT.results(answers):
            assert (one.percent is None) == (one.answered < INSTRUMENT.least_answered)
            assert one.percent is None or 0 <= one.percent <= 100

    @given(ANSWERS, st.sampled_from(sorted(INSTRUMENT.questions)))
    def test_a_better_answer_is_never_a_worse_result(self, answers: dict[str, int], question: str) -> None:
        answers[question] = 1
        before = INSTRUMENT.results(answers)
        after = INSTRUMENT.results({**answers, question: 3})
        assert all(new.percent is None or new.percent >= (old.percent or 0) for old, new in zip(before, after, strict=True))


class TestData:
    def test_a_question_that_stands_twice_stops_the_service(self) -> None:
        broken = INSTRUMENT.model_dump()
        broken["dimensions"][1]["items"] = broken["dimensions"][0]["items"]
        with pytest.raises(ValueError, match="stands twice"):
            Instrument.model_validate(broken)


class TestApproval:
    def test_needs_a_proposal_and_another_officer(self) -> None:
        with pytest.raises(NotProposedError):
            check_may_approve(None, "one")
        with pytest.raises(SameOfficerError):
            check_may_approve("one", "one")
        check_may_approve("one", "other")
