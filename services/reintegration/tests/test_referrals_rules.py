"""Who may get which help, and how a referral goes: properties that hold for every rule set, person and path."""

from datetime import date, timedelta
from typing import Any, Final

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.reintegration.referrals.helps import HELPS, Criterion, Help
from services.reintegration.referrals.rules import (
    ENDED,
    Fact,
    NotNowError,
    NotTheirHelpError,
    ProviderClosedError,
    State,
    check_provider,
    check_step,
    eligibility,
    years_between,
)

DAYS: Final = st.dates(date(2005, 1, 1), date(2030, 12, 31))
KNOWN: Final[dict[str, st.SearchStrategy[Fact]]] = {
    "returned_on": DAYS,
    "years_since_return": st.integers(0, 30),
    "went_legally": st.booleans(),
    "is_sick_or_injured": st.booleans(),
}
SOME_FACTS: Final = st.fixed_dictionaries({}, optional=KNOWN)
ALL_FACTS: Final = st.fixed_dictionaries(KNOWN)
CRITERIA: Final = st.one_of(
    st.builds(lambda day: {"fact": "returned_on", "test": "not_before", "value": day}, DAYS),
    st.builds(lambda most: {"fact": "years_since_return", "test": "at_most", "value": most}, st.integers(0, 30)),
    st.sampled_from([{"fact": fact, "test": "is_true"} for fact in ("went_legally", "is_sick_or_injured")]),
)


def offered(criteria: list[dict[str, Any]]) -> Help:
    """A help of a ministry that has yet to be invented."""
    made = tuple(Criterion(**one, en=f"Why not {n}", bn=f"কেন নয় {n}") for n, one in enumerate(criteria))
    return Help(code="new_help", en="New", bn="নতুন", kinds=("ngo",), source="a test", sends=("name",), criteria=made)


HELP: Final = st.one_of(st.sampled_from(HELPS.helps), st.builds(offered, st.lists(CRITERIA, max_size=5)))


def is_met(one: Criterion, facts: dict[str, Any]) -> bool:
    """Said once more in other words than the code's."""
    fact, value = facts[one.fact], one.value
    if one.test == "is_true":
        return fact is True
    return not fact < value if one.test == "not_before" else not fact > value


class TestEligibility:
    @given(HELP, SOME_FACTS)
    def test_nobody_is_refused_or_promised_for_what_is_not_known(self, one: Help, facts: dict[str, Any]) -> None:
        found = eligibility(one, facts)
        assert all(criterion.fact in facts for criterion in found.why_not)
        missing = {criterion.fact for criterion in one.criteria} - set(facts)
        assert set(found.ask) == missing
        assert len(found.ask) == len(missing)
        if missing:
            assert found.eligible is not True

    @given(HELP, ALL_FACTS)
    def test_a_reason_is_given_for_each_criterion_that_is_not_met_and_for_no_other(self, one: Help, facts: dict[str, Any]) -> None:
        found = eligibility(one, facts)
        assert list(found.why_not) == [criterion for criterion in one.criteria if not is_met(criterion, facts)]
        assert found.eligible is (not found.why_not)
        assert all(criterion.en and criterion.bn for criterion in found.why_not)

    @given(HELP, SOME_FACTS, st.sampled_from(sorted(KNOWN)), st.data())
    def test_to_know_more_takes_no_reason_back(self, one: Help, facts: dict[str, Any], name: str, data: st.DataObject) -> None:
        assume(name not in facts)
        before = eligibility(one, facts)
        after = eligibility(one, {**facts, name: data.draw(KNOWN[name])})
        assert set(before.why_not) <= set(after.why_not)
        assert set(after.ask) == set(before.ask) - {name}
        assert before.eligible is not False or after.eligible is False

    @given(HELP, ALL_FACTS, DAYS, DAYS)
    def test_a_later_return_never_takes_a_help_away(self, one: Help, facts: dict[str, Any], first: date, second: date) -> None:
        """Counted as the service counts: the years follow from the day."""
        early, late = sorted((first, second))
        today = date(2031, 1, 1)
        before, after = (
            eligibility(one, {**facts, "returned_on": day, "years_since_return": years_between(day, today)}) for day in (early, late)
        )
        assert set(after.why_not) <= set(before.why_not)

    @given(HELP, ALL_FACTS, DAYS, st.integers(0, 4000))
    def test_waiting_never_gives_a_help(self, one: Help, facts: dict[str, Any], returned_on: date, wait: int) -> None:
        today = returned_on + timedelta(days=30)
        now, then = (
            eligibility(one, {**facts, "returned_on": returned_on, "years_since_return": years_between(returned_on, day)})
            for day in (today, today + timedelta(days=wait))
        )
        assert set(now.why_not) <= set(then.why_not)

    @given(HELP, ALL_FACTS, st.randoms())
    def test_the_order_of_criteria_decides_nothing(self, one: Help, facts: dict[str, Any], chance: Any) -> None:
        turned = list(one.criteria)
        chance.shuffle(turned)
        other = one.model_copy(update={"criteria": tuple(turned)})
        assert eligibility(one, facts).eligible == eligibility(other, facts).eligible

    @given(DAYS, st.integers(0, 25))
    def test_a_year_is_over_on_its_day_and_not_the_day_before(self, day: date, years: int) -> None:
        assume(years > 0 and (day.month, day.day) != (2, 29))
        anniversary = day.replace(year=day.year + years)
        assert years_between(day, anniversary) == years
        assert years_between(day, anniversary - timedelta(days=1)) == years - 1


class TestProvider:
    @given(DAYS, st.none() | DAYS, DAYS)
    def test_takes_people_from_its_first_day_until_the_day_before_it_closes(self, opens: date, closes: date | None, today: date) -> None:
        is_open = opens <= today and (closes is None or today < closes)
        if is_open:
            check_provider(["training"], "training", opens, closes, today)
        else:
            with pytest.raises(ProviderClosedError):
                check_provider(["training"], "training", opens, closes, today)
        with pytest.raises(NotTheirHelpError):
            check_provider(["training"], "loan", opens, closes, today)


class Referral(RuleBasedStateMachine):
    """Whoever tries whatever, in any order: what was reached holds."""

    def __init__(self) -> None:
        super().__init__()
        self.state = State.SENT
        self.path = [State.SENT]

    @rule(to=st.sampled_from(State))
    def try_to(self, to: State) -> None:
        try:
            check_step(self.state, to)
        except NotNowError:
            return
        self.state = to
        self.path.append(to)

    @precondition(lambda self: self.state not in ENDED)
    @rule()
    def consent_is_withdrawn(self) -> None:
        """Whatever its state, a referral under way can be stopped."""
        check_step(self.state, State.STOPPED)

    @invariant()
    def goes_each_way_once(self) -> None:
        assert len(self.path) == len(set(self.path))

    @invariant()
    def help_is_confirmed_after_it_was_delivered_and_delivered_after_it_was_accepted(self) -> None:
        for later, before in ((State.CONFIRMED, State.DELIVERED), (State.DELIVERED, State.ACCEPTED), (State.ACCEPTED, State.SENT)):
            assert later not in self.path or self.path[self.path.index(later) - 1] == before

    @invariant()
    def an_end_is_an_end(self) -> None:
        assert ENDED.isdisjoint(self.path[:-1])

    @invariant()
    def nobody_is_silent_after_an_answer(self) -> None:
        """It comes back for want of an answer only while it waits for one."""
        assert self.state != State.RETURNED or self.path == [State.SENT, State.RETURNED]


TestReferral = Referral.TestCase
