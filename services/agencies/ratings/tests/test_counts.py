"""What evidence counts as under the names of a rule set: over the whole way to a class, an upheld complaint raises none."""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.agencies.evidence.repository import PROVES, Measures
from services.agencies.ratings import rule_set as files
from services.agencies.ratings import rules
from services.agencies.ratings.repository import counts_of, deployed_of
from services.agencies.ratings.rule_set import RuleSet
from services.agencies.ratings.rules import Inputs
from services.agencies.rules import LicenceStatus

DAY: Final = date(2026, 11, 25)
PERIOD: Final = (date(2025, 1, 1), date(2026, 11, 25))
NOTHING: Final = Measures(
    **dict.fromkeys(Measures._fields, 0)  # type: ignore[arg-type]  # those that are no number follow
    | {"licence": "RL-0001", "years_reported": (), "by_category": {}, "median_answer_days": None, "last_known_at": None, "deployed": None},
)
ENTERED: Final = datetime(2026, 3, 1, tzinfo=UTC)
COUNTED_AS: Final = {"above_ceiling": "overcharged", "above_zero": "charged"}  # the others bear one name in both
few = st.integers(0, 120)


def illustrative() -> RuleSet:
    """So few are enough that every agency drawn has points."""
    found = files.load().find("illustrative@2026.2")
    assert isinstance(found, RuleSet)
    return found.model_copy(update={"minimum_deployed": 0, "minimum_heard": 0})


RULES: Final = illustrative()


@st.composite
def measured(draw: st.DrawFn) -> Measures:
    """Workers who told what they paid, and beside them what upheld complaints proved."""
    told = draw(few)
    charged = draw(st.integers(0, told))
    overcharged = draw(st.integers(0, charged))
    proven = draw(few)
    names = ("upheld", "partly", "contracts_given", "contracts_missing", "passports_withheld", "inspections_passed")
    others: dict[str, Any] = {name: draw(few) for name in names}
    return NOTHING._replace(
        deployed=draw(st.integers(100, 200_000)),
        fees_known=told,
        charged=charged + proven + draw(few),
        overcharged=overcharged + proven,
        **others,
    )


def one_more_upheld(before: Measures, decision: str, category: str) -> Measures:
    proven = Counter(COUNTED_AS.get(measure, measure) for known, measure in PROVES.pairs() if known == category)
    return before._replace(**{name: getattr(before, name) + more for name, more in (proven + Counter({decision: 1})).items()})


def judged(measures: Measures) -> rules.Result:
    return rules.evaluate(
        Inputs("RL-0001", LicenceStatus.VALID, date(2099, 1, 1), measures.deployed, counts=counts_of(measures)), RULES, DAY
    )


class TestUpheld:
    @given(
        before=measured(),
        decision=st.sampled_from(["upheld", "partly"]),
        category=st.sampled_from(["wages", *(one.category for one in PROVES.proves)]),
    )
    def test_a_complaint_of_any_category_raises_no_class(self, before: Measures, decision: str, category: str) -> None:
        one, other = judged(before), judged(one_more_upheld(before, decision, category))
        assert one.points is not None
        assert other.points is not None
        assert other.points <= one.points
        assert rules.LADDER.index(other.class_code) <= rules.LADDER.index(one.class_code)

    def test_who_paid_and_was_not_sent_did_not_pay_within_the_ceiling(self) -> None:
        """Sixty told that they paid, none too much; the next one who paid is no further example of that."""
        before = NOTHING._replace(deployed=100_000, fees_known=60, charged=60)
        assert counts_of(one_more_upheld(before, "upheld", "paid_not_sent"))["fees_within_ceiling"] == 60


class TestDeployed:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, 5000),
            ({"deployed": 1, "years_reported": (2026,)}, 5001),
            ({"deployed": 40, "years_reported": (2025,)}, 40),
            ({"deployed": 41, "years_reported": (2025, 2026)}, 41),
            ({"deployed": 0, "years_reported": (2026,)}, 5000),
        ],
        ids=["nobody reported", "this year", "that year", "both", "none this year"],
    )
    def test_what_the_register_says_of_a_year_stands_until_that_year_is_reported(self, changes: Any, expected: int) -> None:
        assert deployed_of(NOTHING._replace(**changes), 5000, ENTERED, PERIOD) == expected

    @pytest.mark.parametrize("year", [2025, 2028])
    def test_of_a_year_outside_the_period_it_says_nothing(self, year: int) -> None:
        assert deployed_of(NOTHING, 5000, ENTERED.replace(year=year), PERIOD) is None

    def test_a_first_worker_of_this_year_lowers_no_class(self) -> None:
        known = NOTHING._replace(fees_known=30, contracts_given=30)
        classes = [
            judged(one._replace(deployed=deployed_of(one, 5000, ENTERED, PERIOD))).points
            for one in (known, known._replace(deployed=1, years_reported=(2026,)))
        ]
        assert classes[0] is not None
        assert classes[1] is not None
        assert classes[0] <= classes[1]
