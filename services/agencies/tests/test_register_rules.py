"""A licence's history: what may follow what, and where it stood on a day, as it was known on another."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.agencies.register import rules
from services.agencies.register.rules import Step, StepKind, check, first_steps, known, standing
from services.agencies.rules import LicenceStatus

BEGUN = datetime(2024, 1, 1, tzinfo=UTC)
LATER = datetime(2099, 1, 1, tzinfo=UTC)


def step(kind: StepKind, day: str, until: str | None = None, *, recorded: int = 0, supersedes: UUID | None = None) -> Step:
    """`recorded`: in which hour after the beginning."""
    hearing = True if kind is StepKind.SUSPENDED else None
    at = BEGUN + timedelta(hours=recorded)
    return Step(uuid4(), kind, date.fromisoformat(day), at, date.fromisoformat(until) if until else None, hearing, supersedes)


ISSUED = step(StepKind.ISSUED, "2020-01-01", "2022-12-31")
RENEWED = step(StepKind.RENEWED, "2023-01-01", "2025-12-31", recorded=1)
SUSPENDED = step(StepKind.SUSPENDED, "2024-03-01", recorded=2)
LIFTED = step(StepKind.SUSPENSION_LIFTED, "2024-06-01", recorded=3)
CANCELLED = step(StepKind.CANCELLED, "2024-09-01", recorded=4)
RESTORED = step(StepKind.RESTORED, "2024-12-01", recorded=5)
LIFE = [ISSUED, RENEWED, SUSPENDED, LIFTED, CANCELLED, RESTORED]


def status(day: str, steps: list[Step] | None = None) -> str | None:
    found = standing(known(steps or LIFE, LATER), date.fromisoformat(day))
    return None if found is None else found.status.value


class TestStanding:
    @pytest.mark.parametrize(
        ("day", "expected"),
        [
            ("2019-12-31", None),
            ("2020-01-01", "valid"),
            ("2022-12-31", "valid"),
            ("2023-01-01", "valid"),
            ("2024-02-29", "valid"),
            ("2024-03-01", "suspended"),
            ("2024-05-31", "suspended"),
            ("2024-06-01", "valid"),
            ("2024-09-01", "cancelled"),
            ("2024-12-01", "valid"),
            ("2025-12-31", "valid"),
            ("2026-01-01", "expired"),
        ],
    )
    def test_on_each_day_of_a_life(self, day: str, expected: str | None) -> None:
        assert status(day) == expected

    def test_expires_in_the_gap_between_two_terms(self) -> None:
        late = step(StepKind.RENEWED, "2023-02-01", "2026-01-31", recorded=1)
        assert [status(day, [ISSUED, late]) for day in ("2022-12-31", "2023-01-31", "2023-02-01")] == ["valid", "expired", "valid"]

    def test_valid_since_the_first_day_without_a_gap_or_a_suspension(self) -> None:
        found = standing(known([ISSUED, RENEWED], LATER), date(2024, 1, 1))
        assert found is not None
        assert (found.since, found.valid_until) == (date(2020, 1, 1), date(2025, 12, 31))
        found = standing(known(LIFE[:4], LATER), date(2024, 7, 1))
        assert found is not None
        assert found.since == date(2024, 6, 1)

    def test_a_cancellation_outweighs_a_suspension_and_that_the_end_of_a_term(self) -> None:
        assert status("2026-06-01", LIFE[:3]) == "suspended"
        assert status("2026-06-01", [*LIFE[:3], CANCELLED]) == "cancelled"

    def test_restored_it_is_suspended_no_longer(self) -> None:
        assert status("2025-01-01", [*LIFE[:3], CANCELLED, RESTORED]) == "valid"


class TestKnown:
    def test_yesterday_did_not_know_of_today_s_correction(self) -> None:
        error = step(StepKind.CANCELLED, "2024-02-01", recorded=2)
        undone = step(StepKind.WITHDRAWN, "2024-02-01", recorded=9, supersedes=error.id)
        steps = [ISSUED, RENEWED, error, undone]
        before, after = BEGUN + timedelta(hours=5), BEGUN + timedelta(hours=9)
        day = date(2024, 5, 1)
        found = [standing(known(steps, at), day) for at in (before, after)]
        assert [one.status for one in found if one] == ["cancelled", "valid"]

    def test_a_corrected_day_holds_from_the_recording_on(self) -> None:
        moved = replace(SUSPENDED, id=uuid4(), true_from=date(2024, 2, 1), recorded_at=BEGUN + timedelta(hours=9), supersedes=SUSPENDED.id)
        steps = [*LIFE[:3], moved]
        assert standing(known(steps, BEGUN + timedelta(hours=8)), date(2024, 2, 10)).status == "valid"  # type: ignore[union-attr]
        assert status("2024-02-10", steps) == "suspended"

    def test_a_correction_may_be_corrected(self) -> None:
        second = step(StepKind.CANCELLED, "2024-10-01", recorded=8, supersedes=CANCELLED.id)
        third = step(StepKind.WITHDRAWN, "2024-10-01", recorded=9, supersedes=second.id)
        assert status("2024-11-01", [ISSUED, RENEWED, CANCELLED, second, third]) == "valid"


class TestWhatMayFollowWhat:
    def test_a_life_holds_together(self) -> None:
        check(known(LIFE, LATER))

    @pytest.mark.parametrize(
        ("wrong", "error"),
        [
            (step(StepKind.RENEWED, "2022-12-31", "2025-12-30", recorded=9), rules.TermsOverlapError),
            (step(StepKind.RENEWED, "2019-06-01", "2020-01-01", recorded=9), rules.NotBegunError),
            (step(StepKind.RENEWED, "2024-01-01", "2024-12-31", recorded=9), rules.TermsOverlapError),
            (step(StepKind.ISSUED, "2026-01-01", "2028-12-31", recorded=9), rules.IssuedTwiceError),
            (step(StepKind.SUSPENDED, "2019-01-01", recorded=9), rules.NotBegunError),
            (step(StepKind.SUSPENDED, "2024-04-01", recorded=9), rules.WrongStateError),
            (step(StepKind.SUSPENDED, "2024-10-01", recorded=9), rules.WrongStateError),
            (step(StepKind.SUSPENSION_LIFTED, "2024-07-01", recorded=9), rules.WrongStateError),
            (step(StepKind.CANCELLED, "2024-10-01", recorded=9), rules.WrongStateError),
            (step(StepKind.RESTORED, "2024-01-01", recorded=9), rules.WrongStateError),
        ],
    )
    def test_the_rest_does_not(self, wrong: Step, error: type[Exception]) -> None:
        with pytest.raises(error):
            check(known([*LIFE, wrong], LATER))

    def test_the_refusal_names_both_terms(self) -> None:
        with pytest.raises(rules.TermsOverlapError) as refused:
            check(known([ISSUED, step(StepKind.RENEWED, "2022-06-01", "2025-05-31")], LATER))
        assert refused.value.detail is not None
        assert "2020-01-01 to 2022-12-31" in refused.value.detail.en
        assert "২০২২-০৬-০১" in refused.value.detail.bn


class TestFirstSteps:
    def test_a_term_of_three_years_ends_on_its_last_day(self) -> None:
        today = date(2026, 11, 25)
        assert first_steps(LicenceStatus.VALID, date(2028, 6, 30), None, today) == [
            (StepKind.ISSUED, date(2025, 7, 1), date(2028, 6, 30), None)
        ]

    def test_a_leap_day_is_no_trap(self) -> None:
        assert first_steps(LicenceStatus.VALID, date(2028, 2, 28), None, date(2026, 1, 1))[0][1] == date(2025, 2, 28)

    @given(st.sampled_from(list(LicenceStatus)), st.dates(date(1990, 1, 1), date(2099, 1, 1)), st.dates(date(2010, 1, 1), date(2030, 1, 1)))
    def test_say_on_that_day_what_the_list_said(self, listed: LicenceStatus, valid_until: date, today: date) -> None:
        made = [
            Step(uuid4(), kind, since, BEGUN, until, hearing)
            for kind, since, until, hearing in first_steps(listed, valid_until, None, today)
        ]
        check(known(made, LATER))
        found = standing(known(made, LATER), today)
        assert found is not None
        over = valid_until < today
        expected = {LicenceStatus.VALID, LicenceStatus.EXPIRED} if listed is LicenceStatus.EXPIRED else {listed}
        assert found.status in ({LicenceStatus.EXPIRED} if over and listed in {"valid", "expired"} else expected)


@st.composite
def lives(draw: st.DrawFn) -> list[Step]:
    """Legal histories: each step at least a day after the one before it."""
    day, state, steps = date(2010, 1, 1), "valid", [Step(UUID(int=1), StepKind.ISSUED, date(2010, 1, 1), BEGUN, date(2012, 12, 31))]
    following = {
        "valid": [(StepKind.SUSPENDED, "suspended"), (StepKind.CANCELLED, "cancelled")],
        "suspended": [(StepKind.SUSPENSION_LIFTED, "valid"), (StepKind.CANCELLED, "cancelled")],
        "cancelled": [(StepKind.RESTORED, "valid")],
    }
    for number in range(draw(st.integers(0, 8))):
        day += timedelta(days=draw(st.integers(1, 300)))
        kind, state = draw(st.sampled_from(following[state]))
        hearing = draw(st.booleans()) if kind is StepKind.SUSPENDED else None
        steps.append(Step(UUID(int=number + 2), kind, day, BEGUN + timedelta(hours=number), None, hearing))
    return steps


class TestAnyLife:
    @given(lives())
    def test_holds_together_and_never_expires_unseen(self, steps: list[Step]) -> None:
        check(known(steps, LATER))
        assert standing(known(steps, LATER), date(2009, 12, 31)) is None
        last = standing(known(steps, LATER), date(2050, 1, 1))
        assert last is not None
        assert last.status is not LicenceStatus.VALID, "the only term ended in 2012"

    @given(lives(), st.randoms())
    def test_reads_the_same_in_whatever_order_it_is_given(self, steps: list[Step], chance: object) -> None:
        mixed = list(steps)
        chance.shuffle(mixed)  # type: ignore[attr-defined]  # Hypothesis' own random.Random
        for day in {step.true_from for step in steps}:
            assert standing(known(mixed, LATER), day) == standing(known(steps, LATER), day)

    @given(lives(), st.integers(0, 8))
    def test_taking_a_step_back_gives_the_life_without_it_unless_it_breaks(self, steps: list[Step], place: int) -> None:
        target = steps[place % len(steps)]
        undone = Step(uuid4(), StepKind.WITHDRAWN, target.true_from, LATER - timedelta(days=1), supersedes=target.id)
        without = [step for step in steps if step is not target]
        assert known([*steps, undone], LATER) == known(without, LATER)
        assert known([*steps, undone], LATER - timedelta(days=2)) == known(steps, LATER)
