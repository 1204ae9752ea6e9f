"""Who may see which field for which purpose, under which agreement, until when. Policies are dated data (`contracts/policies`).

What no rule allows is denied, and each decision says why: a stable code, and words in both languages.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

import contracts
from contracts.text import Text
from kit.dated import Dated
from kit.errors import ForbiddenError

ANY: Final = "*"
Facts = Mapping[str, Collection[str]]
Names = Annotated[tuple[str, ...], Field(min_length=1)]


class Code(StrEnum):
    """Why a decision is as it is: clients branch on it. Only `allowed` allows."""

    ALLOWED = "allowed"
    DENIED_BY_RULE = "denied-by-rule"
    UNKNOWN_FIELD = "unknown-field"
    UNKNOWN_PURPOSE = "unknown-purpose"
    UNKNOWN_FACTS = "unknown-facts"
    NO_RULE = "no-rule"
    RULE_NOT_IN_FORCE = "rule-not-in-force"
    NO_CONSENT = "no-consent"
    NO_AGREEMENT = "no-agreement"
    NOT_IN_AGREEMENT = "not-in-agreement"
    AGREEMENT_NOT_BEGUN = "agreement-not-begun"
    AGREEMENT_ENDED = "agreement-ended"


# Of a rule that decides the words are the rule's own.
WORDS: Final[Mapping[Code, Text]] = {
    Code.UNKNOWN_FIELD: Text("This field is not part of the policy.", "এই তথ্যটি এই নীতিমালার অন্তর্ভুক্ত নয়।"),
    Code.UNKNOWN_PURPOSE: Text("This purpose is not part of the policy.", "এই উদ্দেশ্যটি এই নীতিমালার অন্তর্ভুক্ত নয়।"),
    Code.UNKNOWN_FACTS: Text(
        "What must be known of the record or of who asks is missing or not part of the policy.",
        "নথি বা আবেদনকারী সম্পর্কে যা জানা দরকার তা দেওয়া হয়নি বা এই নীতিমালার অন্তর্ভুক্ত নয়।",
    ),
    Code.NO_RULE: Text("No rule allows this for your role and purpose.", "আপনার ভূমিকা ও উদ্দেশ্যের জন্য কোনো নিয়মে এর অনুমতি নেই।"),
    Code.RULE_NOT_IN_FORCE: Text(
        "The rule that would allow this is not in force on that day.", "যে নিয়মে এর অনুমতি আছে তা ওই দিনে কার্যকর নয়।"
    ),
    Code.NO_CONSENT: Text(
        "The person has not consented to sharing this with you for this purpose.",
        "এই উদ্দেশ্যে আপনার সঙ্গে এই তথ্য ভাগ করার সম্মতি সংশ্লিষ্ট ব্যক্তি দেননি।",
    ),
    Code.NO_AGREEMENT: Text("No agreement names this purpose.", "কোনো চুক্তিতে এই উদ্দেশ্যের উল্লেখ নেই।"),
    Code.NOT_IN_AGREEMENT: Text(
        "The agreement names this purpose and not this field.", "চুক্তিতে এই উদ্দেশ্যের উল্লেখ আছে, কিন্তু এই তথ্যটির নেই।"
    ),
    Code.AGREEMENT_NOT_BEGUN: Text("The agreement has not begun on that day.", "ওই দিনে চুক্তির মেয়াদ শুরু হয়নি।"),
    Code.AGREEMENT_ENDED: Text("The agreement has ended by that day.", "ওই দিনের আগেই চুক্তির মেয়াদ শেষ হয়েছে।"),
}


@dataclass(frozen=True, slots=True)
class Decision:
    """`rule` is the id of the rule that decided, None where none applied. `until`: the last day on which an allow holds by itself."""

    code: Code
    reason: Text
    rule: str | None = None
    agreement: str | None = None
    until: date | None = None

    @property
    def allowed(self) -> bool:
        return self.code is Code.ALLOWED


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent in force now: who calls leaves out what was withdrawn or has ended."""

    purpose: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """What somebody who asks has agreed on; both days are inside. Who calls leaves out what nobody signed."""

    id: str
    purposes: Collection[str]
    fields: Collection[str]
    valid_from: date
    until: date


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks (attributes with values), what for, and what is known of the record. `recipient` is the body that consent would name.

    `on`: the day. A rule or an agreement that has days allows nothing where it is not told.
    """

    subject: Facts
    purpose: str
    record: Facts
    recipient: str | None = None
    consents: Collection[Consent] = ()
    agreements: Collection[Agreement] = ()
    on: date | None = None

    def is_consented(self) -> bool:
        return self.recipient is not None and Consent(self.purpose, self.recipient) in self.consents


class NotSharedError(ForbiddenError):
    """Nothing of what was asked for is shared. The member `reason` is a `Code`."""

    slug = "not-shared"
    title = Text("By the sharing policy nothing of this is given.", "তথ্য-বিনিময় নীতিমালা অনুযায়ী এর কিছুই দেওয়া হয় না।")

    @classmethod
    def of(cls, decisions: Collection[Decision]) -> Self:
        """With the reason that most of the fields have."""
        counted = Counter(one.code for one in decisions if not one.allowed)
        code = counted.most_common(1)[0][0]
        words = next(one.reason for one in decisions if one.code is code)
        return cls(words, reason=code)


class Rule(Dated):
    """Applies when every attribute in `when` and none in `unless` has one of the values listed, on the days between, both inside."""

    id: str
    effect: Literal["allow", "deny"]
    fields: Names
    purposes: Names
    when: Mapping[str, Names] = {}
    unless: Mapping[str, Names] = {}
    needs_consent: bool = False
    needs_agreement: bool = False
    valid_from: date | None = None
    until: date | None = None
    reason: Text

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.valid_from is not None and self.until is not None and self.until < self.valid_from:
            raise ValueError(f"rule {self.id} ends before it begins")
        if self.effect == "deny" and (self.needs_consent or self.needs_agreement):
            raise ValueError(f"rule {self.id} denies: it needs neither consent nor agreement")
        return self

    def applies(self, facts: Facts, purpose: str) -> bool:
        """To the fields that it covers, on one of its days."""
        return (
            self.serves(purpose)
            and all(not set(values).isdisjoint(facts[name]) for name, values in self.when.items())
            and all(set(values).isdisjoint(facts[name]) for name, values in self.unless.items())
        )

    def covers(self, field: str) -> bool:
        return field in self.fields or ANY in self.fields

    def serves(self, purpose: str) -> bool:
        return purpose in self.purposes or ANY in self.purposes

    def is_in_force(self, on: date | None) -> bool:
        """Where no day is told, a deny that has days holds and an allow does not."""
        if self.valid_from is None and self.until is None:
            return True
        if on is None:
            return self.effect == "deny"
        return (self.valid_from is None or self.valid_from <= on) and (self.until is None or on <= self.until)

    def judge(self, question: Question, field: str) -> Decision:
        """Of one that applies."""
        if self.effect == "deny":
            return Decision(Code.DENIED_BY_RULE, self.reason, self.id)
        if not self.is_in_force(question.on):
            return _refused(Code.RULE_NOT_IN_FORCE, self.id)
        if self.needs_consent and not question.is_consented():
            return _refused(Code.NO_CONSENT, self.id)
        agreement = None
        if self.needs_agreement:
            code, agreement = _agreed(question, field)
            if code is not Code.ALLOWED:
                return _refused(code, self.id, agreement)
        days = [one for one in (self.until, agreement.until if agreement else None) if one is not None]
        return Decision(Code.ALLOWED, self.reason, self.id, agreement.id if agreement else None, min(days, default=None))


def _refused(code: Code, rule: str | None = None, agreement: Agreement | None = None) -> Decision:
    return Decision(code, WORDS[code], rule, agreement.id if agreement else None)


def _agreed(question: Question, field: str) -> tuple[Code, Agreement | None]:
    """The agreement that carries the field for longest; or what is amiss with the one that comes nearest to it."""
    named = [one for one in question.agreements if question.purpose in one.purposes]
    if not named:
        return Code.NO_AGREEMENT, None
    with_field = [one for one in named if field in one.fields]
    if not with_field:
        return Code.NOT_IN_AGREEMENT, max(named, key=lambda one: one.until)
    on = question.on
    holding = [one for one in with_field if on is not None and one.valid_from <= on <= one.until]
    if holding:
        return Code.ALLOWED, max(holding, key=lambda one: one.until)
    to_come = [one for one in with_field if on is None or on < one.valid_from]
    if to_come:
        return Code.AGREEMENT_NOT_BEGUN, min(to_come, key=lambda one: one.valid_from)
    return Code.AGREEMENT_ENDED, max(with_field, key=lambda one: one.until)


# Where several rules would allow and none does: what is nearest to an allow is said.
_NEAREST: Final = (
    *(Code.NO_CONSENT, Code.AGREEMENT_ENDED, Code.AGREEMENT_NOT_BEGUN, Code.NOT_IN_AGREEMENT, Code.NO_AGREEMENT),
    Code.RULE_NOT_IN_FORCE,
)


class Policy(Dated):
    """One version of a policy. `subject` and `record` name the attributes that rules may ask for, with their values.

    `until`: its last day, where it ends without another that follows. `personal`: fields that are about a person.
    """

    policy: str
    version: str = Field(min_length=1)
    valid_from: date
    until: date | None = None
    source: str = Field(min_length=1)
    fields: Names
    personal: tuple[str, ...] = ()
    purposes: Names
    subject: Mapping[str, Names]
    record: Mapping[str, Names]
    rules: tuple[Rule, ...]

    @model_validator(mode="after")
    def _rules_use_known_names(self) -> Self:
        values = {(name, value) for part in (self.subject, self.record) for name, listed in part.items() for value in listed}
        for rule in self.rules:
            asked = {(name, value) for part in (rule.when, rule.unless) for name, listed in part.items() for value in listed}
            strange = {*asked} - values | {*rule.fields} - {*self.fields, ANY} | {*rule.purposes} - {*self.purposes, ANY}
            if strange:
                raise ValueError(f"rule {rule.id} of {self.policy} uses unknown {sorted(map(str, strange))}")
        return self

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        ids = [rule.id for rule in self.rules]
        if twice := sorted({one for one in ids if ids.count(one) > 1}):
            raise ValueError(f"rules of {self.policy} stand twice: {twice}")
        if strange := sorted({*self.personal} - {*self.fields}):
            raise ValueError(f"{self.policy} calls personal what is none of its fields: {strange}")
        if self.until is not None and self.until < self.valid_from:
            raise ValueError(f"{self.policy} ends before it begins")
        return self

    def decide(self, question: Question, field: str) -> Decision:
        """A deny wins over an allow. What the policy does not know, or is not told, is denied."""
        return self.judge(question, (field,))[field]

    def judge(self, question: Question, fields: Collection[str] | None = None) -> dict[str, Decision]:
        """`decide` of all fields, or of those that are asked for, in the policy's order first."""
        asked = self.fields if fields is None else [*(one for one in self.fields if one in fields), *sorted({*fields} - {*self.fields})]
        unknown = self._unknown(question)
        applying = self._applying(question) if unknown is None else []
        return {field: self._decided(question, field, unknown, applying) for field in asked}

    def _applying(self, question: Question) -> list[Rule]:
        facts = {**question.subject, **question.record}
        return [
            rule
            for rule in self.rules
            if (rule.effect == "allow" or rule.is_in_force(question.on)) and rule.applies(facts, question.purpose)
        ]

    def _decided(self, question: Question, field: str, unknown: Code | None, applying: Sequence[Rule]) -> Decision:
        if field not in self.fields:
            return _refused(Code.UNKNOWN_FIELD)
        if unknown is not None:
            return _refused(unknown)
        judged = [rule.judge(question, field) for rule in applying if rule.covers(field)]
        denied = next((one for one in judged if one.code is Code.DENIED_BY_RULE), None)
        if denied is not None:
            return denied
        allowed = [one for one in judged if one.allowed]
        if allowed:
            # One without a last day holds longest.
            return max(allowed, key=lambda one: one.until or date.max)
        return min(judged, key=lambda one: _NEAREST.index(one.code), default=_refused(Code.NO_RULE))

    def visible(self, question: Question) -> frozenset[str]:
        """All fields that `decide` allows."""
        return frozenset(field for field, decision in self.judge(question).items() if decision.allowed)

    def served(self, purpose: str, attribute: str) -> frozenset[str]:
        """Values of an attribute of the record for which some rule may allow something for this purpose."""
        return frozenset(value for rule in self._allowing(purpose) for value in rule.when.get(attribute, self.record[attribute]))

    def fields_of(self, purpose: str, **record: str) -> frozenset[str]:
        """The most that some rule may allow for this purpose, of records with these values."""
        return frozenset(
            field
            for rule in self._allowing(purpose)
            if all(value in rule.when.get(name, (value,)) for name, value in record.items())
            for field in (self.fields if ANY in rule.fields else rule.fields)
        )

    def _allowing(self, purpose: str) -> Iterator[Rule]:
        return (rule for rule in self.rules if rule.effect == "allow" and rule.serves(purpose))

    def _unknown(self, question: Question) -> Code | None:
        # A record's unknown value could slip past a deny rule; a subject's (a role of another service) only matches nothing.
        if question.purpose not in self.purposes:
            return Code.UNKNOWN_PURPOSE
        is_told = question.subject.keys() == self.subject.keys() and question.record.keys() == self.record.keys()
        if not is_told or not all(question.record[name] and {*question.record[name]} <= {*known} for name, known in self.record.items()):
            return Code.UNKNOWN_FACTS
        return None


@dataclass(frozen=True, slots=True)
class Share:
    """What is given of one kind of record, and of each of its fields why."""

    record: str
    purpose: str
    policy: Policy
    decisions: Mapping[str, Decision]

    @property
    def allowed(self) -> frozenset[str]:
        return frozenset(field for field, decision in self.decisions.items() if decision.allowed)

    @property
    def denied(self) -> frozenset[str]:
        return frozenset(self.decisions) - self.allowed

    @property
    def agreements(self) -> frozenset[str]:
        return frozenset(one.agreement for one in self.decisions.values() if one.allowed and one.agreement)


class Policies:
    """All versions of all policies. Raises `ValueError` for two of one policy that begin on the same day."""

    def __init__(self, versions: Iterable[Policy]) -> None:
        self._versions = sorted(versions, key=lambda version: version.valid_from, reverse=True)
        known = [(one.policy, one.valid_from) for one in self._versions]
        if twice := sorted({one for one in known if known.count(one) > 1}):
            raise ValueError(f"policies begin twice on a day: {twice}")

    def in_force(self, policy: str, on: date) -> Policy:
        """Raises `LookupError` where there was none yet, or none any more: nothing may be shown then."""
        for version in self.versions(policy):
            if version.valid_from <= on:
                if version.until is not None and version.until < on:
                    break
                return version
        raise LookupError(f"no policy {policy} is in force on {on}")

    def versions(self, policy: str) -> tuple[Policy, ...]:
        """The newest first, also those that are still to come."""
        return tuple(version for version in self._versions if version.policy == policy)


def load_policies(folder: Path) -> Policies:
    """Raises pydantic's `ValidationError` for a file that cannot be relied upon: call it at start."""
    return Policies(Policy.read(file) for file in sorted(folder.glob("*.yaml")))


@cache
def policies() -> Policies:
    """Those in `contracts/policies`."""
    return load_policies(Path(contracts.__file__).parent / "policies")
