"""What may be told in numbers: nobody is found by subtraction."""

from services.complaints.figures.rules import Cell, published, scope_of
from services.complaints.rules import Visibility


class TestSmallCounts:
    def test_a_small_whole_tells_nothing(self) -> None:
        assert published(9, [Cell("country", "SA", 9)]) == []


class TestScope:
    def test_an_analyst_counts_what_is_not_restricted_without_small_counts(self) -> None:
        scope = scope_of(frozenset({"analyst"}), Visibility("a"))
        assert (scope.offices, scope.restricted, scope.exact) == (None, False, False)

    def test_an_office_counts_what_it_holds_but_nothing_about_itself(self) -> None:
        mine = frozenset({"wing-SA"})
        scope = scope_of(frozenset({"wing"}), Visibility("w", offices=mine, restricted_of_office=True, about=mine))
        assert scope == (mine, True, mine, True)

    def test_a_role_without_an_office_counts_nothing(self) -> None:
        assert scope_of(frozenset({"officer"}), Visibility("o")).offices == frozenset()
