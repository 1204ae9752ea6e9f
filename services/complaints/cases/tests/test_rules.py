"""The rules of cases alone: money, eligibility, wishes, matches, risk. Property tests try what nobody thinks of."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.complaints.cases import rules
from services.complaints.cases.death import rules as death
from services.complaints.cases.lists import DEATHS, LEVELS, RISKS, Risks
from services.complaints.cases.missing import rules as missing
from services.complaints.cases.protection import rules as protection

AMOUNTS = st.integers(min_value=1, max_value=10**13)
LINES = st.builds(
    rules.Sum,
    claimed=AMOUNTS,
    agreed=st.none() | st.integers(min_value=0, max_value=10**13),
    paid=st.just(0),
    is_dropped=st.booleans(),
)


class TestMoney:
    @given(line=LINES, payments=st.lists(AMOUNTS, max_size=8))
    def test_never_more_is_paid_than_was_due_and_nothing_is_lost(self, line: rules.Sum, payments: list[int]) -> None:
        taken = 0
        for amount in payments:
            try:
                line = rules.after_payment(line, amount)
            except (rules.TooMuchError, rules.LineDroppedError):
                continue
            taken += amount
        assert line.paid == taken
        assert line.paid + line.due == (line.claimed if line.agreed is None else line.agreed) or line.is_dropped
        assert line.due >= 0

    @given(line=LINES)
    def test_an_agreement_pays_nobody(self, line: rules.Sum) -> None:
        if line.agreed and not line.is_dropped:
            assert not line.is_settled

    @given(line=LINES, agreed=st.integers(min_value=0, max_value=10**13), paid=AMOUNTS)
    def test_an_agreement_never_falls_below_what_is_paid(self, line: rules.Sum, agreed: int, paid: int) -> None:
        line = rules.Sum(line.claimed, line.agreed, paid)
        if agreed < paid:
            with pytest.raises(rules.BelowPaidError):
                rules.after_agreement(line, agreed)
        else:
            assert rules.after_agreement(line, agreed).due == agreed - paid

    @given(lines=st.lists(st.tuples(st.sampled_from(["SAR", "BDT", "USD"]), LINES), max_size=12))
    def test_currencies_are_never_added_up(self, lines: list[tuple[str, rules.Sum]]) -> None:
        found = rules.totals(lines)
        assert set(found) == {currency for currency, _ in lines}
        for currency, total in found.items():
            mine = [line for one, line in lines if one == currency]
            assert total.claimed == sum(one.claimed for one in mine)
            assert total.due == sum(one.due for one in mine)


FACTS = st.builds(
    death.GrantFacts,
    died_on=st.none() | st.dates(min_value=date(1975, 1, 1), max_value=date(2030, 1, 1)),
    confirmed=st.booleans(),
    cleared=st.none() | st.booleans(),
    flies=st.booleans(),
    papers=st.sets(st.sampled_from(["death_certificate", "police_report"])),
    heirs=st.integers(min_value=0, max_value=5),
)


class TestGrants:
    @given(facts=FACTS)
    def test_a_grant_is_due_or_says_why_not_in_both_languages(self, facts: death.GrantFacts) -> None:
        for grant in DEATHS.grants:
            standing = death.standing(grant, facts)
            assert standing.is_due == (not standing.why_not)
            assert all(one.en and any("\u0980" <= letter <= "\u09ff" for letter in one.bn) for one in standing.why_not)

    @given(facts=FACTS)
    def test_nothing_is_due_before_the_death_is_confirmed_or_before_terms_are_known(self, facts: death.GrantFacts) -> None:
        for grant in DEATHS.grants:
            if not facts.confirmed or facts.died_on is None or facts.died_on < grant.since:
                assert not death.standing(grant, facts).is_due

    def test_the_transport_grant_is_35000_taka_and_the_death_grant_three_lakh(self) -> None:
        assert {one.code: (one.amount, one.currency) for one in DEATHS.grants} == {
            "transport_burial": (3_500_000, "BDT"),
            "death": (30_000_000, "BDT"),
        }
        assert all(one.source.startswith("https://") for one in DEATHS.grants)

    def test_who_left_without_clearance_is_told_so_and_that_the_family_may_still_ask(self) -> None:
        facts = death.GrantFacts(date(2026, 5, 1), confirmed=True, cleared=False, flies=True, papers={"death_certificate"}, heirs=2)
        standing = death.standing(DEATHS.grants[1], facts)
        assert (standing.is_due, standing.may_change) == (False, False)
        assert "may still ask the board" in standing.why_not[0].en


class TestWishes:
    @given(said=st.lists(st.builds(death.Said, st.sampled_from(["wife", "father", "son"]), st.sampled_from(["return", "burial_there"]))))
    def test_two_who_differ_are_a_disagreement_that_no_machine_decides(self, said: list[death.Said]) -> None:
        last = {one.relation: one.wish for one in said}
        found = death.wish_of(said)
        assert found.disagrees == (len(set(last.values())) > 1)
        assert (found.wish is None) == (not last or found.disagrees)

    def test_who_changes_their_mind_is_heard(self) -> None:
        said = [death.Said("wife", "burial_there"), death.Said("father", "return"), death.Said("wife", "return")]
        assert death.wish_of(said) == death.FamilyWish("return", disagrees=False)

    def test_nothing_is_arranged_for_a_death_that_is_only_reported(self) -> None:
        with pytest.raises(death.NotConfirmedError):
            death.arranged(death.Identity.REPORTED, death.FamilyWish("return", disagrees=False))
        with pytest.raises(death.FamilyDisagreesError):
            death.arranged(death.Identity.CONFIRMED, death.FamilyWish(None, disagrees=True))


FEATURES = st.builds(
    missing.Features,
    country=st.sampled_from(["SA", "LB"]),
    sex=st.sampled_from(["male", "female", "unknown"]),
    age_band=st.sampled_from(["25_34", "35_44", "unknown"]),
    day=st.none() | st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 12, 31)),
    name=st.sampled_from([None, b"one", b"two"]),
    passport=st.sampled_from([None, b"A1", b"B2"]),
)


class TestMatches:
    @given(sought=FEATURES, found=FEATURES)
    def test_what_speaks_against_it_is_never_proposed(self, sought: missing.Features, found: missing.Features) -> None:
        reasons = missing.reasons_for(sought, found)
        if {sought.sex, found.sex} == {"male", "female"} or (sought.day and found.day and found.day < sought.day):
            assert reasons == ()
        assert set(reasons) <= set(missing.REASON_WORDS)

    def test_nothing_in_common_but_the_country_proposes_nothing(self) -> None:
        one = missing.Features("SA", "unknown", "unknown", None, None, None)
        assert missing.reasons_for(one, one) == ()

    def test_a_passport_speaks_across_countries(self) -> None:
        sought = missing.Features("SA", "male", "25_34", None, None, b"A1")
        found = missing.Features("LB", "unknown", "unknown", None, None, b"A1")
        assert missing.reasons_for(sought, found) == ("same_passport",)

    def test_the_same_person_twice_is_not_two(self) -> None:
        assert missing.confirmed_by(None, "one") is False
        assert missing.confirmed_by("one", "two") is True
        with pytest.raises(missing.SecondPersonError):
            missing.confirmed_by("one", "one")


class TestMayTell:
    @given(
        state=st.sampled_from(missing.SearchState),
        tell=st.sampled_from(missing.Tell),
        consent=st.none() | st.sampled_from(missing.Consent),
    )
    def test_safe_is_said_only_with_consent(self, state: missing.SearchState, tell: missing.Tell, consent: missing.Consent | None) -> None:
        words = missing.may_tell(state, tell, consent).en
        if "safe" in words or "found" in words:
            assert state == missing.SearchState.ALIVE
            assert tell == missing.Tell.PROGRESS
            assert consent in {missing.Consent.SAFE_ONLY, missing.Consent.CONTACT}
        assert "died" not in words
        assert "dead" not in words


class TestRisk:
    @given(answers=st.sets(st.sampled_from([one.code for one in RISKS.items])), more=st.sampled_from([one.code for one in RISKS.items]))
    def test_more_answers_never_speak_for_less(self, answers: set[str], more: str) -> None:
        before, after = protection.read_answers(RISKS, answers), protection.read_answers(RISKS, answers | {more})
        assert LEVELS.index(after.speaks_for) >= LEVELS.index(before.speaks_for)

    def test_violence_now_is_extreme_by_itself(self) -> None:
        assert protection.read_answers(RISKS, {"violence_now"}).speaks_for == "extreme"

    @given(level=st.sampled_from(LEVELS), days=st.integers(min_value=0, max_value=400))
    def test_a_visit_may_be_sooner_but_never_later_than_the_level_allows(self, level: Any, days: int) -> None:
        today = date(2026, 11, 25)
        wanted, latest = today + timedelta(days=days), protection.visit_due(RISKS, level, today)
        if wanted > latest:
            with pytest.raises(protection.NoReasonError):
                protection.planned_visit(RISKS, level, today, wanted)
        else:
            assert protection.planned_visit(RISKS, level, today, wanted) == wanted
        assert protection.planned_visit(RISKS, level, today, None) == latest

    def test_nobody_is_reached_through_the_one_who_harms(self) -> None:
        with pytest.raises(protection.ThroughAbuserError):
            protection.reached(protection.Tie.RELATIVE, protection.Tie.RELATIVE)

    def test_bands_that_do_not_rise_stop_the_service(self) -> None:
        faulty = RISKS.model_dump() | {"bands": {"low": 0, "medium": 5, "high": 3, "extreme": 8}}
        with pytest.raises(ValidationError, match="rise"):
            Risks.model_validate(faulty)
