"""Amounts as people write them: digits of both scripts, grouping of any kind, and never a paisa lost or made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.text import in_bengali_digits
from services.portal.language import written_out
from services.portal.redress.rules import smallest_units


@given(st.integers(0, 10**15), st.integers(0, 3))
def test_what_is_written_out_is_read_as_the_same(units: int, places: int) -> None:
    assert smallest_units(written_out(units, places), places) == units
    assert smallest_units(in_bengali_digits(written_out(units, places)), places) == units


@given(st.text(max_size=30), st.integers(0, 3))
def test_any_text_is_an_amount_or_none(written: str, places: int) -> None:
    found = smallest_units(written, places)
    assert found is None or isinstance(found, int)


@pytest.mark.parametrize(
    ("written", "places", "units"),
    [
        ("২,০০,০০০", 2, 20_000_000),
        ("200000", 2, 20_000_000),
        ("2,00,000/-", 2, 20_000_000),
        ("৳ ১৫০.৫০", 2, 15_050),
        ("12.345", 3, 12_345),
        ("12.345", 2, None),
        ("দুই লাখ", 2, None),
        ("", 2, None),
        ("1e400", 2, None),
        ("NaN", 2, None),
        ("inf", 0, None),
    ],
)
def test_a_few(written: str, places: int, units: int | None) -> None:
    assert smallest_units(written, places) == units


@pytest.mark.parametrize(("units", "written"), [(123_456_750, "12,34,567.50"), (20_000_000, "2,00,000"), (0, "0")])
def test_grouped_as_in_bangladesh(units: int, written: str) -> None:
    assert written_out(units, 2) == written
