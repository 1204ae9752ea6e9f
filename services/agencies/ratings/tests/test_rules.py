"""The method: by hand, by its edges, and by properties over generated evidence and generated rule sets."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.agencies.ratings import rule_set as files
from services.agencies.ratings import rules
from services.agencies.ratings.canonical import canonical
from services.agencies.ratings.rule_set import COUNTS, RuleSet
from services.agencies.ratings.rules import Inputs
from services.agencies.rules import ClassCode, LicenceStatus

DAY = date(2026, 11, 25)
SETS = files.load()


def whole(reference: str) -> RuleSet:
    found = SETS.find(reference)
    assert isinstance(found, RuleSet)
    return found


ILLUSTRATIVE = whole("illustrative@2026.2")
POEA = whole("poea-2012@1")
KNOWN: dict[str, int] = {
    "upheld": 10,
    "pending": 3,
    "orders_due": 8,
    "orders_paid": 5,
    "fee_answers": 60,
    "fees_within_ceiling": 51,
    "fees_none": 12,
    "contract_answers": 60,
    "contracts_given": 54,
    "passports_withheld": 2,
    "answers": 12,
    "half_days_to_answer": 13,
    "heard": 61,
}


def inputs(counts: Mapping[str, int] | None = None, **changes: Any) -> Inputs:
    known: dict[str, Any] = {"licence": "RL-0001", "status": LicenceStatus.VALID, "valid_until": date(2028, 6, 30), "deployed": 5000}
    return Inputs(**{**known, "counts": KNOWN if counts is None else counts, **changes})


class TestByHand:
    """The agency that `docs/classification.md` computes with pencil and paper."""

    def test_each_criterion(self) -> None:
        result = rules.evaluate(inputs(), ILLUSTRATIVE, DAY)
        assert {one.code: (rules.decimal(one.value), one.points) for one in result.criteria} == {
            "upheld_complaints": ("2.3833", 2538),
            "redress_paid": ("0.5769", 442),
            "fees_within_ceiling": ("0.7875", 862),
            "fees_none": ("0.1750", 175),
            "contracts_given": ("0.8000", 666),
            "passports_withheld": ("0.5000", 921),
            "days_to_answer": ("8.1176", 698),
        }

    def test_the_class(self) -> None:
        result = rules.evaluate(inputs(), ILLUSTRATIVE, DAY)
        assert (result.class_code, result.points) == (ClassCode.C, 6302)

    def test_what_would_lift_it(self) -> None:
        lifts = {
            one.code: (rules.decimal(one.value), one.more) for one in rules.lifts(rules.evaluate(inputs(), ILLUSTRATIVE, DAY), ILLUSTRATIVE)
        }
        assert lifts["upheld_complaints"] == ("1.7920", 1980)
        assert lifts["contracts_given"] == ("0.9184", 117)

    def test_the_documents_say_the_same(self) -> None:
        page = (files.FOLDER.parents[4] / "docs" / "classification.md").read_text("utf-8")
        result = rules.evaluate(inputs(), ILLUSTRATIVE, DAY)
        for one in result.criteria:
            assert f"`{one.code}`" in page
            assert f"{rules.decimal(one.value)}" in page
            assert f"{one.points // 100}.{one.points % 100:02}" in page
        assert "63.02" in page


class TestGates:
    @pytest.mark.parametrize(
        ("changes", "unmet"),
        [
            ({"valid_until": date(2026, 11, 24)}, "licence_in_force"),
            ({"status": LicenceStatus.SUSPENDED}, "not_suspended"),
            ({"status": LicenceStatus.CANCELLED}, "not_cancelled"),
        ],
    )
    def test_who_is_not_licensed_has_no_class(self, changes: dict[str, Any], unmet: str) -> None:
        result = rules.evaluate(inputs(**changes), ILLUSTRATIVE, DAY)
        assert (result.class_code, result.points, result.unmet) == (ClassCode.NOT_LICENSED, None, (unmet,))

    def test_a_licence_holds_on_its_last_day(self) -> None:
        assert rules.evaluate(inputs(valid_until=DAY), ILLUSTRATIVE, DAY).class_code is ClassCode.C

    def test_no_score_makes_good_for_a_conviction(self) -> None:
        best = dict.fromkeys(COUNTS, 1000) | {"upheld": 0, "passports_withheld": 0, "half_days_to_answer": 2}
        assert rules.evaluate(inputs(best), ILLUSTRATIVE, DAY).class_code is ClassCode.A
        assert rules.evaluate(inputs(best, convictions=1), ILLUSTRATIVE, DAY).class_code is ClassCode.GATE_NOT_MET

    @pytest.mark.parametrize(
        ("counts", "changes", "code"),
        [
            ({"pending": 10}, {"deployed": 1000}, ClassCode.GATES_MET),
            ({"pending": 11}, {"deployed": 1000}, ClassCode.GATE_NOT_MET),
            ({}, {"deployed": 999}, ClassCode.GATE_NOT_MET),
            ({}, {"deployed": None}, ClassCode.GATE_NOT_MET),
            ({}, {"deployed": 1000, "suspensions": 1}, ClassCode.GATE_NOT_MET),
        ],
    )
    def test_of_poea_as_published(self, counts: dict[str, int], changes: dict[str, Any], code: ClassCode) -> None:
        assert rules.evaluate(inputs(counts, **changes), POEA, DAY).class_code is code


class TestSilence:
    @pytest.mark.parametrize("deployed", [None, 0, 99])
    def test_too_few_workers_make_no_class(self, deployed: int | None) -> None:
        assert rules.evaluate(inputs(deployed=deployed), ILLUSTRATIVE, DAY).class_code is ClassCode.INSUFFICIENT_DATA

    @pytest.mark.parametrize("deployed", [100, 5_000, 10_000_000])
    def test_of_whom_nobody_tells_there_is_no_class_whatever_it_deployed(self, deployed: int) -> None:
        result = rules.evaluate(inputs({}, deployed=deployed), ILLUSTRATIVE, DAY)
        assert (result.class_code, result.lacking) == (ClassCode.INSUFFICIENT_DATA, ("heard_few",))

    def test_three_workers_and_one_complaint_make_no_d(self) -> None:
        few = ILLUSTRATIVE.model_copy(update={"minimum_deployed": 0, "minimum_heard": 0})
        assert rules.evaluate(inputs({"upheld": 1}, deployed=3), few, DAY).class_code is ClassCode.C


counts_of = st.fixed_dictionaries({}, optional={name: st.integers(0, 20_000) for name in sorted(COUNTS)})
agencies = st.builds(
    Inputs,
    licence=st.integers(1, 99_999).map(lambda number: f"RL-{number:04}"),
    status=st.sampled_from(LicenceStatus),
    valid_until=st.dates(date(2026, 11, 1), date(2029, 1, 1)),
    deployed=st.none() | st.integers(0, 100_000),
    convictions=st.integers(0, 2),
    suspensions=st.integers(0, 2),
    counts=counts_of,
)


@st.composite
def rule_sets(draw: st.DrawFn) -> RuleSet:
    """Valid ones: weights cut out of 100, scales and bands in order, no score for silence."""
    number = draw(st.integers(2, 6))
    cuts = sorted(draw(st.sets(st.integers(1, 99), min_size=number - 1, max_size=number - 1)))
    weights = [high - low for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]
    criteria = [draw(criterion(place, weight)) for place, weight in enumerate(weights)]
    data = ILLUSTRATIVE.model_dump(mode="json", by_alias=True)
    measures = [(one["weight"], files.Criterion.model_validate(one).measure) for one in criteria]
    silent = sum((weight * files._earned_in_silence(measure) for weight, measure in measures), Fraction())
    lowest = int(silent) + 1
    if lowest > 97:
        lowest = 100
        criteria = [draw(criterion(place, weight, kind="share")) for place, weight in enumerate(weights)]
    top = draw(st.integers(max(lowest, 52), 100))
    second = draw(st.integers(2, top - 1))
    third = draw(st.integers(1, second - 1))
    bands = [{**band, "from_points": points} for band, points in zip(data["bands"], (top, second, third, 0), strict=True)]
    limits = {"minimum_deployed": draw(st.integers(0, 500)), "minimum_heard": draw(st.integers(0, 50))}
    made = files.read(data | limits | {"criteria": criteria, "bands": bands})
    assert isinstance(made, RuleSet)
    return made


def exact(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"


@st.composite
def criterion(draw: st.DrawFn, place: int, weight: int, kind: str | None = None) -> dict[str, Any]:
    pattern = ILLUSTRATIVE.criteria[0].model_dump(mode="json")
    chosen = kind or draw(st.sampled_from(["rate", "share"]))
    best, worst = sorted(draw(st.sets(st.integers(0, 100), min_size=2, max_size=2)))
    if chosen == "rate":
        measure: dict[str, Any] = {
            "kind": "rate",
            "count": draw(st.sampled_from(["upheld", "passports_withheld"])),
            "best": exact(best),
            "worst": exact(worst),
        }
        prior = draw(st.integers(0, 1000))
    else:
        measure = {"kind": "share", "count": "contracts_given", "of": "contract_answers", "best": exact(worst), "worst": exact(best)}
        prior = draw(st.integers(0, best + (worst - best) // 2))
    measure |= {"prior": exact(prior), "prior_of": draw(st.integers(1, 2000))}
    return {**pattern, "code": f"criterion_{place}", "weight": weight, "measure": measure}


def rank(code: ClassCode) -> int | None:
    return rules.LADDER.index(code) if code in rules.LADDER else None


def never_raised(before: rules.Result, after: rules.Result) -> bool:
    """A class that is on the ladder stays or falls; what was not enough to judge stays so, or fails a gate."""
    one, other = rank(before.class_code), rank(after.class_code)
    if one is None:
        return other is None or after.class_code in {ClassCode.GATE_NOT_MET, ClassCode.NOT_LICENSED}
    return other is None or other <= one


class TestProperties:
    @given(evidence=st.lists(agencies, unique_by=lambda one: one.licence, max_size=6), seed=st.randoms())
    def test_the_order_of_evidence_does_not_matter(self, evidence: list[Inputs], seed: random.Random) -> None:
        documents = [rules.result_document(one) for one in rules.evaluate_all(evidence, ILLUSTRATIVE, DAY)]
        shuffled = [replace(one, counts=dict(seed.sample(list(one.counts.items()), len(one.counts)))) for one in evidence]
        seed.shuffle(shuffled)
        again = [rules.result_document(one) for one in rules.evaluate_all(shuffled, ILLUSTRATIVE, DAY)]
        assert canonical(documents) == canonical(again)
        assert rules.hash_of([rules.input_document(one, ILLUSTRATIVE) for one in evidence]) == rules.hash_of(
            [rules.input_document(one, ILLUSTRATIVE) for one in shuffled]
        )

    @given(agency=agencies, made=rule_sets() | st.sampled_from([ILLUSTRATIVE, POEA]))
    def test_an_upheld_complaint_never_raises_a_class(self, agency: Inputs, made: RuleSet) -> None:
        counts = {**agency.counts, "upheld": agency.count("upheld") + 1}
        before, after = rules.evaluate(agency, made, DAY), rules.evaluate(replace(agency, counts=counts), made, DAY)
        assert never_raised(before, after)
        assert before.points is None or after.points is None or after.points <= before.points

    @given(agency=agencies, made=rule_sets() | st.sampled_from([ILLUSTRATIVE, POEA]))
    def test_a_deployed_worker_without_complaint_never_lowers_one(self, agency: Inputs, made: RuleSet) -> None:
        more = replace(agency, deployed=(agency.deployed or 0) + 1)
        before, after = rules.evaluate(agency, made, DAY), rules.evaluate(more, made, DAY)
        one, other = rank(before.class_code), rank(after.class_code)
        assert one is None or (other is not None and other >= one)
        assert before.points is None or after.points is None or after.points >= before.points

    @given(agency=agencies, made=rule_sets())
    def test_points_add_up_and_lie_within_the_weights(self, agency: Inputs, made: RuleSet) -> None:
        result = rules.evaluate(agency, made, DAY)
        assert all(0 <= one.points <= 100 * criterion.weight for one, criterion in zip(result.criteria, made.criteria, strict=False))
        assert result.points is None or result.points == sum(one.points for one in result.criteria)

    @given(agency=agencies, made=rule_sets())
    def test_what_is_said_to_lift_it_does(self, agency: Inputs, made: RuleSet) -> None:
        """Adding so many workers without complaint, or good answers, reaches the next band."""
        result = rules.evaluate(agency, made, DAY)
        named = {criterion.code: criterion.measure for criterion in made.criteria}
        for lift in rules.lifts(result, made):
            measure = named[lift.code]
            if lift.more is None or sum(other.kind == measure.kind and other.count == measure.count for other in named.values()) > 1:
                continue
            if isinstance(measure, files.Rate):
                if sum(isinstance(other, files.Rate) for other in named.values()) > 1:
                    continue
                raised = replace(agency, deployed=(agency.deployed or 0) + lift.more)
            else:
                grown = {name: agency.count(name) + lift.more for name in (measure.count, measure.of)}
                raised = replace(agency, counts={**agency.counts, **grown})
            after = rules.evaluate(raised, made, DAY)
            band = rules.next_band(result, made)
            assert band is not None
            assert after.points is not None
            assert after.points >= band.from_points * 100

    @given(agency=agencies)
    def test_a_document_gives_back_what_it_was_made_of(self, agency: Inputs) -> None:
        document = rules.input_document(agency, ILLUSTRATIVE)
        again = rules.inputs_of_document(document)
        assert rules.evaluate(again, ILLUSTRATIVE, DAY) == rules.evaluate(agency, ILLUSTRATIVE, DAY)
        result = rules.result_document(rules.evaluate(agency, ILLUSTRATIVE, DAY))
        assert rules.result_document(rules.result_of_document(result)) == result


class TestCompare:
    def test_says_who_moves_and_why(self) -> None:
        agencies = [
            inputs(licence="RL-0001"),
            inputs(licence="RL-0002", deployed=900),
            inputs(licence="RL-0003", status=LicenceStatus.CANCELLED),
        ]
        stricter = ILLUSTRATIVE.model_copy(update={"minimum_heard": 100})
        found = rules.moves(rules.evaluate_all(agencies, ILLUSTRATIVE, DAY), rules.evaluate_all(agencies, stricter, DAY))
        assert [(move.licence, move.after.class_code, move.because, move.is_down) for move in found] == [
            ("RL-0001", ClassCode.INSUFFICIENT_DATA, ("heard_few",), None),
            ("RL-0002", ClassCode.INSUFFICIENT_DATA, ("heard_few",), None),
        ]

    def test_with_other_gates(self) -> None:
        agencies = [inputs(licence="RL-0001"), inputs(licence="RL-0002", deployed=900)]
        found = rules.moves(rules.evaluate_all(agencies, ILLUSTRATIVE, DAY), rules.evaluate_all(agencies, POEA, DAY))
        assert [(move.after.class_code, move.is_down) for move in found] == [(ClassCode.GATES_MET, False), (ClassCode.GATE_NOT_MET, True)]
        assert found[1].because == ("deployed_at_least",)
