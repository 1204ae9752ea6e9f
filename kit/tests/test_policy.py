from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.text import Text
from kit.policy import Consent, Policy, Question, load_policies, policies

REASON = {"en": "Because.", "bn": "কারণ আছে।"}
DATA: dict[str, Any] = {
    "policy": "shelf",
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
        ],
    )
    def test_a_rule_with_an_unknown_word_is_refused(self, change: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            Policy.model_validate({**DATA, "rules": [{**DATA["rules"][1], **change}]})

    def test_the_version_in_force_is_the_latest_that_has_begun(self, tmp_path: Path) -> None:
        for year in (2024, 2025, 2026):
            (tmp_path / f"{year}.yaml").write_text(yaml.safe_dump({**DATA, "valid_from": f"{year}-07-01"}), "utf-8")
        (tmp_path / "other.yaml").write_text(yaml.safe_dump({**DATA, "policy": "other"}), "utf-8")
        loaded = load_policies(tmp_path)
        assert loaded.in_force("shelf", date(2026, 6, 30)).valid_from == date(2025, 7, 1)
        assert loaded.in_force("shelf", date(2026, 7, 1)).valid_from == date(2026, 7, 1)
        with pytest.raises(LookupError, match="no policy shelf"):
            loaded.in_force("shelf", date(2024, 6, 30))


COMPLAINTS = policies().in_force("complaints", date(2026, 11, 1))
CONTACT = {"reporter.contact", "victim.contact", "reporter.identity", "victim.documents"}


def complaint(role: str, relation: str, purpose: str, restricted: str = "no", *consents: Consent) -> frozenset[str]:
    return COMPLAINTS.visible(
        Question({"role": [role], "relation": [relation]}, purpose, {"restricted": [restricted]}, "partner", consents)
    )


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

    def test_a_partner_sees_a_victim_with_consent_only(self) -> None:
        assert complaint("ngo", "none", "referral") == frozenset()
        assert complaint("ngo", "none", "referral", "yes", Consent("referral", "partner")) >= {"victim.contact"}

    def test_counting_needs_no_person(self) -> None:
        assert complaint("analyst", "none", "statistics") == {"state", "classification"}
        assert complaint("analyst", "none", "statistics", "yes") == {"state", "classification"}

    def test_a_licence_is_scored_also_by_restricted_complaints(self) -> None:
        assert complaint("service", "none", "scoring", "yes") == {"reference", "state", "classification", "respondent", "outcome"}
