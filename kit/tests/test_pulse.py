"""How long a loop waits when nothing is to be done."""

from datetime import UTC, datetime, timedelta

import pytest

from kit.pulse import LOCKED_S, seconds_until

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due_s", "expected"),
    [
        pytest.param(None, 10.0, id="nothing is known"),
        pytest.param(0.2, 0.2, id="soon, and not a moment later"),
        pytest.param(60.0, 10.0, id="later than a look must wait"),
        pytest.param(0.0, LOCKED_S, id="due now and another replica's"),
        pytest.param(-5.0, LOCKED_S, id="due long since: never in a tight round"),
    ],
)
def test_waits_until_what_is_due_next(due_s: float | None, expected: float) -> None:
    due = None if due_s is None else NOW + timedelta(seconds=due_s)
    assert seconds_until(due, NOW, 10.0) == pytest.approx(expected)
