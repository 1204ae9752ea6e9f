from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.text import Text
from kit.policy import WORDS, Agreement, Code, Consent, Policy, Question, load_policies, policies

REASON = {"en": "Because.", "bn": "কারণ আছে।"}
DATA: dict[str, Any] = {
    "policy": "shelf",
    "version": "1",
    "valid_from": "2026-01-01",
    "source": "the test",
    "fields": ["title", "price", "address"],
    "purposes": ["lend", "count"],
    "subject": {"role": ["reader", "keeper"], "relation": ["owner", "none"]},
    "record": {"rare": ["yes", "no"]},
    "rules": [
        {"id": "all-see-titles", "effect": "allow", "fields": ["title"], "purposes": ["*"], "reason": REASON},
        {
            "id": "keeper-lends",
            "effect": "allow",
            "fields": ["*"],
            "purposes": ["lend"],
            "when": {"role": ["keeper"]},
            "unless": {"relation": ["owner"]},
            "reason": REASON,
        },
        {
            "id": "reader-with-consent",
            "effect": "allow",
            "fields": ["address"],
            "purposes": ["lend"],
            "when": {"role": ["reader"]},
            "needs_consent": True,
            "reason": REASON,
        },
        {"id": "rare-has-no-price", "effect": "deny", "fields": ["price"], "purposes": ["*"], "when": {"rare": ["yes"]}, "reason": REASON},
    ],
}
SHELF = Policy.model_validate(DATA)


def ask(
    role: str, purpose: str, *, relation: str = "none", rare: str = "no", recipient: str | None = None, consents: tuple[Consent, ...] = ()
) -> Question:
    return Question({"role": [role], "relation": [relation]}, purpose, {"rare": [rare]}, recipient, consents)


class TestDecide:
    def test_allows_what_a_rule_allows_and_names_it(self) -> None:
        decision = SHELF.decide(ask("keeper", "lend"), "price")
        assert (decision.allowed, decision.rule, decision.reason) == (True, "keeper-lends", Text(**REASON))

    def test_denies_what_no_rule_allows(self) -> None:
        decision = SHELF.decide(ask("reader", "count"), "price")
        assert (decision.allowed, decision.rule) == (False, None)

    def test_a_deny_wins(self) -> None:
        decision = SHELF.decide(ask("keeper", "lend", rare="yes"), "price")
        assert (decision.allowed, decision.rule) == (False, "rare-has-no-price")

    def test_unless_takes_a_rule_away(self) -> None:
        assert not SHELF.decide(ask("keeper", "lend", relation="owner"), "price").allowed

    def test_a_role_that_the_policy_does_not_know_matches_nothing(self) -> None:
        assert SHELF.visible(ask("stranger", "lend")) == {"title"}

    @pytest.mark.parametrize(
        ("question", "field"),
        [
            (ask("keeper", "lend"), "colour"),
            (ask("keeper", "sell"), "title"),
            (ask("keeper", "lend", rare="perhaps"), "title"),
            (Question({"role": ["keeper"]}, "lend", {"rare": ["no"]}), "title"),
            (Question({"role": ["keeper"], "relation": ["none"]}, "lend", {}), "title"),
            (Question({"role": ["keeper"], "relation": ["none"]}, "lend", {"rare": []}), "title"),
        ],
    )
    def test_what_is_unknown_or_untold_is_denied(self, question: Question, field: str) -> None:
        assert not SHELF.decide(question, field).allowed


class TestConsent:
    def test_opens_for_its_purpose_and_recipient(self) -> None:
        assert SHELF.decide(ask("reader", "lend", recipient="club", consents=(Consent("lend", "club"),)), "address").allowed

    @pytest.mark.parametrize(
        ("recipient", "consents"),
        [("club", ()), ("club", (Consent("lend", "shop"),)), ("club", (Consent("count", "club"),)), (None, (Consent("lend", "club"),))],
    )
    def test_opens_nothing_else(self, recipient: str | None, consents: tuple[Consent, ...]) -> None:
        decision = SHELF.decide(ask("reader", "lend", recipient=recipient, consents=consents), "address")
        assert not decision.allowed
        assert "consent" in decision.reason.en


class TestLoad:
    @pytest.mark.parametrize(
        "change",
        [
            {"fields": ["colour"]},
            {"purposes": ["sell"]},
            {"when": {"role": ["stranger"]}},
            {"unless": {"mood": ["good"]}},
            {"effect": "perhaps"},
            {"fields": []},
            {"reason": {"en": "Because."}},
            {"whn": {}},
            {"until": "2026-01-01", "valid_from": "2026-01-02"},
            {"effect": "deny", "needs_agreement": True},
        ],
    )
    def test_a_rule_with_an_unknown_word_is_refused(self, change: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            Policy.model_validate({**DATA, "rules": [{**DATA["rules"][1], **change}]})

    @pytest.mark.parametrize(
        "change", [{"rules": [DATA["rules"][0], DATA["rules"][0]]}, {"version": ""}, {"personal": ["colour"]}, {"until": "2025-12-31"}]
    )
    def test_a_policy_that_does_not_hold_together_is_refused(self, change: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            Policy.model_validate({**DATA, **change})

    def test_two_versions_of_one_day_are_refused(self, tmp_path: Path) -> None:
        for name in ("one", "two"):
            (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(DATA), "utf-8")
        with pytest.raises(ValueError, match="begin twice on a day"):
            load_policies(tmp_path)

    def test_the_version_in_force_is_the_latest_that_has_begun(self, tmp_path: Path) -> None:
        for year in (2024, 2025, 2026):
            (tmp_path / f"{year}.yaml").write_text(yaml.safe_dump({**DATA, "valid_from": f"{year}-07-01"}), "utf-8")
        (tmp_path / "other.yaml").write_text(yaml.safe_dump({**DATA, "policy": "other"}), "utf-8")
        loaded = load_policies(tmp_path)
        assert loaded.in_force("shelf", date(2026, 6, 30)).valid_from == date(2025, 7, 1)
        assert loaded.in_force("shelf", date(2026, 7, 1)).valid_from == date(2026, 7, 1)
        with pytest.raises(LookupError, match="no policy shelf"):
            loaded.in_force("shelf", date(2024, 6, 30))


DAY = date(2026, 11, 26)
GATE = Policy.model_validate(
    {
        **DATA,
        "rules": [
            {"id": "by-agreement", "effect": "allow", "fields": ["*"], "purposes": ["lend"], "needs_agreement": True, "reason": REASON},
            {
                "id": "for-a-summer",
                "effect": "allow",
                "fields": ["title"],
                "purposes": ["count"],
                "valid_from": "2026-06-01",
                "until": "2026-08-31",
                "reason": REASON,
            },
            {
                "id": "closed-for-a-week",
                "effect": "deny",
                "fields": ["*"],
                "purposes": ["*"],
                "valid_from": "2026-12-01",
                "until": "2026-12-07",
                "reason": REASON,
            },
        ],
    }
)


def agreement(name: str = "one", *, first: int = 0, last: int = 0, fields: tuple[str, ...] = ("title", "price")) -> Agreement:
    return Agreement(name, ("lend",), fields, DAY + timedelta(days=first), DAY + timedelta(days=last))


def agreed(*agreements: Agreement, purpose: str = "lend", on: date | None = DAY) -> Question:
    return Question({"role": ["reader"], "relation": ["none"]}, purpose, {"rare": ["no"]}, agreements=agreements, on=on)


class TestAgreements:
    def test_carry_what_they_name_until_their_last_day(self) -> None:
        decision = GATE.decide(agreed(agreement(), agreement("longer", last=9)), "title")
        assert (decision.code, decision.rule, decision.agreement, decision.until) == (
            Code.ALLOWED,
            "by-agreement",
            "longer",
            DAY + timedelta(days=9),
        )

    @pytest.mark.parametrize(
        ("question", "code", "name"),
        [
            (agreed(), Code.NO_AGREEMENT, None),
            (agreed(Agreement("other", ("count",), ("title",), DAY, DAY)), Code.NO_AGREEMENT, None),
            (agreed(agreement(fields=("price",))), Code.NOT_IN_AGREEMENT, "one"),
            (agreed(agreement(first=-9, last=-1)), Code.AGREEMENT_ENDED, "one"),
            (agreed(agreement(first=1, last=9)), Code.AGREEMENT_NOT_BEGUN, "one"),
        ],
    )
    def test_that_do_not_hold_deny_and_say_how(self, question: Question, code: Code, name: str | None) -> None:
        decision = GATE.decide(question, "title")
        assert (decision.code, decision.allowed, decision.agreement) == (code, False, name)

    def test_carry_nothing_where_no_day_is_told(self) -> None:
        alone = GATE.model_copy(update={"rules": GATE.rules[:1]})
        assert alone.visible(agreed(agreement())) == {"title", "price"}
        assert alone.visible(agreed(agreement(), on=None)) == set()

    def test_do_not_mix_purpose_of_one_with_field_of_another(self) -> None:
        other = Agreement("other", ("count",), ("address",), DAY, DAY)
        assert GATE.decide(agreed(agreement(), other), "address").code is Code.NOT_IN_AGREEMENT


class TestDays:
    @pytest.mark.parametrize(
        ("on", "code"),
        [
            (date(2026, 5, 31), Code.RULE_NOT_IN_FORCE),
            (date(2026, 6, 1), Code.ALLOWED),
            (date(2026, 8, 31), Code.ALLOWED),
            (date(2026, 9, 1), Code.RULE_NOT_IN_FORCE),
            (date(2026, 12, 1), Code.DENIED_BY_RULE),
            (date(2026, 12, 7), Code.DENIED_BY_RULE),
            (None, Code.DENIED_BY_RULE),
        ],
    )
    def test_a_rule_holds_on_its_days_and_a_deny_where_none_is_told(self, on: date | None, code: Code) -> None:
        assert GATE.decide(agreed(purpose="count", on=on), "title").code is code

    def test_a_policy_that_ended_is_followed_by_none(self, tmp_path: Path) -> None:
        (tmp_path / "one.yaml").write_text(yaml.safe_dump({**DATA, "until": "2026-02-01"}), "utf-8")
        loaded = load_policies(tmp_path)
        assert loaded.in_force("shelf", date(2026, 2, 1)).version == "1"
        with pytest.raises(LookupError, match="no policy shelf"):
            loaded.in_force("shelf", date(2026, 2, 2))


class TestReasons:
    def test_each_code_of_a_refusal_has_words_in_both_languages(self) -> None:
        assert set(WORDS) == set(Code) - {Code.ALLOWED, Code.DENIED_BY_RULE}
        assert len({one.en for one in WORDS.values()}) == len({one.bn for one in WORDS.values()}) == len(WORDS)

    @pytest.mark.parametrize(
        ("question", "field", "code"),
        [
            (ask("keeper", "lend"), "colour", Code.UNKNOWN_FIELD),
            (ask("keeper", "sell"), "title", Code.UNKNOWN_PURPOSE),
            (ask("keeper", "lend", rare="perhaps"), "title", Code.UNKNOWN_FACTS),
            (ask("reader", "count"), "price", Code.NO_RULE),
            (ask("reader", "lend"), "address", Code.NO_CONSENT),
            (ask("keeper", "lend", rare="yes"), "price", Code.DENIED_BY_RULE),
        ],
    )
    def test_are_stable(self, question: Question, field: str, code: Code) -> None:
        assert SHELF.decide(question, field).code is code


NAMES = st.sampled_from
RULES = st.fixed_dictionaries(
    {
        "effect": NAMES(["allow", "deny"]),
        "fields": st.lists(NAMES([*SHELF.fields, "*"]), min_size=1),
        "purposes": st.lists(NAMES([*SHELF.purposes, "*"]), min_size=1),
        "when": st.dictionaries(NAMES(["role"]), st.lists(NAMES(["reader", "keeper"]), min_size=1)),
        "needs_agreement": st.booleans(),
        "until": st.none() | NAMES([DAY - timedelta(days=1), DAY]),
    }
).filter(lambda rule: rule["effect"] == "allow" or not rule["needs_agreement"])
QUESTIONS = st.builds(
    lambda role, purpose, agreements: Question(
        {"role": role, "relation": ["none"]}, purpose, {"rare": ["no"]}, agreements=agreements, on=DAY
    ),
    st.sets(NAMES(["reader", "keeper"])),
    NAMES(SHELF.purposes),
    st.lists(NAMES([agreement(), agreement("past", first=-9, last=-1), agreement("address", fields=("address",))])),
)


def policy_of(rules: list[dict[str, Any]]) -> Policy:
    return Policy.model_validate(
        {**DATA, "rules": [{**rule, "id": f"rule-{number}", "reason": REASON} for number, rule in enumerate(rules)]}
    )


class TestUnrelatedRules:
    @given(st.lists(RULES, max_size=5), RULES, QUESTIONS)
    def test_neither_take_nor_give(self, rules: list[dict[str, Any]], added: dict[str, Any], question: Question) -> None:
        """One more rule changes only the fields, purposes and askers that it names."""
        before, after = policy_of(rules), policy_of([*rules, added])
        facts = {**question.subject, **question.record}
        (rule,) = after.rules[len(rules) :]
        for field in SHELF.fields:
            if not (rule.covers(field) and rule.applies(facts, question.purpose)):
                assert after.decide(question, field) == before.decide(question, field)
            elif rule.effect == "allow":
                assert after.decide(question, field).allowed >= before.decide(question, field).allowed
            else:
                assert after.decide(question, field).allowed <= before.decide(question, field).allowed

    @given(st.lists(RULES, max_size=5), st.lists(NAMES([agreement("more", last=3, fields=("price",))]), max_size=1), QUESTIONS)
    def test_nor_does_an_agreement_on_another_field(self, rules: list[dict[str, Any]], more: list[Agreement], question: Question) -> None:
        known = policy_of(rules)
        wider = replace(question, agreements=[*question.agreements, *more])
        assert known.visible(question) - {"price"} == known.visible(wider) - {"price"}


COMPLAINTS = policies().in_force("complaints", date(2026, 11, 1))
CONTACT = {"reporter.contact", "victim.contact", "reporter.identity", "victim.documents"}


def complaint(role: str, relation: str, purpose: str, restricted: str = "no") -> frozenset[str]:
    return COMPLAINTS.visible(Question({"role": [role], "relation": [relation]}, purpose, {"restricted": [restricted]}))


class TestComplaints:
    """The policy in use, as its data says it; `kit` knows nothing of it."""

    @given(
        st.sets(st.sampled_from(COMPLAINTS.subject["role"])),
        st.sets(st.sampled_from(COMPLAINTS.subject["relation"])),
        st.sampled_from(COMPLAINTS.purposes),
        st.sampled_from(["yes", "no"]),
    )
    def test_a_respondent_never_sees_contact_whatever_else_it_is(
        self, roles: set[str], relations: set[str], purpose: str, restricted: str
    ) -> None:
        subject = {"role": roles, "relation": relations | {"respondent"}}
        question = Question(subject, purpose, {"restricted": [restricted]}, "partner", (Consent(purpose, "partner"),))
        seen = COMPLAINTS.visible(question)
        assert seen.isdisjoint({*CONTACT, "narrative", "evidence", "notes"})
        assert restricted == "no" or not seen

    def test_a_respondent_sees_what_it_must_answer(self) -> None:
        assert complaint("agency", "respondent", "answering") >= {"allegation", "outcome"}

    def test_a_restricted_complaint_narrows_an_office_to_its_list(self) -> None:
        assert complaint("demo", "office", "handling") >= {"narrative", *CONTACT}
        assert complaint("demo", "office", "handling", "yes") == {"reference", "state", "classification"}
        assert complaint("demo", "assigned", "handling", "yes") >= {"narrative", *CONTACT}
        assert complaint("supervisor", "office", "handling", "yes") >= {"narrative", *CONTACT}

    @pytest.mark.parametrize("role", COMPLAINTS.subject["role"])
    @pytest.mark.parametrize("purpose", COMPLAINTS.purposes)
    def test_without_a_relation_nobody_sees_a_person(self, role: str, purpose: str) -> None:
        assert complaint(role, "none", purpose).isdisjoint({*CONTACT, "victim.identity", "narrative", "evidence", "notes"})

    def test_counting_needs_no_person(self) -> None:
        assert complaint("analyst", "none", "statistics") == {"state", "classification"}
        assert complaint("analyst", "none", "statistics", "yes") == {"state", "classification"}

    def test_a_licence_is_scored_also_by_restricted_complaints(self) -> None:
        assert complaint("service", "none", "scoring", "yes") == {"reference", "state", "classification", "respondent", "outcome"}
