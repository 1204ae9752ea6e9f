"""Use cases: a warning goes out, by a second person or when its window ends, or is held back."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.crisis import AlertReleased, MessageStatus, Severity
from kit import timer
from kit.auth import Caller
from kit.errors import NotFoundError
from kit.outbox import emit
from kit.timer import DueTimer
from kit.versions import check_version
from services.crisis.decisions import repository, rules
from services.crisis.decisions.deciding import WINDOW_ENDS, lapse
from services.crisis.decisions.models import AlertDecision
from services.crisis.decisions.schemas import DecisionOut
from services.crisis.handover import service as handover
from services.crisis.sources.rules import APPROVED_BY_TWO
from services.crisis.warnings import repository as warnings
from services.crisis.warnings.models import Alert
from services.crisis.warnings.repository import Record
from services.crisis.warnings.rules import Sight, State, posting, refuse_foreign
from services.crisis.warnings.service import viewer_of, visible


async def get_decision(session: AsyncSession, caller: Caller, alert_id: UUID) -> DecisionOut:
    """Raises `NotFoundError` also for a warning outside of the caller's sight, and for one that never stood."""
    await visible(session, alert_id, viewer_of(caller, datetime.now(UTC)).sight)
    return DecisionOut.of(_known(await repository.find(session, alert_id)), caller.subject)


async def release(session: AsyncSession, caller: Caller, alert_id: UUID, expected: int) -> DecisionOut:
    """The second pair of eyes. Raises what `rules.refuse_release` and `warnings.rules.refuse_foreign` refuse."""
    now = datetime.now(UTC)
    record, decision = await _for_change(session, caller, alert_id, expected)
    rules.refuse_release(rules.Outcome(decision.outcome), decision.author, caller.subject, stands=_stands(record.alert, now))
    await timer.cancel(session, WINDOW_ENDS, alert_id)
    await _go_out(session, record, decision, caller.subject, now)
    return DecisionOut.of(decision, caller.subject)


async def withhold(session: AsyncSession, caller: Caller, alert_id: UUID, expected: int) -> DecisionOut:
    now = datetime.now(UTC)
    _, decision = await _for_change(session, caller, alert_id, expected)
    rules.refuse_withholding(rules.Outcome(decision.outcome))
    await timer.cancel(session, WINDOW_ENDS, alert_id)
    _close(decision, rules.Outcome.WITHHELD, caller.subject, now)
    await session.flush()
    await warnings.add_change(session, alert_id, decision.outcome)
    return DecisionOut.of(decision, caller.subject)


async def release_when_window_ends(session: AsyncSession, due: DueTimer) -> None:
    """The window's own act, once: what was decided, replaced, taken back or has expired meanwhile stays in."""
    now = datetime.now(UTC)
    await warnings.one_at_a_time(session)
    record = await warnings.find_alert(session, due.record, Sight(everything=True))
    decision = await repository.locked(session, due.record)
    if record is None or decision is None or decision.outcome != rules.Outcome.WINDOW:
        return
    if _stands(record.alert, now):
        await _go_out(session, record, decision, None, now)
    else:
        await lapse(session, due.record, now)


async def _for_change(session: AsyncSession, caller: Caller, alert_id: UUID, expected: int) -> tuple[Record, AlertDecision]:
    await warnings.one_at_a_time(session)
    record = await visible(session, alert_id, viewer_of(caller, datetime.now(UTC)).sight)
    refuse_foreign(record.countries, (record.countries,), posting(caller.roles, caller.countries))
    await handover.refuse_given_away(session, caller, record.countries)
    decision = _known(await repository.locked(session, alert_id))
    check_version(expected, decision.version)
    return record, decision


async def _go_out(session: AsyncSession, record: Record, decision: AlertDecision, by: str | None, now: datetime) -> None:
    alert = record.alert
    _close(decision, rules.Outcome.RELEASED, by, now)
    if by is not None and decision.inputs["origin"] == rules.Origin.OFFICER and alert.trust_tier == 0:
        alert.trust_tier = APPROVED_BY_TWO
    await session.flush()
    await warnings.add_change(session, alert.id, decision.outcome)
    event = AlertReleased(
        message_status=MessageStatus(alert.message_status),
        severity=Severity(alert.severity),
        level=decision.level,
        by_itself=by is None,
        countries=tuple(record.countries),
        missions=tuple(record.missions),
        raised_at=alert.raised_at,
        released_at=now,
    )
    # The id as asyncpg reads it is a UUID of its own, which the envelope cannot be written with.
    await emit(session, event, subject=alert.id, sequence=await warnings.next_version(session, alert.id))


def _close(decision: AlertDecision, outcome: rules.Outcome, by: str | None, now: datetime) -> None:
    decision.outcome, decision.decided_by, decision.decided_at = outcome, by, now
    decision.version += 1


def _stands(alert: Alert, now: datetime) -> bool:
    return alert.state == State.STANDING and (alert.expires is None or alert.expires > now)


def _known(decision: AlertDecision | None) -> AlertDecision:
    if decision is None:
        raise NotFoundError
    return decision
