"""A result in words, for two readers: the public, who see no count that could point to a person; the agency itself, and officers."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from contracts.text import Bilingual, Text
from kit.text import in_bengali_digits
from services.agencies.ratings import rules
from services.agencies.ratings.rule_set import HUNDREDTHS, Criterion, Median, PartialRuleSet, Rate, RuleSet
from services.agencies.ratings.rules import Result, Scored
from services.agencies.ratings.schemas import CriterionOut, FullCriterionOut, LiftOut, PrincipleOut, RuleSetFull, RuleSetRow
from services.agencies.rules import ClassCode

CLASS_WORDS: Final[Mapping[ClassCode, Text]] = {
    ClassCode.INSUFFICIENT_DATA: Text("Too little is known for a class", "শ্রেণি নির্ধারণের জন্য তথ্য অপর্যাপ্ত"),
    ClassCode.NOT_LICENSED: Text("Not licensed: no class", "লাইসেন্স নেই: শ্রেণি প্রযোজ্য নয়"),
    ClassCode.GATES_MET: Text("All conditions are met", "সব আবশ্যিক শর্ত পূরণ হয়েছে"),
    ClassCode.GATE_NOT_MET: Text("A condition is not met: no class", "একটি আবশ্যিক শর্ত পূরণ হয়নি: শ্রেণি নেই"),
}


def class_words(code: ClassCode, rule_set: RuleSet) -> Text:
    named = {band.class_: Text(band.en, band.bn) for band in rule_set.bands}
    return named[code.value] if code.value in named else CLASS_WORDS[code]


def rule_set_row(one: RuleSet | PartialRuleSet, in_force: RuleSet) -> RuleSetRow:
    return RuleSetRow.model_validate(_rule_set(one, in_force))


def rule_set_view(one: RuleSet | PartialRuleSet, in_force: RuleSet) -> RuleSetFull:
    return RuleSetFull.model_validate(_rule_set(one, in_force) | {"content": one.model_dump(mode="json", by_alias=True)})


def _rule_set(one: RuleSet | PartialRuleSet, in_force: RuleSet) -> dict[str, Any]:
    return {
        "name": one.name,
        "version": one.version,
        "title": Bilingual.of(one.title),
        "notice": Bilingual.of(one.notice),
        "valid_from": one.valid_from,
        "complete": one.complete,
        "purpose": one.purpose if isinstance(one, RuleSet) else None,
        "in_force": one is in_force,
        "missing": Bilingual.of(one.missing) if isinstance(one, PartialRuleSet) else None,
        "source": one.source,
        "sha256": rules.rule_set_hash(one),
    }


def gates(result: Result, rule_set: RuleSet) -> list[dict[str, Any]]:
    return [
        {"code": gate.code, "met": gate.code not in result.unmet, "words": Bilingual.of(gate.words(met=gate.code not in result.unmet))}
        for gate in rule_set.gates
    ]


def reasons(result: Result, rule_set: RuleSet) -> list[Bilingual]:
    """Why this class, in sentences that name no number of complaints."""
    unmet = [gate.words(met=False) for gate in rule_set.gates if gate.code in result.unmet]
    lacking = [_lacking(code, rule_set) for code in result.lacking]
    return [Bilingual.of(words) for words in [*unmet, *lacking, *_placed(result, rule_set)]]


def is_small(scored: Scored, rule_set: RuleSet) -> bool:
    """Whether a count behind the criterion could point to a person: few of something, or all but few."""
    criterion = _named(rule_set)[scored.code]
    least = rule_set.suppress_below
    if isinstance(criterion.measure, Rate):
        return scored.counted < least
    if isinstance(criterion.measure, Median):
        return scored.of < least
    return scored.counted < least or scored.of - scored.counted < least


def public_points(result: Result, rule_set: RuleSet) -> int | None:
    """Whole points; null where they would give a small count away."""
    if result.points is None or any(is_small(one, rule_set) for one in result.criteria):
        return None
    return result.points // HUNDREDTHS


def public_criteria(result: Result, rule_set: RuleSet) -> list[CriterionOut]:
    scored = {one.code: one for one in result.criteria}
    return [_public_criterion(criterion, scored.get(criterion.code), rule_set) for criterion in rule_set.criteria]


def full_criteria(result: Result, rule_set: RuleSet) -> list[FullCriterionOut]:
    """For the agency itself and for officers: every count, and what would lift it."""
    lifts = {lift.code: lift for lift in rules.lifts(result, rule_set)}
    scored = {one.code: one for one in result.criteria}
    return [
        _full_criterion(criterion, scored[criterion.code], lifts.get(criterion.code))
        for criterion in rule_set.criteria
        if criterion.code in scored
    ]


def written(hundredths: int) -> str:
    """Points with their two places."""
    return f"{hundredths // HUNDREDTHS}.{hundredths % HUNDREDTHS:02}"


def _public_criterion(criterion: Criterion, scored: Scored | None, rule_set: RuleSet) -> CriterionOut:
    shown = scored is not None and not is_small(scored, rule_set)
    return CriterionOut(
        code=criterion.code,
        words=Bilingual(en=criterion.en, bn=criterion.bn),
        weight=criterion.weight,
        kind=criterion.measure.kind,
        value=_value(criterion, scored) if shown and scored is not None else None,
        points=written(scored.points) if shown and scored is not None else None,
        source=criterion.source,
        principles=_principles(criterion),
    )


def _full_criterion(criterion: Criterion, scored: Scored, lift: rules.Lift | None) -> FullCriterionOut:
    more = Bilingual.of(_lift_words(criterion, lift)) if lift is not None else None
    return FullCriterionOut(
        code=criterion.code,
        words=Bilingual(en=criterion.en, bn=criterion.bn),
        weight=criterion.weight,
        kind=criterion.measure.kind,
        value=_value(criterion, scored),
        points=written(scored.points),
        counted=scored.counted,
        of=scored.of,
        source=criterion.source,
        principles=_principles(criterion),
        lift=LiftOut(advice=Bilingual(en=criterion.lift_en, bn=criterion.lift_bn), next_class=more),
    )


def _principles(criterion: Criterion) -> list[PrincipleOut]:
    return [PrincipleOut(standard=one.standard, number=one.number, words=Bilingual(en=one.en, bn=one.bn)) for one in criterion.principles]


def _value(criterion: Criterion, scored: Scored) -> str:
    """As a person reads it: per 1,000 workers, in per cent, or in days."""
    return _shown(criterion, scored.value)


def _shown(criterion: Criterion, value: Fraction) -> str:
    tenths = round(value * (HUNDREDTHS * 10 if criterion.measure.kind == "share" else 100))
    return f"{tenths // 10}.{tenths % 10}" if criterion.measure.kind == "share" else f"{tenths // 100}.{tenths % 100:02}"


def _lift_words(criterion: Criterion, lift: rules.Lift) -> Text:
    value = _shown(criterion, lift.value)
    match criterion.measure:
        case Rate():
            if lift.more is None:
                return Text(f"The next class at {value} per 1,000 workers.", f"প্রতি ১,০০০ কর্মীতে {_bn(value)} হলে পরের শ্রেণি।")
            return Text(
                f"The next class at {value} per 1,000 workers: with {lift.more} more workers without complaint.",
                f"প্রতি ১,০০০ কর্মীতে {_bn(value)} হলে পরের শ্রেণি: অভিযোগ ছাড়া আরও {_bn(lift.more)} জন কর্মী হলে।",
            )
        case Median():
            return Text(f"The next class at {value} working days.", f"{_bn(value)} কার্যদিবস হলে পরের শ্রেণি।")
        case _:
            if lift.more is None:
                return Text(f"The next class at {value} %.", f"{_bn(value)} শতাংশ হলে পরের শ্রেণি।")
            return Text(
                f"The next class at {value} %: with {lift.more} more that go well.",
                f"{_bn(value)} শতাংশ হলে পরের শ্রেণি: আরও {_bn(lift.more)}টি ক্ষেত্রে ঠিক থাকলে।",
            )


def _named(rule_set: RuleSet) -> dict[str, Criterion]:
    return {criterion.code: criterion for criterion in rule_set.criteria}


def _lacking(code: str, rule_set: RuleSet) -> Text:
    years, least, heard = rule_set.period_years, rule_set.minimum_deployed, rule_set.minimum_heard
    match code:
        case "deployed_unknown":
            return Text("It is not known how many workers this agency sent abroad.", "এই এজেন্সি কতজন কর্মী বিদেশে পাঠিয়েছে তা জানা নেই।")
        case "deployed_few":
            return Text(
                f"Fewer than {least} workers were sent abroad in {years} years: too few for a class.",
                f"{_bn(years)} বছরে {_bn(least)} জনের কম কর্মী পাঠানো হয়েছে: শ্রেণি নির্ধারণের জন্য তা যথেষ্ট নয়।",
            )
        case _:
            return Text(
                f"Fewer than {heard} workers or inspections have told of this agency: silence is no good mark.",
                f"এই এজেন্সি সম্পর্কে {_bn(heard)}টির কম কর্মী বা পরিদর্শনের তথ্য পাওয়া গেছে: নীরবতা ভালো নম্বর নয়।",
            )


def _placed(result: Result, rule_set: RuleSet) -> list[Text]:
    if result.points is None:
        return []
    band = rule_set.band_of(result.points)
    better = rule_set.band_above(band)
    if better is None:
        return [
            Text(
                f"{band.en} begins at {band.from_points} of 100 points.", f"{band.bn} শুরু হয় ১০০-এর মধ্যে {_bn(band.from_points)} নম্বর থেকে।"
            )
        ]
    return [
        Text(
            f"{band.en} begins at {band.from_points} of 100 points, {better.en} at {better.from_points}.",
            f"{band.bn} শুরু হয় ১০০-এর মধ্যে {_bn(band.from_points)} নম্বর থেকে, {better.bn} শুরু হয় {_bn(better.from_points)} থেকে।",
        )
    ]


def _bn(value: object) -> str:
    return in_bengali_digits(str(value))
