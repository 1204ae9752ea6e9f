"""Who may see which field for which purpose. Policies are dated data (`contracts/policies`); what no rule allows is denied."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

import contracts
from contracts.text import Text

ANY: Final = "*"
Facts = Mapping[str, Collection[str]]
Names = Annotated[tuple[str, ...], Field(min_length=1)]

_UNKNOWN: Final = Text("What is asked for is not part of this policy.", "যা চাওয়া হয়েছে তা এই নীতিমালার অন্তর্ভুক্ত নয়।")
_NO_RULE: Final = Text("No rule allows this for your role and purpose.", "আপনার ভূমিকা ও উদ্দেশ্যের জন্য কোনো নিয়মে এর অনুমতি নেই।")
_NO_CONSENT: Final = Text(
    "The person has not consented to sharing this with you for this purpose.",
    "এই উদ্দেশ্যে আপনার সঙ্গে এই তথ্য ভাগ করার সম্মতি সংশ্লিষ্ট ব্যক্তি দেননি।",
)


@dataclass(frozen=True, slots=True)
class Decision:
    """`rule` is the id of the rule that decided, None where none applied."""

    allowed: bool
    reason: Text
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent in force now: who calls leaves out what was withdrawn or has ended."""

    purpose: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks (attributes with values), what for, and what is known of the record. `recipient` is the body that consent would name."""

    subject: Facts
    purpose: str
    record: Facts
    recipient: str | None = None
    consents: Collection[Consent] = ()

    def is_consented(self) -> bool:
        return self.recipient is not None and Consent(self.purpose, self.recipient) in self.consents


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(_Data):
    """Applies when every attribute in `when` and none in `unless` has one of the values listed."""

    id: str
    effect: Literal["allow", "deny"]
    fields: Names
    purposes: Names
    when: Mapping[str, Names] = {}
    unless: Mapping[str, Names] = {}
    needs_consent: bool = False
    reason: Text

    def applies(self, facts: Facts, purpose: str, field: str) -> bool:
        return (
            (field in self.fields or ANY in self.fields)
            and (purpose in self.purposes or ANY in self.purposes)
            and all(not set(values).isdisjoint(facts[name]) for name, values in self.when.items())
            and all(set(values).isdisjoint(facts[name]) for name, values in self.unless.items())
        )


class Policy(_Data):
    """One version of a policy. `subject` and `record` name the attributes that rules may ask for, with their values."""

    policy: str
    valid_from: date
    source: str
    fields: Names
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

    def decide(self, question: Question, field: str) -> Decision:
        """A deny wins over an allow. What the policy does not know, or is not told, is denied."""
        if not self._covers(question, field):
            return Decision(allowed=False, reason=_UNKNOWN)
        facts = {**question.subject, **question.record}
        applying = [rule for rule in self.rules if rule.applies(facts, question.purpose, field)]
        for rule in applying:
            if rule.effect == "deny":
                return Decision(allowed=False, reason=rule.reason, rule=rule.id)
        for rule in applying:
            if not rule.needs_consent or question.is_consented():
                return Decision(allowed=True, reason=rule.reason, rule=rule.id)
        return Decision(allowed=False, reason=_NO_CONSENT if applying else _NO_RULE)

    def visible(self, question: Question) -> frozenset[str]:
        """All fields that `decide` allows."""
        return frozenset(field for field in self.fields if self.decide(question, field).allowed)

    def _covers(self, question: Question, field: str) -> bool:
        # A record's unknown value could slip past a deny rule; a subject's (a role of another service) only matches nothing.
        return (
            field in self.fields
            and question.purpose in self.purposes
            and question.subject.keys() == self.subject.keys()
            and question.record.keys() == self.record.keys()
            and all(question.record[name] and set(question.record[name]) <= set(values) for name, values in self.record.items())
        )


class Policies:
    """All versions of all policies."""

    def __init__(self, versions: Iterable[Policy]) -> None:
        self._versions = sorted(versions, key=lambda version: version.valid_from, reverse=True)

    def in_force(self, policy: str, on: date) -> Policy:
        """Raises `LookupError` where there was none yet: nothing may be shown then."""
        for version in self._versions:
            if version.policy == policy and version.valid_from <= on:
                return version
        raise LookupError(f"no policy {policy} is in force on {on}")


def load_policies(folder: Path) -> Policies:
    """Raises pydantic's `ValidationError` for a file that cannot be relied upon: call it at start."""
    return Policies(Policy.model_validate(yaml.safe_load(file.read_text("utf-8"))) for file in sorted(folder.glob("*.yaml")))


@cache
def policies() -> Policies:
    """Those in `contracts/policies`."""
    return load_policies(Path(contracts.__file__).parent / "policies")
