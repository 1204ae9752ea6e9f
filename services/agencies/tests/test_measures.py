"""What a method of classification is given, on the real database: whatever the order in which facts come, one answer."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from contracts.complaints import (
    AppealLodged,
    ComplaintMerged,
    RespondentAnswered,
)
from runner.testing import Running
from services.agencies.evidence import repository
from services.agencies.evidence.models import Strike
from services.agencies.tests.telling import (
    COMPLAINT,
    LICENCE,
    NOON,
    SINCE,
    UNTIL,
    add,
    decided,
    fact,
    measured,
    ordered,
    paid,
    received,
    register,
    reopened,
    sent,
    tell,
)


class TestComplaints:
    async def test_only_what_was_upheld_counts(self, agencies: Running) -> None:
        await register(agencies)
        events = [decided(one) for one in ("upheld", "partly", "rejected", "withdrawn", "redirected", "referred")]
        await tell(agencies, *(received(one, record=uuid4()) for one in events))
        found = await measured(agencies)
        assert (found.upheld, found.partly, found.by_category) == (1, 1, {"wages": 2})

    async def test_overturned_it_counts_no_longer(self, agencies: Running) -> None:
        await register(agencies)
        await tell(agencies, received(decided(), 3))
        assert (await measured(agencies)).upheld == 1
        await tell(agencies, received(decided("rejected", previous="upheld", overturns=True), 5))
        assert (await measured(agencies)).upheld == 0

    async def test_before_and_after_it_was_overturned_are_two_days(self, agencies: Running) -> None:
        await register(agencies)
        await tell(agencies, received(decided(), 3))
        between = datetime.now(UTC)
        await tell(agencies, received(decided("rejected"), 5))
        assert (await measured(agencies, known_at=between)).upheld == 1
        assert (await measured(agencies)).upheld == 0

    async def test_the_highest_sequence_holds_in_whatever_order_they_come(self, agencies: Running) -> None:
        await register(agencies)
        await tell(agencies, received(decided("rejected"), 5))
        await tell(agencies, received(decided(), 3))
        assert (await measured(agencies)).upheld == 0

    async def test_reopened_or_merged_it_counts_no_longer(self, agencies: Running) -> None:
        await register(agencies)
        merged = ComplaintMerged(respondent_licence=LICENCE, into=str(uuid4()), merged_at=NOON)
        await tell(agencies, received(decided(), 3), received(reopened(), 4))
        await tell(agencies, received(decided(), 3, record=UUID(int=8)), received(merged, 4, record=UUID(int=8)))
        assert (await measured(agencies)).upheld == 0

    async def test_told_of_twice_it_counts_once(self, agencies: Running) -> None:
        await register(agencies)
        event = received(decided())
        await tell(agencies, event)
        await tell(agencies, event, received(decided(), record=UUID(int=9)))
        assert (await measured(agencies)).upheld == 2

    async def test_laid_at_another_agency_s_door_it_leaves_the_first(self, agencies: Running) -> None:
        await register(agencies, LICENCE, "RL-0002")
        await tell(agencies, received(decided(), 3))
        await tell(agencies, received(decided(respondent_licence="RL-0002", previous="upheld", overturns=True), 4))
        assert (await measured(agencies)).upheld == 0
        assert (await measured(agencies, "RL-0002")).upheld == 1

    async def test_against_somebody_else_or_restricted_it_is_nobody_s(self, agencies: Running) -> None:
        await register(agencies)
        nobody = decided(respondent_kind=None, respondent_licence=None)
        await tell(agencies, received(nobody, restricted=True), received(decided(respondent_kind="employer"), record=UUID(int=2)))
        assert (await measured(agencies)).upheld == 0

    async def test_an_appeal_alone_changes_nothing(self, agencies: Running) -> None:
        await register(agencies)
        appeal = AppealLodged(
            of=str(COMPLAINT), by="respondent", category="wages", country="SA", respondent_licence=LICENCE, lodged_at=NOON
        )
        await tell(agencies, received(decided(), 3), received(appeal, 1, record=uuid4()))
        assert (await measured(agencies)).upheld == 1

    async def test_answers_have_a_median(self, agencies: Running) -> None:
        await register(agencies)
        for days in (2, 4, 21):
            answer = RespondentAnswered(category="wages", respondent_licence=LICENCE, asked_at=NOON, answered_at=NOON, working_days=days)
            await tell(agencies, received(answer, record=uuid4()), received(decided(), 2, record=uuid4()))
        found = await measured(agencies)
        assert (found.answers, found.median_answer_days) == (3, 4.0)


class TestRedress:
    async def test_is_unpaid_until_all_of_it_is_paid(self, agencies: Running) -> None:
        await register(agencies)
        await tell(agencies, received(paid(2_000_000, 3_000_000), 5), received(decided(), 3), received(ordered(), 4))
        found = await measured(agencies)
        assert (found.orders, found.orders_unpaid, found.orders_overdue) == (1, 1, 1)
        assert (found.ordered_minor, found.paid_minor) == (5_000_000, 2_000_000)
        await tell(agencies, received(paid(3_000_000), 6))
        found = await measured(agencies)
        assert (found.orders, found.orders_unpaid, found.paid_minor) == (1, 0, 5_000_000)

    async def test_by_a_decision_falls_with_it(self, agencies: Running) -> None:
        await register(agencies)
        await tell(agencies, received(decided(), 3), received(ordered(), 4), received(decided("rejected"), 5))
        assert (await measured(agencies)).orders == 0

    async def test_by_a_settlement_stands_alone(self, agencies: Running) -> None:
        await register(agencies)
        await tell(agencies, received(decided("withdrawn"), 3), received(ordered(basis="settlement"), 4))
        assert (await measured(agencies)).orders_unpaid == 1

    async def test_in_another_currency_it_is_paid_or_not_and_no_sum(self, agencies: Running) -> None:
        await register(agencies)
        await tell(agencies, received(decided(), 3), received(ordered(currency="SAR"), 4))
        found = await measured(agencies)
        assert (found.orders_unpaid, found.ordered_minor) == (1, 0)


class TestFacts:
    async def test_above_the_ceiling_and_above_zero_are_two_measures(self, agencies: Running) -> None:
        await register(agencies)
        await add(
            agencies,
            fact("fee_charged", amount=9_000_000, ceiling=8_000_000),
            fact("fee_charged", amount=7_000_000, ceiling=8_000_000),
            fact("fee_charged", amount=7_000_000, ceiling=None),
            fact("fee_charged", amount=0, ceiling=0),
        )
        found = await measured(agencies)
        assert (found.fees_known, found.overcharged, found.charged) == (4, 1, 3)

    async def test_a_receipt_for_an_upheld_complaint_is_one_overcharge(self, agencies: Running) -> None:
        await register(agencies)
        await tell(agencies, received(decided(category="overcharged"), 3))
        await add(agencies, fact("fee_charged", amount=9_000_000, ceiling=8_000_000, record=COMPLAINT))
        found = await measured(agencies)
        assert (found.overcharged, found.charged) == (1, 1)

    async def test_what_rests_on_a_complaint_never_speaks_for_the_agency(self, agencies: Running) -> None:
        """Else a complaint that is upheld after all could raise a class, and make an agency known of which nobody told."""
        await register(agencies)
        await add(
            agencies,
            fact("fee_charged", amount=0, ceiling=8_000_000, record=COMPLAINT),
            fact("contract", outcome="given", record=COMPLAINT),
        )
        for sequence, decision in enumerate(("upheld", "rejected", "upheld"), 3):
            await tell(agencies, received(decided(decision), sequence))
            found = await measured(agencies)
            assert (found.fees_known, found.contracts_given) == (0, 0)

    async def test_what_rests_on_a_complaint_falls_with_it(self, agencies: Running) -> None:
        await register(agencies)
        await tell(agencies, received(decided("rejected"), 3))
        await add(agencies, fact("passport", outcome="withheld", record=COMPLAINT), fact("passport", outcome="withheld"))
        assert (await measured(agencies)).passports_withheld == 1

    async def test_each_kind_has_its_measure(self, agencies: Running) -> None:
        await register(agencies)
        await add(
            agencies,
            *(fact("contract", outcome=one) for one in ("given", "given", "missing", "exchanged")),
            *(fact("inspection", outcome=one) for one in ("passed", "passed", "failed")),
            fact("training", workers=30),
            fact("training", workers=12),
            fact("crisis_answer", outcome="answered", days=1),
            fact("crisis_answer", outcome="silent"),
        )
        found = await measured(agencies)
        assert (found.contracts_given, found.contracts_missing, found.trained) == (2, 2, 42)
        assert (found.inspections_passed, found.inspections_failed) == (2, 1)
        assert (found.crisis_asked, found.crisis_answered) == (2, 1)

    async def test_a_conviction_stays_until_it_is_resolved(self, agencies: Running) -> None:
        await register(agencies)
        old, acquitted = fact("offence", outcome="convicted", happened_on=date(2019, 1, 1)), fact("offence", outcome="acquitted")
        await add(agencies, old, acquitted)
        assert (await measured(agencies)).offences_unresolved == 1
        await add(agencies, fact("offence_resolved", about=old.id))
        assert (await measured(agencies)).offences_unresolved == 0

    async def test_outside_the_period_it_does_not_count(self, agencies: Running) -> None:
        await register(agencies)
        await add(agencies, *(fact("inspection", outcome="failed", happened_on=day) for day in (date(2025, 12, 31), date(2027, 1, 1))))
        assert (await measured(agencies)).inspections_failed == 0

    async def test_struck_out_it_does_not_count_and_brought_back_it_does(self, agencies: Running) -> None:
        await register(agencies)
        failed = fact("inspection", outcome="failed")
        await add(agencies, failed)
        seen = []
        for step, struck in enumerate((True, False, True)):
            strike = Strike(id=uuid4(), fact=failed.id, struck=struck, reason="x", made_at=NOON + timedelta(hours=step), made_by="officer")
            await add(agencies, strike)
            seen.append((await measured(agencies)).inspections_failed)
        assert seen == [0, 1, 0]
        assert (await measured(agencies, known_at=NOON + timedelta(minutes=90))).inspections_failed == 1, "as it was known then"


class TestDeployments:
    async def test_nothing_reported_is_not_none_sent(self, agencies: Running) -> None:
        await register(agencies, LICENCE, "RL-0002")
        await add(agencies, sent(0))
        assert (await measured(agencies)).deployed == 0
        assert (await measured(agencies, "RL-0002")).deployed is None

    async def test_are_summed_over_groups_and_years(self, agencies: Running) -> None:
        await register(agencies)
        await add(agencies, sent(10), sent(5, sex="female", skill="domestic"), sent(7, country="MY"), sent(99, year=2025))
        found = await measured(agencies)
        assert (found.deployed, found.deployed_women, list(found.years_reported)) == (22, 5, [2026])

    async def test_a_correction_supersedes_and_the_day_before_it_does_not_know(self, agencies: Running) -> None:
        await register(agencies)
        first = sent(10)
        await add(agencies, first)
        await add(agencies, sent(12, version=2, supersedes=first.id, recorded_at=NOON + timedelta(days=1)))
        assert (await measured(agencies)).deployed == 12
        assert (await measured(agencies, known_at=NOON)).deployed == 10


class TestNarrowed:
    async def test_to_none_is_nothing(self, agencies: Running) -> None:
        await register(agencies)
        async with agencies.sessions() as session:
            assert await repository.measures(session, since=SINCE, until=UNTIL, known_at=NOON, licences=[]) == []


class TestTouched:
    async def test_both_agencies_that_a_complaint_named(self, agencies: Running) -> None:
        await register(agencies, "RL-0001", "RL-0002", "RL-0003")
        await tell(agencies, received(decided(), 3))
        await tell(agencies, received(decided(respondent_licence="RL-0002"), 4))
        async with agencies.sessions() as session:
            touched = (await session.execute(text("select licence from agency where evidence_changed_at is not null order by 1"))).scalars()
            assert list(touched) == ["RL-0001", "RL-0002"]


STORY = (
    (decided("upheld"), 2),
    (ordered(), 3),
    (paid(1_000_000, 4_000_000), 4),
    (reopened(), 5),
    (decided("partly", previous="upheld", overturns=True), 6),
    (paid(4_000_000), 7),
)


class TestAnyOrder:
    @pytest.mark.parametrize("batch", [1, 3])
    @given(order=st.permutations(range(len(STORY))), repeated=st.lists(st.sampled_from(range(len(STORY))), max_size=3))
    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    async def test_of_one_complaint_s_events_gives_the_same_measures(
        self, agencies: Running, order: Sequence[int], repeated: Sequence[int], batch: int
    ) -> None:
        await agencies.empty()
        await register(agencies)
        events = [received(event, sequence, event_id=UUID(int=100 + sequence)) for event, sequence in STORY]
        told = [events[place] for place in [*order, *repeated]]
        for start in range(0, len(told), batch):
            await tell(agencies, *told[start : start + batch])
        found = await measured(agencies)
        assert (found.upheld, found.partly, found.orders, found.orders_unpaid, found.paid_minor) == (0, 1, 1, 0, 5_000_000)
