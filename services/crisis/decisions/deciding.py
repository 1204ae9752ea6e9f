"""What every new warning begins with, in the transaction that takes it in, and how its decision lapses with it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.crisis import Certainty, MessageStatus, Severity, Urgency
from kit import timer
from services.crisis.decisions import lists, repository, rules
from services.crisis.decisions.models import AlertDecision
from services.crisis.lineage.rules import is_over
from services.crisis.paging import service as paging
from services.crisis.warnings.cap import Message
from services.crisis.warnings.models import Alert
from services.crisis.warnings.rules import principal

MATRICES: Final = lists.load()
WINDOW_ENDS: Final = "window-ends"
# What lapsed because of a message that nobody stands for stands again once somebody stands for the warning.
OPEN_TO_TRUST: Final = frozenset({rules.Outcome.WAITS, rules.Outcome.LOGGED, rules.Outcome.LAPSED})


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a decision rests on beside the words of the message."""

    origin: rules.Origin
    trust_tier: int
    in_jurisdiction: bool
    twin_level: int | None = None


def decided(message: Message, circumstances: Circumstances, now: datetime) -> tuple[rules.Inputs, lists.Matrix, rules.Decision]:
    """By the matrix in force on that day: the same whenever it is asked again."""
    matrix = lists.in_force(MATRICES, now.date())
    info = principal(message)
    inputs = rules.Inputs(
        severity=info.severity if info else Severity.UNKNOWN,
        urgency=info.urgency if info else Urgency.UNKNOWN,
        certainty=info.certainty if info else Certainty.UNKNOWN,
        origin=circumstances.origin,
        status=message.status,
        in_jurisdiction=circumstances.in_jurisdiction,
        all_clear=is_over(message),
        trust_tier=circumstances.trust_tier,
        drill_words=rules.words_in(message, matrix.drill_words),
        twin_level=circumstances.twin_level,
        ending_words=rules.words_in(message, matrix.ending_words),
    )
    return inputs, matrix, rules.decide(inputs, matrix, now)


async def open_decision(session: AsyncSession, alert: Alert, message: Message, circumstances: Circumstances, now: datetime) -> None:
    """Called once for each message that warns, or says that it is over, when it comes."""
    inputs, matrix, made = decided(message, circumstances, now)
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
        made_at=now,
        due=made.due,
    )
    await repository.add(session, decision)
    if made.due is not None:
        await timer.schedule(session, made.due, WINDOW_ENDS, alert.id)
    await paging.watch(session, alert.id, made.level, now, is_drill=decision.is_drill)


async def decide_again(session: AsyncSession, alert: Alert, message: Message, circumstances: Circumstances, now: datetime) -> None:
    """The same message by a way that is trusted more: while nobody has decided, its window begins now."""
    decision = await repository.locked(session, alert.id)
    if decision is None:
        await open_decision(session, alert, message, circumstances, now)
        return
    if decision.decided_by is not None or decision.outcome not in OPEN_TO_TRUST:
        return
    inputs, matrix, made = decided(message, circumstances, now)
    decision.level, decision.moment, decision.rule_version = made.level, made.moment, matrix.version
    decision.outcome, decision.reasons, decision.due = made.outcome, list(made.reasons), made.due
    decision.inputs, decision.decided_at = asdict(inputs), None
    decision.version += 1
    await session.flush()
    if made.due is not None:
        await timer.schedule(session, made.due, WINDOW_ENDS, alert.id)
    await paging.watch(session, alert.id, made.level, now, is_drill=decision.is_drill)


async def lapse(session: AsyncSession, alert_id: UUID, now: datetime) -> None:
    """What was replaced or taken back before it went out never goes out."""
    decision = await repository.locked(session, alert_id)
    if decision is not None and decision.outcome in {rules.Outcome.WINDOW, rules.Outcome.WAITS, rules.Outcome.WITHHELD}:
        decision.outcome, decision.decided_at = rules.Outcome.LAPSED, now
        decision.version += 1
        await timer.cancel(session, WINDOW_ENDS, alert_id)
