"""Use cases: count what is complained of, draft what is unusual, and let a person say what it is."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.complaints import ComplaintLodged, ComplaintMerged
from contracts.crisis import SignalAnswered
from contracts.days import DHAKA
from kit import timer
from kit.auth import Caller
from kit.bus import Received
from kit.crypto import Keyring
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.paging import Paging
from kit.timer import DueTimer
from kit.versions import check_version
from services.crisis.signals import lists, repository, rules, views
from services.crisis.signals.models import Signal
from services.crisis.signals.rules import Burst, State
from services.crisis.signals.schemas import SignalOut
from services.crisis.warnings.rules import sight

NUMBERS: Final = lists.load()
RUN: Final = "signals-run"
RUNS: Final = UUID("00000000-0000-4000-8000-00000000051a")


async def take(session: AsyncSession, events: Sequence[Received[Any]]) -> None:
    """Restricted complaints are not counted here (design §4). What is merged counts once. The next run is soon."""
    open_ones = [one for one in events if not one.envelope.restricted]
    lodged = [one for one in open_ones if isinstance(one.data, ComplaintLodged)]
    merged = [one.envelope.subject for one in open_ones if isinstance(one.data, ComplaintMerged)]
    if lodged:
        await repository.add_seen(session, [_seen(one.envelope.subject, one.data) for one in lodged])
        await timer.schedule(session, rules.next_run(datetime.now(UTC), NUMBERS.every_minutes), RUN, RUNS)
    if merged:
        await repository.forget(session, merged)


def _seen(complaint: UUID, lodged: ComplaintLodged) -> dict[str, Any]:
    day = lodged.lodged_at.astimezone(DHAKA).date()
    return {"complaint_id": complaint, "country": lodged.country, "category": lodged.category, "day": day}


async def run_when_due(session: AsyncSession, due: DueTimer) -> None:
    await run(session, due.due.astimezone(DHAKA).date())


async def run(session: AsyncSession, today: date) -> None:
    """Idempotent for the same complaints: a draft that stands is renewed where more are counted."""
    await repository.one_at_a_time(session)
    first = today - timedelta(days=NUMBERS.reach_days)
    counts = await repository.count_days(session, first, today)
    for burst in rules.bursts(counts, today, NUMBERS):
        await _draft(session, burst)
    await repository.forget_before(session, first)


async def _draft(session: AsyncSession, burst: Burst) -> None:
    draft = await repository.find_draft(session, burst.series)
    if draft is not None and draft.until == burst.until and draft.observed >= burst.observed:
        return
    answered = await repository.find_last_answered(session, burst.series)
    if answered is not None and answered.answered_at is not None:
        answered_on = answered.answered_at.astimezone(DHAKA).date()
        if rules.is_silenced(burst, answered.observed, answered_on, NUMBERS):
            return
    now = datetime.now(UTC)
    found: dict[str, Any] = {
        "since": burst.since,
        "until": burst.until,
        "observed": burst.observed,
        "expected": burst.expected,
        "upper": burst.upper,
        "probability": burst.probability,
        "adjusted": burst.adjusted,
        "complaints": list(await repository.list_counted(session, burst.series, burst.since, burst.until)),
        "numbers_version": NUMBERS.version,
        "renewed_at": now,
    }
    if draft is None:
        place: dict[str, Any] = {"id": new_id(), "version": 1, "country": burst.series.country, "category": burst.series.category}
        await repository.add(session, Signal(**place, **found, state=State.DRAFT, made_at=now))
        return
    for name, value in found.items():
        setattr(draft, name, value)
    draft.version += 1


async def list_signals(session: AsyncSession, caller: Caller, paging: Paging, *, waiting: bool) -> Sequence[Signal]:
    return await repository.list_signals(session, sight(caller.roles, caller.countries), paging, waiting=waiting)


async def get_signal(session: AsyncSession, keyring: Keyring, caller: Caller, identity: UUID) -> SignalOut:
    """Raises `NotFoundError` also for one of a country out of sight."""
    signal = await repository.find(session, identity, sight(caller.roles, caller.countries))
    if signal is None:
        raise NotFoundError
    return row_of(signal, keyring)


async def answer(
    session: AsyncSession, keyring: Keyring, caller: Caller, identity: UUID, expected: int, state: State, because: str
) -> SignalOut:
    """A person says what it is; nothing goes out by that. Locks the signal.

    Raises `NotFoundError`, `AnsweredError`, `StaleVersionError`.
    """
    signal = await repository.find(session, identity, sight(caller.roles, caller.countries), locked=True)
    if signal is None:
        raise NotFoundError
    check_version(expected, signal.version)
    if signal.state != State.DRAFT:
        raise rules.AnsweredError
    signal.state, signal.version = state, signal.version + 1
    signal.answered_by, signal.answered_at = caller.subject, datetime.now(UTC)
    signal.because = keyring.seal(because, views.BECAUSE)
    event = SignalAnswered(
        country=signal.country,
        category=signal.category,
        confirmed=state is State.CONFIRMED,
        observed=signal.observed,
        drafted_at=signal.made_at,
        answered_at=signal.answered_at,
    )
    await emit(session, event, subject=identity, sequence=signal.version)
    await session.flush()
    return row_of(signal, keyring)


def row_of(signal: Signal, keyring: Keyring) -> SignalOut:
    return views.view_of(signal, keyring, illustrative=NUMBERS.illustrative)
