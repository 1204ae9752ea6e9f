"""The pure decisions of reintegration, and the lists that they rest on."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.text import Text
from kit.auth import ROLES
from kit.papers import document_key
from services.reintegration.lists import IN_FORCE, Lists, choice, has, load
from services.reintegration.rules import (
    EARLIEST_RETURN,
    STATUS_WORDS,
    CaseStatus,
    after_opening,
    checked_origin,
    checked_return_day,
    plan_due,
    plan_due_of,
    visibility,
)

TODAY = date(2026, 11, 23)
days = st.dates(EARLIEST_RETURN, TODAY)
# Hypothesis takes its bounds without a zone, and puts one on what it draws.
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2027, 1, 1), timezones=st.timezones())  # noqa: DTZ001


class TestReturnDay:
    @given(days)
    def test_is_any_day_up_to_today(self, day: date) -> None:
        assert checked_return_day(day, TODAY) == day

    @given(st.one_of(st.dates(max_value=EARLIEST_RETURN - timedelta(days=1)), st.dates(min_value=TODAY + timedelta(days=1))))
    def test_else_it_says_why_in_both_languages(self, day: date) -> None:
        with pytest.raises(ValueError, match="date of return") as refused:
            checked_return_day(day, TODAY)
        assert isinstance(refused.value.args[0], Text)

    def test_nobody_returns_from_bangladesh(self) -> None:
        assert checked_origin("SA") == "SA"
        with pytest.raises(ValueError, match="came back"):
            checked_origin("BD")


class TestPlanDue:
    def test_counts_from_the_return_where_the_person_registered_at_once(self) -> None:
        assert plan_due(date(2026, 11, 20), date(2026, 11, 20), 30) == date(2026, 12, 20)

    def test_counts_from_the_registration_of_one_who_came_years_ago(self) -> None:
        assert plan_due(date(2020, 4, 1), TODAY, 30) == date(2026, 12, 23)

    @given(days, days, st.integers(1, 365))
    def test_is_never_before_the_later_of_the_two_and_a_term(self, returned_on: date, registered_on: date, term: int) -> None:
        due = plan_due(returned_on, registered_on, term)
        assert due - timedelta(days=term) == max(returned_on, registered_on)

    @given(days, days, days, st.integers(1, 365))
    def test_who_came_or_registered_later_is_never_due_earlier(self, one: date, other: date, registered_on: date, term: int) -> None:
        early, late = sorted((one, other))
        assert plan_due(early, registered_on, term) <= plan_due(late, registered_on, term)
        assert plan_due(registered_on, early, term) <= plan_due(registered_on, late, term)

    @given(days, MOMENTS)
    def test_counts_from_the_day_of_a_desk_in_bangladesh_whatever_zone_a_clock_tells(self, returned_on: date, moment: datetime) -> None:
        due = plan_due_of(returned_on, moment, 30)
        wall = moment.astimezone(UTC) + timedelta(hours=6)  # Bangladesh has kept UTC+6 since 2010
        assert due - timedelta(days=30) == max(returned_on, wall.date())
        assert due == plan_due_of(returned_on, moment.astimezone(UTC), 30)

    def test_half_past_midnight_in_dhaka_is_a_new_day_though_not_in_greenwich(self) -> None:
        assert plan_due_of(date(2026, 1, 1), datetime(2026, 11, 24, 17, 59, tzinfo=UTC), 30) == date(2026, 12, 24)
        assert plan_due_of(date(2026, 1, 1), datetime(2026, 11, 24, 18, 30, tzinfo=UTC), 30) == date(2026, 12, 25)

    def test_fridays_and_holidays_count(self) -> None:
        """Thirty days, not working days: the Handbook says a month, and who has no income waits on a Friday too."""
        assert plan_due(date(2026, 3, 20), date(2026, 3, 20), 30) == date(2026, 4, 19)  # with Eid al-Fitr and Pohela Boishakh between

    def test_is_told_in_both_languages(self) -> None:
        words = after_opening(date(2026, 12, 3))
        assert "3 December 2026" in words.en
        assert "০৩-১২-২০২৬" in words.bn


class TestDocumentKey:
    @pytest.mark.parametrize("written", ["AB1234567", "ab 1234567", " AB-123-4567 ", "AB১২৩৪৫৬৭", "ab_123.4567"])
    def test_is_the_same_however_it_is_written(self, written: str) -> None:
        assert document_key(written) == "AB1234567"

    @given(st.text(max_size=60))
    def test_of_a_key_is_the_key(self, text: str) -> None:
        assert document_key(document_key(text)) == document_key(text)

    def test_of_marks_alone_is_nothing(self) -> None:
        assert document_key(" -- / ") == ""


class TestVisibility:
    @given(st.sets(st.sampled_from(ROLES)), st.frozensets(st.text(max_size=5)), st.frozensets(st.text(max_size=5)))
    def test_only_wewb_and_the_supervisor_see_all(self, roles: set[str], districts: frozenset[str], orgs: frozenset[str]) -> None:
        seen = visibility(roles=roles, subject="me", districts=districts, orgs=orgs)
        assert seen.everything == bool(roles & {"wewb", "supervisor"})
        assert seen.districts == (districts if "demo" in roles else frozenset())
        assert seen.registered_by_orgs == (orgs if roles & {"airport", "udc", "ngo"} else frozenset())
        assert seen.registered_by == "me"


def changed(name: str, to: Any) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(IN_FORCE.read_text("utf-8"))
    data[name] = to
    return data


class TestLists:
    def test_have_every_code_in_both_languages(self) -> None:
        lists = load()
        for one in (*lists.reasons, *lists.needs, *lists.document_kinds, *lists.consent_purposes):
            assert one.en.isascii()
            assert any("\u0980" <= letter <= "\u09ff" for letter in one.bn), one.code

    def test_name_no_abuse_and_no_trafficking(self) -> None:
        """Those are restricted complaints: a list that every desk sees is no place for them."""
        lists = load()
        assert not {"abuse", "trafficking", "physical_abuse", "sexual_abuse"} & {one.code for one in (*lists.reasons, *lists.needs)}

    def test_an_old_code_is_shown_as_it_was(self) -> None:
        assert not has(load().needs, "gone")
        assert choice(load().needs, "gone").bn == "gone"

    @pytest.mark.parametrize(
        "data",
        [
            changed("needs", []),
            changed("needs", [{"code": "job", "en": "Work", "bn": "কাজ"}] * 2),
            changed("reasons", [{"code": "own_will", "en": "Own will"}]),
            changed("reasons", [{"code": "Own will", "en": "Own will", "bn": "নিজের ইচ্ছা"}]),
            changed("plan_due_days", 0),
            changed("surprise", 1),
        ],
    )
    def test_that_do_not_hold_together_are_refused_at_start(self, data: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            Lists.model_validate(data)

    def test_every_status_has_words(self) -> None:
        assert set(STATUS_WORDS) == set(CaseStatus)
