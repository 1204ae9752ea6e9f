"""What the agencies service decides, without looking at a clock, a database or the network: who is licensed, and which class is computed.

A computed class is a proposal: the Act lets the Government grade agencies (OEMA 2013 s.16), and no machine decides about one alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError, NotFoundError
from kit.text import clean_line, digits, in_bengali_digits
from services.agencies.rule_set import Measure, RuleSet


class LicenceStatus(StrEnum):
    VALID = "valid"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class ClassCode(StrEnum):
    A = "A"
    B = "B"
    C = "C"
    D = "D"
    GATES_MET = "gates_met"
    GATE_NOT_MET = "gate_not_met"
    INSUFFICIENT_DATA = "insufficient_data"
    NOT_LICENSED = "not_licensed"


STATUS_WORDS: Final[Mapping[LicenceStatus, Text]] = {
    LicenceStatus.VALID: Text("Licensed", "লাইসেন্স বৈধ"),
    LicenceStatus.SUSPENDED: Text("Licence suspended: may not recruit", "লাইসেন্স স্থগিত: কর্মী নিয়োগ করতে পারে না"),
    LicenceStatus.CANCELLED: Text("Licence cancelled: may not recruit", "লাইসেন্স বাতিল: কর্মী নিয়োগ করতে পারে না"),
    LicenceStatus.EXPIRED: Text("Licence expired: may not recruit", "লাইসেন্সের মেয়াদ শেষ: কর্মী নিয়োগ করতে পারে না"),
}
CLASS_WORDS: Final[Mapping[ClassCode, Text]] = {
    ClassCode.INSUFFICIENT_DATA: Text("Too little is known for a class", "শ্রেণি নির্ধারণের জন্য তথ্য অপর্যাপ্ত"),
    ClassCode.NOT_LICENSED: Text("Not licensed: no class", "লাইসেন্স নেই: শ্রেণি প্রযোজ্য নয়"),
}
_RL_NUMBER: Final = re.compile(r"^(?:RL|আরএল)?[\s.:#-]*(?:NO|NUMBER|নং|নম্বর)?[\s.:#-]*([0-9]{1,5})$")
_NO_LICENCE: Final = Text("A licence number looks like RL-0001.", "লাইসেন্স নম্বর দেখতে এমন: RL-0001।")


class LicenceTakenError(ConflictError):
    slug = "licence-already-registered"
    title = Text("This licence number stands in the register already.", "এই লাইসেন্স নম্বরটি নিবন্ধন তালিকায় আগে থেকেই আছে।")


class UnknownLicenceError(NotFoundError):
    slug = "unknown-licence"
    title = Text(
        "No licence with this number stands in the register. Do not pay anybody before you have asked at the district office (DEMO).",
        "এই নম্বরের কোনো লাইসেন্স নিবন্ধন তালিকায় নেই। জেলা কর্মসংস্থান ও জনশক্তি অফিসে (ডেমো) না জেনে কাউকে টাকা দেবেন না।",
    )


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one agency. `complaints`: lodged within the rule set's period; `deployed`: null where nobody reported it."""

    status: LicenceStatus
    valid_until: date
    complaints: int
    deployed: int | None


@dataclass(frozen=True, slots=True)
class Gate:
    code: str
    met: bool
    words: Text


@dataclass(frozen=True, slots=True)
class Outcome:
    """`points` (0 to 100) and `rate` (complaints per 1,000 workers, shrunk) are null where no class could be computed."""

    class_code: ClassCode
    points: int | None
    rate: Fraction | None
    gates: tuple[Gate, ...]
    reasons: tuple[Text, ...]


def licence_number(text: str) -> str:
    """`RL-0001` from what people write: RL 1, rl-0001, আরএল নং ০০০১. Raises `ValueError(Text)`.

    The Act names no format; "RL No" is what agencies print on their papers.
    """
    found = _RL_NUMBER.match(digits(clean_line(text)).upper())
    if found is None or int(found[1]) == 0:
        raise ValueError(_NO_LICENCE)
    return f"RL-{int(found[1]):04}"


def linked_licence(respondent_kind: str | None, licence: str | None) -> str | None:
    """The licence for which a complaint counts: that of an agency, where it can be read as one. All other complaints count, for nobody."""
    if respondent_kind != "agency" or licence is None:
        return None
    try:
        return licence_number(licence)
    except ValueError:
        return None


def licence_today(status: LicenceStatus, valid_until: date, today: date) -> LicenceStatus:
    """A licence is valid to the end of its last day (OEMA 2013 s.11); what the office noted against it goes before the date."""
    return LicenceStatus.EXPIRED if status is LicenceStatus.VALID and valid_until < today else status


def is_licensed(status: LicenceStatus, valid_until: date, today: date) -> bool:
    """Whether the agency may recruit: a suspended one has no legal capacity to (OEMA 2013 s.12(2))."""
    return licence_today(status, valid_until, today) is LicenceStatus.VALID


def period_start(rule_set: RuleSet, today: date) -> date:
    """The first day whose complaints count."""
    return today - timedelta(days=rule_set.period_days - 1)


def classify(facts: Facts, rule_set: RuleSet, today: date) -> Outcome:
    """The class that the rule set computes, with reasons that the public may read. The same facts make the same outcome.

    Gates first, then points: so says the rule set, since the Act leaves the factors to rules (OEMA 2013 s.16) and none were found.
    """
    gates = _gates(facts, rule_set, today)
    if not all(gate.met for gate in gates):
        return Outcome(ClassCode.NOT_LICENSED, None, None, gates, tuple(gate.words for gate in gates if not gate.met))
    if facts.deployed is None or facts.deployed < rule_set.minimum_deployed:
        return Outcome(ClassCode.INSUFFICIENT_DATA, None, None, gates, (_too_few(facts.deployed, rule_set),))
    rate = shrunk_rate(facts.complaints, facts.deployed, rule_set)
    points = int(sum((_points(measure, rate) for measure in rule_set.measures), Fraction()))
    band = rule_set.band_of(points)
    return Outcome(ClassCode(band.class_), points, rate, gates, (_counted(facts, rule_set), _placed(points, rule_set)))


def shrunk_rate(complaints: int, deployed: int, rule_set: RuleSet) -> Fraction:
    """Complaints per 1,000 workers as if `prior.workers` more had complained at the prior's rate: few workers move it little."""
    prior = rule_set.prior
    expected = Fraction(str(prior.complaints_per_1000)) * prior.workers / 1000
    return (complaints + expected) * 1000 / (deployed + prior.workers)


def shown_class(computed: ClassCode, *, licensed: bool) -> ClassCode:
    """A licence can end between two computations: who is not licensed today never stands there with a class."""
    return computed if licensed else ClassCode.NOT_LICENSED


def class_words(code: ClassCode, rule_set: RuleSet) -> Text:
    named = {band.class_: Text(band.en, band.bn) for band in rule_set.bands}
    return named[code.value] if code.value in named else CLASS_WORDS[code]


def shown_count(count: int, rule_set: RuleSet) -> int | None:
    """Null for a count that could point to a person: none is as telling as few."""
    return None if count < rule_set.suppress_below else count


def _gates(facts: Facts, rule_set: RuleSet, today: date) -> tuple[Gate, ...]:
    held = licence_today(facts.status, facts.valid_until, today)
    met = {
        "licence_in_force": held is not LicenceStatus.EXPIRED,
        "not_suspended": held is not LicenceStatus.SUSPENDED,
        "not_cancelled": held is not LicenceStatus.CANCELLED,
    }
    return tuple(Gate(gate.code, met[gate.code], gate.words(met=met[gate.code])) for gate in rule_set.gates)


def _points(measure: Measure, rate: Fraction) -> Fraction:
    best, worst = Fraction(str(measure.best)), Fraction(str(measure.worst))
    return measure.weight * min(max((worst - rate) / (worst - best), Fraction(0)), Fraction(1))


def _too_few(deployed: int | None, rule_set: RuleSet) -> Text:
    least = rule_set.minimum_deployed
    if deployed is None:
        return Text(
            "It is not known how many workers this agency sent abroad last year.", "এই এজেন্সি গত বছর কতজন কর্মী বিদেশে পাঠিয়েছে তা জানা নেই।"
        )
    return Text(
        f"Fewer than {least} workers were sent abroad last year: too few for a class.",
        f"গত বছর {_bn(least)} জনের কম কর্মী পাঠানো হয়েছে: শ্রেণি নির্ধারণের জন্য তা যথেষ্ট নয়।",
    )


def _counted(facts: Facts, rule_set: RuleSet) -> Text:
    days, sent, shown = rule_set.period_days, facts.deployed or 0, shown_count(facts.complaints, rule_set)
    if shown is None:
        least = rule_set.suppress_below
        return Text(
            f"Fewer than {least} complaints were lodged in {days} days; {sent} workers were sent abroad last year.",
            f"{_bn(days)} দিনে {_bn(least)}টির কম অভিযোগ দায়ের হয়েছে; গত বছর {_bn(sent)} জন কর্মী বিদেশে পাঠানো হয়েছে।",
        )
    return Text(
        f"{shown} complaints were lodged in {days} days; {sent} workers were sent abroad last year.",
        f"{_bn(days)} দিনে {_bn(shown)}টি অভিযোগ দায়ের হয়েছে; গত বছর {_bn(sent)} জন কর্মী বিদেশে পাঠানো হয়েছে।",
    )


def _placed(points: int, rule_set: RuleSet) -> Text:
    band = rule_set.band_of(points)
    better = rule_set.band_above(band)
    if better is None:
        return Text(
            f"{band.en} begins at {band.from_points} of 100 points.", f"{band.bn} শুরু হয় ১০০-এর মধ্যে {_bn(band.from_points)} নম্বর থেকে।"
        )
    return Text(
        f"{band.en} begins at {band.from_points} of 100 points, {better.en} at {better.from_points}.",
        f"{band.bn} শুরু হয় ১০০-এর মধ্যে {_bn(band.from_points)} নম্বর থেকে, {better.bn} শুরু হয় {_bn(better.from_points)} থেকে।",
    )


def _bn(number: int) -> str:
    return in_bengali_digits(str(number))
