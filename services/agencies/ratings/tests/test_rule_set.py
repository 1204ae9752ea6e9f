"""Rule sets as data: what holds, and what is refused with words that say what to mend."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kit.validation_words import words_for
from services.agencies.ratings import rule_set as files
from services.agencies.ratings.canonical import canonical
from services.agencies.ratings.rule_set import PartialRuleSet, RuleSet

SETS = files.load()
ILLUSTRATIVE = SETS.find("illustrative@2026.2")


def data(**changes: Any) -> dict[str, Any]:
    assert ILLUSTRATIVE is not None
    return ILLUSTRATIVE.model_dump(mode="json", by_alias=True) | changes


def refused(made: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        files.read(made)
    words = [words_for(one) for one in caught.value.errors()]
    assert all(any("\u0980" <= letter <= "\u09ff" for letter in one.bn) for one in words)
    return " ".join(one.en for one in words)


class TestShipped:
    def test_two_are_whole_and_the_peers_are_not(self) -> None:
        assert {one.reference for one in SETS.all() if isinstance(one, RuleSet)} == {"illustrative@2026.2", "poea-2012@1"}
        assert {one.name for one in SETS.all() if isinstance(one, PartialRuleSet)} == {
            "nepal-fe-rules",
            "slbfe-grading",
            "vamas",
            "malaysia-ra-selection",
            "bangladesh-cip",
        }

    def test_no_weight_is_presented_as_that_of_the_law(self) -> None:
        assert isinstance(ILLUSTRATIVE, RuleSet)
        assert "not those of the law" in ILLUSTRATIVE.notice.en
        assert all("xample" in criterion.source for criterion in ILLUSTRATIVE.criteria)

    def test_each_criterion_stands_for_a_principle(self) -> None:
        assert isinstance(ILLUSTRATIVE, RuleSet)
        assert all({"ILO", "IRIS"} & {one.standard for one in criterion.principles} for criterion in ILLUSTRATIVE.criteria)


class TestRefused:
    def test_weights_that_do_not_add_up(self) -> None:
        criteria = data()["criteria"]
        criteria[0]["weight"] = 25
        assert refused(data(criteria=criteria)) == "The weights of the criteria add up to 95, not to 100."

    def test_silence_that_would_score_high(self) -> None:
        bands = [{**band, "from_points": points} for band, points in zip(data()["bands"], (43, 30, 20, 0), strict=True)]
        assert "Silence never scores high" in refused(data(bands=bands))

    def test_a_prior_that_would_earn_more_than_half(self) -> None:
        criteria = data()["criteria"]
        criteria[1]["measure"]["prior"] = "0.9"
        assert "Silence never scores high" in refused(data(criteria=criteria))

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"bands": data()["bands"][:3]}, "The bands are A, B, C and D"),
            ({"bands": [*data()["bands"][:3], {**data()["bands"][3], "from_points": 5}]}, "the last at 0"),
            ({"gates": data()["gates"][1:]}, "Every rule set has the gates"),
            ({"gates": [*data()["gates"], data()["gates"][0]]}, "stands there twice"),
            ({"criteria": []}, "no bands"),
            ({"suppress_below": 4}, "The smallest allowed is 5"),
            ({"surprise": 1}, "not known here"),
        ],
    )
    def test_what_does_not_hold_together(self, changes: dict[str, Any], said: str) -> None:
        assert said in refused(data(**changes))

    @pytest.mark.parametrize(
        ("measure", "said"),
        [
            ({"count": "rumours"}, "rumours is not counted here"),
            ({"best": "11"}, "best must lie below worst"),
            ({"prior": 4.3}, "Write this as text"),
            ({"prior": "4,3"}, "expected form"),
        ],
    )
    def test_a_measure_that_measures_nothing(self, measure: dict[str, Any], said: str) -> None:
        criteria = data()["criteria"]
        criteria[0]["measure"] |= measure
        assert said in refused(data(criteria=criteria))

    def test_a_limit_where_none_belongs(self) -> None:
        gates = data()["gates"]
        gates[0]["limit"] = "1"
        assert "limit is missing, or it takes none" in refused(data(gates=gates))


class TestCanonical:
    def test_as_the_standard_has_it(self) -> None:
        """RFC 8785, 3.2.2 and 3.2.3, without its numbers that are no whole ones."""
        value = {"string": '€$\u000f\nA\'B"\\\\"/', "literals": [None, True, False], "10": 1, "1": [56, {"f": "x", "F": "y"}]}
        expected = '{"1":[56,{"F":"y","f":"x"}],"10":1,"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
        assert canonical(value) == expected.encode()

    @pytest.mark.parametrize("value", [1.0, float("nan"), 2**53, {1: 2}, {"é": 1}, {"a": {1}}, b"x"])
    def test_refuses_what_two_readers_could_read_in_two_ways(self, value: Any) -> None:
        with pytest.raises(ValueError, match=r"form|key"):
            canonical(value)

    @given(
        st.dictionaries(st.text("abcXYZ_019", max_size=5), st.integers(-(2**53) + 1, 2**53 - 1) | st.text('aক\n"€', max_size=5), max_size=8)
    )
    def test_the_order_of_keys_does_not_matter(self, value: dict[str, Any]) -> None:
        assert canonical(value) == canonical(dict(reversed(value.items())))
