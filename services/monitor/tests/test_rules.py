from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.monitor.rules import Evidence, evidence_by_activity

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def by_day(event_type: str, day: date) -> tuple[str, ...]:
    """A map that changed on the first of June."""
    return {"lodged": ("4.4.2.3",) if day < date(2026, 6, 1) else ("4.4.2.3", "4.4.2.5")}.get(event_type, ())


class TestEvidenceByActivity:
    def test_counts_for_the_activities_of_its_day(self) -> None:
        tallies = [("lodged", date(2026, 5, 31), 3, NOON), ("lodged", date(2026, 6, 1), 2, NOON + timedelta(days=31))]
        assert evidence_by_activity(tallies, by_day) == {
            "4.4.2.3": Evidence(5, NOON + timedelta(days=31)),
            "4.4.2.5": Evidence(2, NOON + timedelta(days=31)),
        }

    def test_an_event_that_the_map_does_not_know_counts_for_nothing(self) -> None:
        assert evidence_by_activity([("unheard", date(2026, 5, 1), 9, NOON)], by_day) == {}

    @given(st.lists(st.tuples(st.just("lodged"), st.dates(date(2026, 1, 1), date(2026, 5, 31)), st.integers(1, 9), st.just(NOON))))
    def test_nothing_is_lost_and_order_does_not_matter(self, tallies: list[tuple[str, date, int, datetime]]) -> None:
        found = evidence_by_activity(tallies, by_day)
        assert sum(one.facts for one in found.values()) == sum(facts for _, _, facts, _ in tallies)
        assert found == evidence_by_activity(tallies[::-1], by_day)
