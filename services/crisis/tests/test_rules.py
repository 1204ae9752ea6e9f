from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from contracts.crisis import MessageStatus, Severity
from services.crisis.duty import rules as duty
from services.crisis.warnings import rules
from services.crisis.warnings.cap import parse
from services.crisis.warnings.rules import Sight, State, Status

Cap = Callable[..., bytes]
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


MISSIONS = {"LWW-BEIRUT": ["LB"], "LWW-AMMAN": ["JO"]}


class TestRefuseFuture:
    def test_a_small_skew_passes(self) -> None:
        rules.refuse_future(NOW + timedelta(minutes=5), NOW, 5)

    def test_beyond_the_skew_is_refused(self) -> None:
        with pytest.raises(rules.FromTheFutureError, match="5 minutes"):
            rules.refuse_future(NOW + timedelta(minutes=5, seconds=1), NOW, 5)


class TestStatusOf:
    @pytest.mark.parametrize(
        ("state", "expires", "acknowledged", "status"),
        [
            (State.STANDING, None, False, Status.RAISED),
            (State.STANDING, None, True, Status.ACKNOWLEDGED),
            (State.STANDING, NOW, True, Status.EXPIRED),
            (State.STANDING, NOW + timedelta(seconds=1), False, Status.RAISED),
            (State.SUPERSEDED, NOW, True, Status.SUPERSEDED),
            (State.CANCELLED, None, True, Status.CANCELLED),
        ],
    )
    def test_follows_state_clock_and_acknowledgement(
        self, state: State, expires: datetime | None, *, acknowledged: bool, status: Status
    ) -> None:
        assert rules.status_of(state, expires, NOW, acknowledged=acknowledged) is status


class TestAcknowledging:
    def test_a_wing_acknowledges_for_its_own_mission_only(self) -> None:
        assert duty.acknowledging(State.STANDING, MISSIONS, [], lambda code: code == "LB") == ["LWW-BEIRUT"]

    def test_a_second_time_nothing_is_left_to_note(self) -> None:
        assert duty.acknowledging(State.STANDING, MISSIONS, ["LWW-BEIRUT"], lambda code: code == "LB") == []

    def test_who_covers_none_of_its_countries_is_refused(self) -> None:
        with pytest.raises(rules.NotYourCountryError):
            duty.acknowledging(State.STANDING, MISSIONS, [], lambda code: code == "SA")

    def test_what_stands_no_longer_is_refused(self) -> None:
        with pytest.raises(duty.NothingToAcknowledgeError):
            duty.acknowledging(State.CANCELLED, MISSIONS, [], lambda _: True)

    def test_repeating_it_after_the_cancel_changes_nothing(self) -> None:
        assert duty.acknowledging(State.CANCELLED, MISSIONS, list(MISSIONS), lambda _: True) == []


class TestSight:
    @pytest.mark.parametrize("role", ["agent", "supervisor", "analyst", "auditor", "admin", "service"])
    def test_some_see_all(self, role: str) -> None:
        assert rules.sight([role], frozenset()) == Sight(everything=True)

    def test_a_wing_sees_its_countries(self) -> None:
        seen = rules.sight(["wing"], frozenset({"LB"}))
        assert (seen.covers("LB"), seen.covers("SA")) == (True, False)

    def test_a_wing_without_countries_sees_nothing(self) -> None:
        assert rules.sight(["wing"], frozenset()) == Sight()

    def test_others_see_nothing_whatever_their_countries(self) -> None:
        assert not rules.sight(["ngo"], frozenset({"*"})).covers("LB")


class TestTitle:
    def test_is_made_of_codes_in_both_languages(self) -> None:
        title = rules.title(Severity.EXTREME, MessageStatus.ACTUAL, ["LB", "SY"])
        assert title.en == "Extreme danger · Lebanon, Syria"
        assert title.bn == "চরম বিপদ · লেবানন, সিরিয়া"

    def test_a_drill_says_so_first(self) -> None:
        title = rules.title(Severity.SEVERE, MessageStatus.EXERCISE, ["LB"])
        assert title.en.startswith("EXERCISE, not real")
        assert title.bn.startswith("মহড়া")


class TestReadingAMessage:
    def test_the_gravest_information_speaks_for_it(self, cap: Cap, info: Callable[..., str]) -> None:
        chosen = rules.principal(parse(cap(infos=info(severity="Minor") + info(severity="Unknown") + info(severity="Severe"))))
        assert chosen is not None
        assert chosen.severity is Severity.SEVERE

    def test_takes_one_headline_of_each_language(self, cap: Cap, info: Callable[..., str]) -> None:
        infos = info(language="ar", headline="أ") + info(language="en-US", headline="A") + info(language="en-GB", headline="B")
        assert rules.headlines(parse(cap(infos=infos))) == {"ar": "أ", "en": "A"}
