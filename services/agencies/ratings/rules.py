"""How a rule set computes a class from what is counted of an agency: gates, points, bands; what would lift it; who moves under another.

Pure and exact: whole numbers and fractions, rounded once and downwards to hundredths of a point, so that the same facts make the same
result on every machine and in whatever order they came. A class computed here is a proposal (OEMA 2013 s.16; design §5): people publish it.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Final

from contracts.text import Text
from kit.errors import ConflictError, InvalidError, NotFoundError
from services.agencies.ratings.canonical import canonical
from services.agencies.ratings.rule_set import HUNDREDTHS, Band, Criterion, Gate, Median, PartialRuleSet, Rate, RuleSet
from services.agencies.rules import ClassCode, LicenceStatus, licence_today

PER: Final = 1000
PLACES: Final = 10_000
# Worst to best. Insufficient data stands outside: it is neither good nor bad.
LADDER: Final = (
    ClassCode.NOT_LICENSED,
    ClassCode.GATE_NOT_MET,
    ClassCode.D,
    ClassCode.C,
    ClassCode.B,
    ClassCode.A,
    ClassCode.GATES_MET,
)


class UnknownRuleSetError(NotFoundError):
    slug = "unknown-rule-set"
    title = Text("There is no rule set of this name and version.", "এই নাম ও সংস্করণের কোনো নিয়মসমষ্টি নেই।")


class IncompleteRuleSetError(ConflictError):
    slug = "incomplete-rule-set"
    title = Text("Only a part of this scheme was published: it can be read, not run.", "এই পদ্ধতির কেবল একাংশ প্রকাশিত: এটি পড়া যায়, চালানো যায় না।")


class RuleSetForComparisonError(ConflictError):
    slug = "rule-set-for-comparison-only"
    title = Text(
        "This rule set stands here to compare with: nobody is classified by it.",
        "এই নিয়মসমষ্টি তুলনার জন্য রাখা: এটি দিয়ে কারও শ্রেণি নির্ধারণ হয় না।",
    )


class NoRuleSetError(InvalidError):
    slug = "run-without-rule-set"
    title = Text("A run needs a rule set: name it.", "শ্রেণি হিসাব করতে নিয়মসমষ্টি প্রয়োজন: নাম উল্লেখ করুন।")


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is counted of one agency within a period. `deployed` is null where nobody reported it, which is not none.

    `counts`: by the names of `rule_set.COUNTS`; what is not named is 0. `heard`: workers who told of the agency, and inspections; a
    complaint is none of these. `convictions`: offences that stand unresolved, of any time; `suspensions`: all that ever were.
    """

    licence: str
    status: LicenceStatus
    valid_until: date
    deployed: int | None = None
    convictions: int = 0
    suspensions: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)

    def count(self, name: str) -> int:
        return self.counts.get(name, 0)


@dataclass(frozen=True, slots=True)
class Scored:
    """One criterion: `counted` of `of` (workers deployed, or answers), the `value` after shrinkage, `points` in hundredths."""

    code: str
    counted: int
    of: int
    value: Fraction
    points: int


@dataclass(frozen=True, slots=True)
class Result:
    """`points` (hundredths, 0 to 10,000) is null where no band was computed; `unmet` are codes of gates; `lacking`: what is not known."""

    licence: str
    class_code: ClassCode
    points: int | None
    unmet: tuple[str, ...]
    criteria: tuple[Scored, ...]
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lift:
    """`value` from which this criterion alone would reach the next class; `more`: good answers, or workers without complaint, it takes."""

    code: str
    value: Fraction
    more: int | None


@dataclass(frozen=True, slots=True)
class Move:
    """An agency of which two rule sets make two classes, and the codes of gates and criteria that make the difference."""

    licence: str
    before: Result
    after: Result
    because: tuple[str, ...]

    @property
    def is_down(self) -> bool | None:
        """Null where one of the two says that too little is known."""
        places = [LADDER.index(one.class_code) for one in (self.before, self.after) if one.class_code in LADDER]
        return places[1] < places[0] if len(places) == len((self.before, self.after)) else None


def evaluate(inputs: Inputs, rule_set: RuleSet, day: date) -> Result:
    """The class of one agency on `day`. Gates first: a licence that does not hold has no class, a gate that is not met no points.

    Then whether enough is known: silence is never a good mark. Then points, by the weights of the rule set.
    """
    unmet = tuple(gate.code for gate in rule_set.gates if not _is_met(gate, inputs, day))
    if any(code in {"licence_in_force", "not_suspended", "not_cancelled"} for code in unmet):
        return Result(inputs.licence, ClassCode.NOT_LICENSED, None, unmet, (), ())
    scored = tuple(_scored(criterion, inputs) for criterion in rule_set.criteria)
    if unmet:
        return Result(inputs.licence, ClassCode.GATE_NOT_MET, None, unmet, scored, ())
    lacking = _lacking(inputs, rule_set)
    if lacking:
        return Result(inputs.licence, ClassCode.INSUFFICIENT_DATA, None, (), scored, lacking)
    if not rule_set.criteria:
        return Result(inputs.licence, ClassCode.GATES_MET, None, (), (), ())
    points = sum(one.points for one in scored)
    return Result(inputs.licence, ClassCode(rule_set.band_of(points).class_), points, (), scored, ())


def evaluate_all(inputs: Iterable[Inputs], rule_set: RuleSet, day: date) -> list[Result]:
    """In the order of licence numbers, whatever the order of `inputs`."""
    return sorted((evaluate(one, rule_set, day) for one in inputs), key=lambda result: result.licence)


def period(rule_set: RuleSet, day: date) -> tuple[date, date]:
    """First and last day whose facts count."""
    return date(day.year - rule_set.period_years + 1, 1, 1), day


def shrunk(criterion: Criterion, counted: int, of: int) -> Fraction:
    """The measured value drawn towards the prior: three workers and one complaint make no D, three good answers no A."""
    measure = criterion.measure
    if isinstance(measure, Rate):
        expected = Fraction(measure.prior) * measure.prior_of / PER
        return (counted + expected) * PER / (of + measure.prior_of)
    if isinstance(measure, Median):
        return (Fraction(counted, 2) * of + Fraction(measure.prior) * measure.prior_of) / (of + measure.prior_of)
    return (counted + Fraction(measure.prior) * measure.prior_of) / (of + measure.prior_of)


def lifts(result: Result, rule_set: RuleSet) -> list[Lift]:
    """What each criterion alone would have to come to for the next class; those that cannot reach it alone are left out."""
    if result.points is None or (above := rule_set.band_above(rule_set.band_of(result.points))) is None:
        return []
    gap = above.from_points * HUNDREDTHS - result.points
    named = {criterion.code: criterion for criterion in rule_set.criteria}
    found = (_lift(named[one.code], one, gap) for one in result.criteria)
    return [lift for lift in found if lift is not None]


def next_band(result: Result, rule_set: RuleSet) -> Band | None:
    return None if result.points is None else rule_set.band_above(rule_set.band_of(result.points))


def moves(before: Iterable[Result], after: Iterable[Result]) -> list[Move]:
    """Agencies whose class differs, in the order of licence numbers. Both lists name the same agencies."""
    others = {result.licence: result for result in after}
    pairs = sorted(((result, others[result.licence]) for result in before), key=lambda pair: pair[0].licence)
    return [Move(one.licence, one, other, _because(one, other)) for one, other in pairs if one.class_code is not other.class_code]


def counts_used(rule_set: RuleSet) -> frozenset[str]:
    """What a rule set looks at. Nothing else is kept with its results."""
    measures = [criterion.measure for criterion in rule_set.criteria]
    used = {one.count for one in measures} | {one.of for one in measures if not isinstance(one, Rate)}
    gates = {gate.code for gate in rule_set.gates}
    return frozenset(used | {"heard"} | ({"pending"} if "pending_share_at_most" in gates else set()))


def input_document(inputs: Inputs, rule_set: RuleSet) -> dict[str, Any]:
    """What one agency's class was computed from by a rule set: whole numbers, codes and dates."""
    used = counts_used(rule_set)
    return {
        "licence": inputs.licence,
        "status": inputs.status.value,
        "valid_until": inputs.valid_until.isoformat(),
        "deployed": inputs.deployed,
        "convictions": inputs.convictions,
        "suspensions": inputs.suspensions,
        "counts": {name: count for name, count in sorted(inputs.counts.items()) if count and name in used},
    }


def inputs_of_document(document: Mapping[str, Any]) -> Inputs:
    """The reverse of `input_document`."""
    return Inputs(
        licence=document["licence"],
        status=LicenceStatus(document["status"]),
        valid_until=date.fromisoformat(document["valid_until"]),
        deployed=document["deployed"],
        convictions=document["convictions"],
        suspensions=document["suspensions"],
        counts=dict(document["counts"]),
    )


def result_document(result: Result) -> dict[str, Any]:
    """The result as it is kept and hashed. Values are decimals of four places, rounded half to even; points hundredths."""
    return {
        "licence": result.licence,
        "class": result.class_code.value,
        "points": result.points,
        "unmet": list(result.unmet),
        "lacking": list(result.lacking),
        "criteria": [
            {"code": one.code, "counted": one.counted, "of": one.of, "value": decimal(one.value), "points": one.points}
            for one in result.criteria
        ],
    }


def result_of_document(document: Mapping[str, Any]) -> Result:
    """The reverse of `result_document`, with values of four places."""
    criteria = tuple(Scored(one["code"], one["counted"], one["of"], Fraction(one["value"]), one["points"]) for one in document["criteria"])
    return Result(
        document["licence"],
        ClassCode(document["class"]),
        document["points"],
        tuple(document["unmet"]),
        criteria,
        tuple(document["lacking"]),
    )


def hash_of(documents: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 over the canonical form, in the order of licence numbers."""
    return hashlib.sha256(canonical(sorted(documents, key=lambda one: str(one["licence"])))).hexdigest()


def rule_set_hash(rule_set: RuleSet | PartialRuleSet) -> str:
    return hashlib.sha256(canonical(rule_set.model_dump(mode="json", by_alias=True))).hexdigest()


def decimal(value: Fraction) -> str:
    """Four places, half to even."""
    scaled = round(value * PLACES)
    return f"{scaled // PLACES}.{scaled % PLACES:04}"


def _is_met(gate: Gate, inputs: Inputs, day: date) -> bool:
    held = licence_today(inputs.status, inputs.valid_until, day)
    deployed, limit = inputs.deployed or 0, Fraction(gate.limit or 0)
    met = {
        "licence_in_force": held is not LicenceStatus.EXPIRED,
        "not_suspended": held is not LicenceStatus.SUSPENDED,
        "not_cancelled": held is not LicenceStatus.CANCELLED,
        "no_unresolved_conviction": inputs.convictions == 0,
        "no_suspension_record": inputs.suspensions == 0,
        "pending_share_at_most": inputs.count("pending") <= limit * deployed,
        "deployed_at_least": deployed >= limit,
    }
    return met[gate.code]


def _scored(criterion: Criterion, inputs: Inputs) -> Scored:
    measure = criterion.measure
    counted = inputs.count(measure.count)
    of = inputs.deployed or 0 if isinstance(measure, Rate) else inputs.count(measure.of)
    value = shrunk(criterion, counted, of)
    return Scored(criterion.code, counted, of, value, math.floor(criterion.weight * HUNDREDTHS * measure.earned(value)))


def _lacking(inputs: Inputs, rule_set: RuleSet) -> tuple[str, ...]:
    if inputs.deployed is None:
        return ("deployed_unknown",)
    few = ("deployed_few",) if inputs.deployed < rule_set.minimum_deployed else ()
    return few + (("heard_few",) if inputs.count("heard") < rule_set.minimum_heard else ())


def _lift(criterion: Criterion, scored: Scored, gap: int) -> Lift | None:
    full = criterion.weight * HUNDREDTHS
    if scored.points + gap > full:
        return None
    measure = criterion.measure
    best, worst = Fraction(measure.best), Fraction(measure.worst)
    needed = worst - Fraction(scored.points + gap, full) * (worst - best)
    if isinstance(measure, Rate):
        # At no complaint at all no number of workers reaches 0 per 1,000: the prior's own complaints remain.
        reached = (scored.counted + Fraction(measure.prior) * measure.prior_of / PER) * PER / needed - measure.prior_of if needed else None
        return Lift(criterion.code, needed, None if reached is None else max(0, math.ceil(reached - scored.of)))
    if isinstance(measure, Median):
        return Lift(criterion.code, needed, None)
    missing = needed * (scored.of + measure.prior_of) - scored.counted - Fraction(measure.prior) * measure.prior_of
    return Lift(criterion.code, needed, max(0, math.ceil(missing / (1 - needed))) if needed < 1 else None)


def _because(before: Result, after: Result) -> tuple[str, ...]:
    """Gates and lacks that only one of the two has; where there are none, the criteria that give other points."""
    one = {*before.unmet, *before.lacking}
    other = {*after.unmet, *after.lacking}
    if one != other:
        return tuple(sorted(one ^ other))
    points = {scored.code: scored.points for scored in before.criteria}
    others = {scored.code: scored.points for scored in after.criteria}
    changed = [code for code in points | others if points.get(code) != others.get(code)]
    return tuple(sorted(changed, key=lambda code: (-abs(points.get(code, 0) - others.get(code, 0)), code))) or ("bands",)
