from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
import yaml
from pydantic import ValidationError

from contracts.crisis import Certainty, MessageStatus, Severity, Urgency
from services.crisis.decisions import lists, rules
from services.crisis.decisions.rules import Inputs, Origin, Outcome, Reason
from services.crisis.lineage.rules import is_over
from services.crisis.warnings.cap import parse

Cap = Callable[..., bytes]
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
MATRIX = lists.in_force(lists.load(), NOW.date())
GRAVEST = Inputs(
    severity=Severity.EXTREME,
    urgency=Urgency.IMMEDIATE,
    certainty=Certainty.OBSERVED,
    origin=Origin.OFFICIAL,
    status=MessageStatus.ACTUAL,
    in_jurisdiction=True,
    all_clear=False,
    trust_tier=1,
    drill_words=(),
)


class TestMatrix:
    @pytest.mark.parametrize(
        ("severity", "urgency", "certainty", "level"),
        [
            ("extreme", "immediate", "observed", 4),
            ("extreme", "immediate", "unknown", 3),
            ("extreme", "expected", "possible", 2),
            ("severe", "immediate", "likely", 3),
            ("unknown", "immediate", "likely", 2),
            ("moderate", "future", "likely", 1),
            ("minor", "immediate", "observed", 1),
            ("minor", "future", "observed", 0),
            ("extreme", "past", "observed", 0),
            ("extreme", "immediate", "unlikely", 0),
        ],
    )
    def test_weighs(self, severity: str, urgency: str, certainty: str, level: int) -> None:
        inputs = replace(GRAVEST, severity=Severity(severity), urgency=Urgency(urgency), certainty=Certainty(certainty))
        assert rules.decide(inputs, MATRIX, NOW).level == level

    def test_a_graver_warning_never_weighs_less(self) -> None:
        order = [Severity.MINOR, Severity.MODERATE, Severity.SEVERE, Severity.EXTREME]
        for urgency, certainty in product(Urgency, Certainty):
            levels = [MATRIX.moment(urgency, certainty).levels[one] for one in order]
            assert levels == sorted(levels), (urgency, certainty)

    def test_data_that_leaves_a_combination_out_stops_the_service(self) -> None:
        data = yaml.safe_load(lists.DATA.read_text("utf-8"))[0]
        data["moments"] = [one for one in data["moments"] if one["id"] != "over"]
        with pytest.raises(ValidationError, match="nothing is said of past"):
            lists.Matrix.model_validate(data)


class TestDecide:
    def test_an_official_warning_in_its_own_land_goes_out_after_its_window(self) -> None:
        made = rules.decide(GRAVEST, MATRIX, NOW)
        assert (made.outcome, made.moment, made.due) == (Outcome.WINDOW, "now", NOW + timedelta(minutes=1))

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"origin": Origin.OFFICER}, Reason.NOT_OFFICIAL),
            ({"origin": Origin.UNREGISTERED}, Reason.NOT_OFFICIAL),
            ({"in_jurisdiction": False}, Reason.OUTSIDE_JURISDICTION),
            ({"status": MessageStatus.EXERCISE}, Reason.DRILL),
            ({"status": MessageStatus.TEST}, Reason.DRILL),
            ({"drill_words": ("probealarm",)}, Reason.LOOKS_LIKE_DRILL),
            ({"severity": Severity.MODERATE}, Reason.LEVEL),
        ],
    )
    def test_anything_else_waits_for_a_person(self, change: dict[str, object], reason: Reason) -> None:
        made = rules.decide(replace(GRAVEST, **change), MATRIX, NOW)  # type: ignore[arg-type]
        assert (made.outcome, made.due) == (Outcome.WAITS, None)
        assert reason in made.reasons

    def test_only_one_of_all_combinations_of_trust_goes_out_by_itself(self) -> None:
        alone = [
            (origin, status, inside)
            for origin, status, inside in product(Origin, MessageStatus, (True, False))
            if rules.decide(replace(GRAVEST, origin=origin, status=status, in_jurisdiction=inside), MATRIX, NOW).outcome is Outcome.WINDOW
        ]
        assert alone == [(Origin.OFFICIAL, MessageStatus.ACTUAL, True)]

    @pytest.mark.parametrize(("twin", "outcome"), [(3, Outcome.WINDOW), (4, Outcome.WAITS), (None, Outcome.WINDOW)])
    def test_another_language_of_what_goes_out_already_waits_unless_it_is_graver(self, twin: int | None, outcome: Outcome) -> None:
        made = rules.decide(replace(GRAVEST, twin_level=twin), MATRIX, NOW)
        assert (made.outcome, made.reasons) == (outcome, (Reason.SAME_EVENT,) if outcome is Outcome.WAITS else ())

    def test_a_sender_unknown_here_weighs_one_less(self) -> None:
        assert rules.decide(replace(GRAVEST, origin=Origin.UNREGISTERED), MATRIX, NOW).level == 3

    def test_an_all_clear_warns_of_nothing(self) -> None:
        assert rules.decide(replace(GRAVEST, all_clear=True), MATRIX, NOW).outcome is Outcome.LOGGED

    @pytest.mark.parametrize("role", ["wing", "supervisor", "admin"])
    def test_what_an_officer_pastes_is_an_officers_word(self, role: str) -> None:
        assert rules.origin_of([role, "service"], 1) is Origin.OFFICER

    @pytest.mark.parametrize(("countries", "inside"), [(["SA"], True), (["SA", "YE"], False), ([], False)])
    def test_an_authority_warns_for_its_own_land(self, countries: list[str], *, inside: bool) -> None:
        assert rules.within(countries, ["SA"]) is inside

    def test_a_body_that_warns_of_the_world_has_no_land(self) -> None:
        assert not rules.within(["SA"], [])


class TestDrillWords:
    @pytest.mark.parametrize(
        "headline",
        [
            "Bundesweiter Probealarm",
            "This is a TEST",
            "Siren tests today",
            "Ini hanya ujian",
            "تمرين إخلاء",
            "আজ মহড়া হবে",
            "Simulacro nacional",
        ],
    )
    def test_what_speaks_of_a_drill_is_held(self, cap: Cap, headline: str) -> None:
        assert rules.words_in(parse(cap(headline=headline)), MATRIX.drill_words)

    @pytest.mark.parametrize("headline", ["Stay indoors", "The latest forecast", "Contested area, protests", "Testimony of damage"])
    def test_a_word_inside_of_another_is_none(self, cap: Cap, headline: str) -> None:
        assert rules.words_in(parse(cap(headline=headline)), MATRIX.drill_words) == ()

    def test_the_note_is_read_too(self, cap: Cap) -> None:
        assert rules.words_in(parse(cap(note="Exercise only")), MATRIX.drill_words) == ("exercise",)


class TestAllClear:
    OVER = "<responseType>AllClear</responseType><urgency>"

    def test_an_update_that_says_so_in_every_part(self, cap: Cap, info: Callable[..., str]) -> None:
        over = info().replace("<urgency>", self.OVER) + info(urgency="Past")
        reference = "s@t.test,earlier,2026-11-20T09:00:00+00:00"
        assert is_over(parse(cap(msgType="Update", references=reference, infos=over)))
        assert not is_over(parse(cap(msgType="Update", references=reference, infos=over + info())))
        assert not is_over(parse(cap(infos=over)))


class TestRefusals:
    @pytest.mark.parametrize("outcome", [Outcome.WINDOW, Outcome.WAITS, Outcome.WITHHELD])
    def test_another_person_releases(self, outcome: Outcome) -> None:
        rules.refuse_release(outcome, "one", "two", stands=True)

    def test_the_author_does_not(self) -> None:
        with pytest.raises(rules.AuthorApprovesError):
            rules.refuse_release(Outcome.WAITS, "one", "one", stands=True)

    @pytest.mark.parametrize("outcome", [Outcome.LOGGED, Outcome.RELEASED, Outcome.LAPSED])
    def test_what_is_closed_stays_closed(self, outcome: Outcome) -> None:
        with pytest.raises(rules.NothingToDecideError):
            rules.refuse_release(outcome, "one", "two", stands=True)

    def test_a_warning_that_stands_no_longer_never_goes_out_late(self) -> None:
        with pytest.raises(rules.NothingToDecideError):
            rules.refuse_release(Outcome.WAITS, "one", "two", stands=False)

    def test_what_went_out_is_not_held_back(self) -> None:
        with pytest.raises(rules.NothingToDecideError):
            rules.refuse_withholding(Outcome.RELEASED)
