"""Every sealed column is erased by somebody: a new one fails here until it is said when."""

from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import LargeBinary
from sqlmodel import SQLModel

from services.complaints.retention import rules
from services.complaints.retention.lists import PERIODS
from services.complaints.retention.rules import CLASSES, KEPT, KEPT_COLUMNS

SERVICE = Path(__file__).parents[2]
TIMES = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=36_500)).map(lambda since: datetime(1990, 1, 1, tzinfo=UTC) + since)


def sealed_columns() -> set[tuple[str, str]]:
    found = set()
    for file in sorted(SERVICE.rglob("models.py")):
        module = import_module(".".join(("services", *file.relative_to(SERVICE.parent).with_suffix("").parts)))
        models = [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, SQLModel)]
        tables = [table for one in models if (table := getattr(one, "__table__", None)) is not None]
        found |= {(table.name, column.name) for table in tables for column in table.columns if isinstance(column.type, LargeBinary)}
    return found


class TestEveryColumn:
    def test_is_erased_or_kept_for_a_reason(self) -> None:
        known = {column for every in CLASSES.values() for words in every for column in words.columns}
        left = {(table, name) for table, name in sealed_columns() - known - KEPT_COLUMNS if table not in KEPT}
        assert left == set(), "say in retention/rules.py when these are erased"

    def test_that_is_named_is_there(self) -> None:
        named = {column for every in CLASSES.values() for words in every for column in words.columns if column[0] not in KEPT}
        assert named - sealed_columns() == set()

    def test_of_a_class_has_a_period(self) -> None:
        assert set(PERIODS.years) == set(CLASSES)
        assert "illustrative" in PERIODS.source


class TestIsOver:
    @given(ended=TIMES, years=st.integers(min_value=1, max_value=40), now=TIMES)
    def test_never_before_its_time_and_never_on_hold(self, ended: datetime, years: int, now: datetime) -> None:
        assert not rules.is_over(ended, years, now, on_hold=True)
        assert not rules.is_over(None, years, now, on_hold=False)
        assert rules.is_over(ended, years, now, on_hold=False) == (now - ended >= rules.span(years))

    @given(years=st.integers(min_value=1, max_value=99))
    def test_a_longer_period_is_longer(self, years: int) -> None:
        assert rules.span(years) < rules.span(years + 1)
        assert rules.span(years) >= timedelta(days=365 * years)
