"""What every new warning begins with, in the transaction that takes it in, and how its decision lapses with it."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.crisis import Certainty, MessageStatus, Severity, Urgency
from kit import timer
from services.crisis.decisions import lists, repository, rules
from services.crisis.decisions.models import AlertDecision
from services.crisis.sources.rules import Trust
from services.crisis.warnings.cap import Message
from services.crisis.warnings.repository import Record

MATRICES: Final = lists.load()
WINDOW_ENDS: Final = "window-ends"


async def open_decision(session: AsyncSession, record: Record, message: Message, origin: rules.Origin, trust: Trust) -> AlertDecision:
    """Called once for each warning that stands when it comes."""
    alert = record.alert
    inputs, matrix, made = _decided(record, message, origin, trust, alert.raised_at)
    decision = AlertDecision(
        alert_id=alert.id,
        is_drill=inputs.status is not MessageStatus.ACTUAL,
        version=1,
        level=made.level,
        outcome=made.outcome,
        moment=made.moment,
        rule_version=matrix.version,
        inputs=asdict(inputs),
        reasons=list(made.reasons),
        author=alert.raised_by,
        made_at=alert.raised_at,
        due=made.due,
    )
    await repository.add(session, decision)
    if made.due is not None:
        await timer.schedule(session, made.due, WINDOW_ENDS, alert.id)
    return decision


async def decide_again(session: AsyncSession, record: Record, message: Message, trust: Trust) -> None:
    """The same message by a way that is trusted more: while nobody has decided, its window begins now."""
    decision = await repository.locked(session, record.alert.id)
    if decision is None or decision.outcome not in {rules.Outcome.WAITS, rules.Outcome.LOGGED}:
        return
    inputs, matrix, made = _decided(record, message, rules.Origin.OFFICIAL, trust, datetime.now(UTC))
    decision.level, decision.moment, decision.rule_version = made.level, made.moment, matrix.version
    decision.outcome, decision.reasons, decision.due = made.outcome, list(made.reasons), made.due
    decision.inputs = asdict(inputs)
    decision.version += 1
    await session.flush()
    if made.due is not None:
        await timer.schedule(session, made.due, WINDOW_ENDS, record.alert.id)


def _decided(
    record: Record, message: Message, origin: rules.Origin, trust: Trust, now: datetime
) -> tuple[rules.Inputs, lists.Matrix, rules.Decision]:
    alert = record.alert
    matrix = lists.in_force(MATRICES, now.date())
    inputs = rules.Inputs(
        severity=Severity(alert.severity),
        urgency=Urgency(alert.urgency),
        certainty=Certainty(alert.certainty),
        origin=origin,
        status=MessageStatus(alert.message_status),
        in_jurisdiction=rules.within(record.countries, trust.jurisdiction),
        all_clear=rules.is_all_clear(message),
        trust_tier=trust.tier,
        drill_words=rules.drill_words_in(message, matrix.drill_words),
    )
    return inputs, matrix, rules.decide(inputs, matrix, now)


async def lapse(session: AsyncSession, alert_id: UUID, now: datetime) -> None:
    """What was replaced or taken back before it went out never goes out."""
    decision = await repository.locked(session, alert_id)
    if decision is not None and decision.outcome in {rules.Outcome.WINDOW, rules.Outcome.WAITS, rules.Outcome.WITHHELD}:
        decision.outcome, decision.decided_at = rules.Outcome.LAPSED, now
        decision.version += 1
        await timer.cancel(session, WINDOW_ENDS, alert_id)
