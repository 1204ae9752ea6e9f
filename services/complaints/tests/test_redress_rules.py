"""Sums and states of money, over amounts and days that nobody would think of."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.money import CURRENCIES
from services.complaints.redress import rules
from services.complaints.redress.lists import LISTS
from services.complaints.redress.rules import Line, Recourse, Redress

AMOUNTS = st.integers(1, 10**15)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """As the service makes them: nothing is paid that was not ordered, and never more."""
    claimed, ordered = draw(st.none() | AMOUNTS), draw(st.none() | AMOUNTS)
    paid = draw(st.integers(0, ordered)) if ordered else 0
    return Line(
        currency=draw(st.sampled_from(["BDT", "SAR", "KWD"])),
        claimed=claimed if ordered or claimed else draw(AMOUNTS),
        ordered=ordered,
        due_on=draw(st.none() | DAYS) if ordered else None,
        paid=paid,
        said=draw(st.integers(0, 10**15)) if ordered else 0,
        given_up=draw(st.booleans()),
    )


MANY = st.lists(lines(), max_size=6)


@given(MANY)
def test_currencies_are_never_added_up(those: list[Line]) -> None:
    found = rules.sums(those)
    assert set(found) == {one.currency for one in those}
    for currency, total in found.items():
        mine = [one for one in those if one.currency == currency]
        assert total.ordered == sum(one.ordered or 0 for one in mine)
        assert total.claimed == sum(one.claimed or 0 for one in mine)
        assert total.paid == sum(one.paid for one in mine)


@given(MANY)
def test_what_is_owed_and_what_is_paid_make_what_was_ordered(those: list[Line]) -> None:
    followed = [one for one in those if not one.given_up]
    for total in rules.sums(followed).values():
        assert total.paid + total.outstanding == total.ordered


@given(MANY, DAYS)
def test_paid_means_that_every_order_that_is_followed_is_paid(those: list[Line], today: date) -> None:
    state = rules.state(rules.lasting_state(those), rules.next_due(those), today)
    followed = [one for one in those if not one.given_up]
    is_paid = bool(followed) and all(one.ordered is not None and one.paid >= one.ordered for one in followed)
    assert (state == Redress.PAID) == is_paid


@given(MANY, DAYS)
def test_overdue_means_that_a_day_has_passed_with_something_owed(those: list[Line], today: date) -> None:
    state = rules.state(rules.lasting_state(those), rules.next_due(those), today)
    late = [one for one in those if one.due_on is not None and one.due_on < today and one.outstanding]
    assert (state == Redress.OVERDUE) == bool(late)


@given(MANY, st.integers(0, 10**15))
def test_what_is_only_said_to_be_paid_changes_no_state(those: list[Line], said: int) -> None:
    told = [Line(one.currency, one.claimed, one.ordered, one.due_on, one.paid, said, one.given_up) for one in those]
    assert rules.lasting_state(told) == rules.lasting_state(those)


@given(lines(), AMOUNTS)
def test_a_payment_never_makes_more_paid_than_ordered(line: Line, amount: int) -> None:
    if not rules.is_too_much(line, amount):
        assert line.ordered is not None
        assert line.paid + amount <= line.ordered


@pytest.mark.parametrize(
    ("those", "state"),
    [
        ([], Redress.NOTHING_CLAIMED),
        ([Line("BDT", claimed=5)], Redress.CLAIMED),
        ([Line("BDT", claimed=5, ordered=4)], Redress.ORDERED),
        ([Line("BDT", ordered=4, paid=1)], Redress.PARTLY_PAID),
        ([Line("BDT", ordered=4, paid=4)], Redress.PAID),
        ([Line("BDT", ordered=4, paid=4), Line("SAR", ordered=1)], Redress.PARTLY_PAID),
        ([Line("BDT", ordered=4, paid=4), Line("SAR", claimed=1)], Redress.PARTLY_PAID),
        ([Line("BDT", ordered=4, given_up=True)], Redress.GIVEN_UP),
        ([Line("BDT", ordered=4, given_up=True), Line("SAR", ordered=2, paid=2)], Redress.PAID),
    ],
)
def test_the_state_of_a_few(those: list[Line], state: Redress) -> None:
    assert rules.lasting_state(those) == state


def test_the_last_day_is_in_time() -> None:
    due = date(2026, 11, 25)
    assert rules.state(Redress.ORDERED, due, due) == Redress.ORDERED
    assert rules.state(Redress.ORDERED, due, due + timedelta(days=1)) == Redress.OVERDUE


@pytest.mark.parametrize("decision", [None, "rejected", "withdrawn", "referred"])
def test_nothing_is_owed_by_a_decision_that_there_is_not(decision: str | None) -> None:
    assert not rules.may_be_ordered("decision", decision)
    assert rules.may_be_ordered("settlement", decision)


def test_every_recourse_ends() -> None:
    for begun in Recourse:
        step, seen = begun, {begun}
        while following := rules.NEXT_STEPS[step]:
            step = max(following)
            assert step not in seen
            seen.add(step)


@given(DAYS)
def test_reminders_come_in_order_and_say_what_they_are(due: date) -> None:
    found = rules.reminder_days(due, LISTS.reminders.before_days, LISTS.reminders.after_days)
    assert [day for _, day in found] == sorted(day for _, day in found)
    assert all((kind == "overdue") == (day > due) for kind, day in found)


def test_the_dated_lists_speak_both_languages() -> None:
    for name in ("heads", "bases", "ways", "sources", "confirmations", "given_up", "refusals", "laws", "outcomes"):
        assert all(any("\u0980" <= letter <= "\u09ff" for letter in one.bn) and one.en.isascii() for one in LISTS.choices(name)), name
    assert (CURRENCIES["BDT"], CURRENCIES["KWD"], CURRENCIES["JPY"]) == (2, 3, 0)
