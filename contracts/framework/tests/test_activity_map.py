import re
from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from contracts.framework.activity_map import ActivityMap, activities_for, load_map
from contracts.framework.register import load

DAY = date(2026, 11, 23)
LODGED = "bd.probashi.complaints.complaint.lodged.v1"


def entry(**changes: object) -> dict[str, object]:
    reason = {"en": "Because.", "bn": "কারণ।"}
    return {"event": LODGED, "activity": "4.4.2.3", "since": date(2026, 1, 1), "reason": reason, "source": "Framework"} | changes


def map_of(*entries: dict[str, object]) -> ActivityMap:
    return ActivityMap.model_validate({"version": 1, "as_of": DAY, "entries": entries})


class TestPublishedMap:
    @pytest.mark.parametrize(
        ("event_type", "activities"),
        [
            (LODGED, ("4.4.2.3",)),
            ("bd.probashi.complaints.complaint.decided.v1", ("4.4.2.3",)),
            ("bd.probashi.complaints.redress.paid.v1", ("4.4.2.3",)),
            ("bd.probashi.complaints.redress.ordered.v1", ()),
            ("bd.probashi.complaints.referral.answered.v1", ()),
            ("bd.probashi.complaints.respondent.answered.v1", ("2.4.1.1",)),
            ("bd.probashi.agencies.agency.registered.v1", ("4.4.2.2",)),
            ("bd.probashi.agencies.agency.classified.v1", ("4.4.2.2", "2.4.1.1")),
            ("bd.probashi.reintegration.returnee.registered.v1", ("6.3.1.1", "2.5.1.1")),
            ("bd.probashi.reintegration.case.opened.v1", ("6.3.2.1",)),
            ("bd.probashi.crisis.alert.raised.v1", ("5.2.1.1",)),
            ("bd.probashi.crisis.alert.acknowledged.v1", ("5.2.1.1", "5.1.6.1")),
        ],
    )
    def test_event_counts_for(self, event_type: str, activities: tuple[str, ...]) -> None:
        assert activities_for(event_type, DAY) == activities

    def test_an_unknown_event_counts_for_nothing(self) -> None:
        assert activities_for("bd.probashi.complaints.complaint.withdrawn.v1", DAY) == ()

    def test_an_event_before_the_map_began_counts_for_nothing(self) -> None:
        assert activities_for(LODGED, min(e.since for e in load_map().entries) - timedelta(days=1)) == ()

    def test_reasons_stand_in_both_scripts(self) -> None:
        for one in load_map().entries:
            assert not re.search("[\u0980-\u09ff]", one.reason.en), one
            assert re.search("[\u0980-\u09ff]", one.reason.bn), one
            assert not re.search("[A-Za-z]", one.reason.bn), one
            assert one.source, one

    def test_claims_nothing_that_software_cannot_do(self) -> None:
        assert [e for e in load_map().entries if load().activity(e.activity).system == "none"] == []


class TestDates:
    def test_until_is_the_first_day_that_no_longer_counts(self) -> None:
        closed = map_of(entry(until=date(2026, 6, 1)), entry(since=date(2026, 6, 1), activity="2.4.1.1"))
        assert [e.activity for e in closed.entries_for(LODGED, date(2026, 1, 1))] == ["4.4.2.3"]
        assert [e.activity for e in closed.entries_for(LODGED, date(2026, 5, 31))] == ["4.4.2.3"]
        assert [e.activity for e in closed.entries_for(LODGED, date(2026, 6, 1))] == ["2.4.1.1"]

    def test_the_same_pair_may_follow_itself(self) -> None:
        again = map_of(entry(until=date(2026, 6, 1)), entry(since=date(2026, 6, 1)))
        assert len(again.entries_for(LODGED, date(2026, 6, 1))) == 1


class TestRefusals:
    def test_an_unknown_activity(self) -> None:
        with pytest.raises(ValidationError, match=r"unknown activity 4\.4\.2\.9"):
            map_of(entry(activity="4.4.2.9"))

    def test_an_end_before_the_beginning(self) -> None:
        with pytest.raises(ValidationError, match="before it begins"):
            map_of(entry(until=date(2025, 1, 1)))

    def test_a_pair_that_would_count_twice(self) -> None:
        with pytest.raises(ValidationError, match="count twice"):
            map_of(entry(until=date(2026, 6, 1)), entry(since=date(2026, 5, 31)))

    @pytest.mark.parametrize("event_type", ["complaints.complaint.lodged.v1", "bd.probashi.complaints.lodged.v1", f"{LODGED}x"])
    def test_a_name_that_is_no_event_type(self, event_type: str) -> None:
        with pytest.raises(ValidationError, match="event"):
            map_of(entry(event=event_type))
