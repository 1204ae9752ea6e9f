"""Use cases of exposure: what the register is asked, what its answer changes, and the figures as an officer sees them."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import timer
from kit.auth import Caller
from kit.errors import NotFoundError
from services.crisis.decisions import lists as matrices
from services.crisis.decisions import repository as decisions
from services.crisis.decisions.deciding import MATRICES, WINDOW_ENDS
from services.crisis.decisions.models import AlertDecision
from services.crisis.decisions.rules import Outcome, Reason
from services.crisis.exposure import lists, repository, rules, views
from services.crisis.exposure.clients import Computed, Question
from services.crisis.exposure.models import AlertExposure, AlertRaise
from services.crisis.exposure.rules import Asked
from services.crisis.exposure.schemas import ExposureOut
from services.crisis.geometry.rules import geojson
from services.crisis.lineage.service import shape_of
from services.crisis.paging import service as paging
from services.crisis.warnings import repository as warnings
from services.crisis.warnings.rules import Sight, sight

PEOPLE: Final = lists.load()


async def question_of(session: AsyncSession, alert_id: UUID, version: Asked) -> Question | None:
    """None where there is nothing to ask: no such warning, none decided, or a level that concerns nobody."""
    record = await warnings.find_alert(session, alert_id, Sight(everything=True))
    decision = await decisions.find(session, alert_id)
    if record is None or decision is None or decision.level == 0:
        return None
    shape = await shape_of(session, alert_id)
    near = lists.in_force(PEOPLE, decision.made_at.date()).near_km.by_level[decision.level]
    return Question(
        alert=alert_id,
        version=version.value,
        is_drill=decision.is_drill,
        countries=tuple(record.countries),
        areas=(geojson(shape),) if shape is not None else (),
        near_km=near,
    )


async def keep(session: AsyncSession, question: Question, computed: Computed) -> None:
    """Keeps the figures, and raises the level where they do: under the lock of the warnings, so that nobody decides meanwhile."""
    await warnings.one_at_a_time(session)
    now = datetime.now(UTC)
    exposure = AlertExposure(
        id=computed.id,
        alert_id=question.alert,
        is_drill=question.is_drill,
        version=question.version,
        computed_at=computed.computed_at,
        countries=list(question.countries),
        whole_countries=not question.areas,
        near_km=question.near_km,
        counts=dict(computed.counts),
        vulnerable=dict(computed.vulnerable),
        data_version=lists.in_force(PEOPLE, now.date()).version,
    )
    if not await repository.add(session, exposure):
        return
    decision = await decisions.locked(session, question.alert)
    if decision is not None and question.version == Asked.WEIGHED:
        await _weigh(session, decision, exposure, now)
    await warnings.add_change(session, question.alert, "counted")


async def _weigh(session: AsyncSession, decision: AlertDecision, exposure: AlertExposure, now: datetime) -> None:
    matrix = matrices.in_force(MATRICES, decision.made_at.date())
    because = rules.why(matrix.people, exposure.counts.get("inside", 0), exposure.vulnerable)
    more = _more(decision, because, now)
    if more is None:
        return
    made = AlertRaise(
        alert_id=decision.alert_id,
        exposure_id=exposure.id,
        from_level=decision.level,
        to_level=more.level,
        reasons=list(more.reasons),
        rule_version=matrix.version,
        made_at=now,
    )
    await repository.add_raise(session, made)
    await _raise(session, decision, more, now)


async def raise_again(session: AsyncSession, alert_id: UUID, now: datetime) -> None:
    """After a decision was made again from more trust: what had raised it does so still."""
    made, decision = await repository.find_raise(session, alert_id), await decisions.locked(session, alert_id)
    if made is None or decision is None or decision.level != made.from_level:
        return
    if more := _more(decision, tuple(made.reasons), now):
        await _raise(session, decision, more, now)


def _more(decision: AlertDecision, because: tuple[str, ...], now: datetime) -> rules.Raised | None:
    """Nothing once somebody has decided, or the warning is no longer one."""
    if decision.outcome not in {Outcome.WINDOW, Outcome.WAITS}:
        return None
    matrix = matrices.in_force(MATRICES, decision.made_at.date())
    return rules.raised(decision.level, decision.due, tuple(Reason(one) for one in decision.reasons), because, matrix, now)


async def _raise(session: AsyncSession, decision: AlertDecision, more: rules.Raised, now: datetime) -> None:
    decision.level, decision.outcome, decision.due, decision.reasons = more.level, more.outcome, more.due, list(more.still)
    decision.version += 1
    await session.flush()
    if more.due is not None:
        await timer.cancel(session, WINDOW_ENDS, decision.alert_id)
        await timer.schedule(session, more.due, WINDOW_ENDS, decision.alert_id)
    await paging.watch(session, decision.alert_id, decision.level, now, is_drill=decision.is_drill)


async def get_exposure(session: AsyncSession, caller: Caller, alert_id: UUID) -> ExposureOut:
    """Raises `NotFoundError` also for a warning outside of the caller's sight."""
    record = await warnings.find_alert(session, alert_id, sight(caller.roles, caller.countries))
    if record is None:
        raise NotFoundError
    found = await repository.list_of(session, alert_id)
    known = lists.in_force(PEOPLE, record.alert.raised_at.date())
    return views.exposure_out(record, found[0] if found else None, await repository.find_raise(session, alert_id), known)
