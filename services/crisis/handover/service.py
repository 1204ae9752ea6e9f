"""Use cases: a mission's duty goes to another, by one act or by itself, and comes back; who answers for a country now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.crisis import DutyHandedOver, DutyTakenBack
from kit import timer
from kit.auth import Caller, Role
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.timer import DueTimer
from services.crisis.directory import Mission, Missions, load
from services.crisis.handover import repository, rules
from services.crisis.handover.lists import DUTY, SILENT
from services.crisis.handover.models import DutyHandover
from services.crisis.incidents import repository as incidents
from services.crisis.warnings import repository as warnings
from services.crisis.warnings.rules import Sight, State

MISSIONS: Final[Missions] = load().missions
ACTS_EVERYWHERE: Final[tuple[Role, ...]] = ("agent", "supervisor", "admin")
STAYS_SILENT: Final = "mission.silent"


async def answering(session: AsyncSession, country: str, now: datetime) -> Mission:
    """The mission that answers for a country now: the responsible one, or who has its duty."""
    code = rules.answering(MISSIONS.responsible(country, now.date()).code, await repository.chains(session))
    return MISSIONS.by_code[code]


async def standing_in(session: AsyncSession, country: str, now: datetime) -> Sequence[str]:
    """The countries of who answers there instead of the responsible mission; none where that one does, or Dhaka, which sees all."""
    mission = await answering(session, country, now)
    return () if mission == MISSIONS.responsible(country, now.date()) else tuple(MISSIONS.countries_of(mission.code, now.date()))


async def hand_over(session: AsyncSession, caller: Caller, code: str, to: str | None, reason: str) -> DutyHandover:
    """By an officer of the mission, or from Dhaka: no second person in the night. `to` None: who stands in for it by the directory.

    Raises `NotFoundError`, `NotYourMissionError`, `AlreadyHandedOverError`, `CircleError`.
    """
    now = datetime.now(UTC)
    mission = _mission(code)
    _refuse_stranger(caller, code, now.date())
    await repository.one_at_a_time(session)
    row = await _move(session, mission.code, to or stand_in(code, now.date()), reason, now, by=caller.subject)
    if row is None:
        raise rules.AlreadyHandedOverError
    return row


async def take_back(session: AsyncSession, caller: Caller, code: str) -> DutyHandover:
    """By an officer of the mission, of the one that has its duty, or from Dhaka. Raises `NotFoundError`, `NothingHandedOverError`."""
    now = datetime.now(UTC)
    _mission(code)
    await repository.one_at_a_time(session)
    row = (await repository.open_of(session)).get(code)
    if row is None:
        raise rules.NothingHandedOverError
    if not caller.has("wing") or row.to_mission not in rules.own(caller.countries, MISSIONS, now.date()):
        _refuse_stranger(caller, code, now.date())
    row.ended_at, row.ended_by = now, caller.subject
    event = DutyTakenBack(
        mission=code, from_mission=row.to_mission, countries=_told(code, now.date()), handed_at=row.handed_at, ended_at=now
    )
    await emit(session, event, subject=row.id, sequence=2)
    await _show(session, code)
    return row


async def watch(session: AsyncSession, alert_id: UUID, level: int, since: datetime, *, is_drill: bool) -> None:
    """Of a warning that was weighed so: who is silent too long loses the duty to who stands in. A drill moves no duty."""
    minutes = DUTY.silent_minutes.get(level)
    if minutes is not None and not is_drill:
        await timer.schedule(session, since + timedelta(minutes=minutes), STAYS_SILENT, alert_id)


async def hand_over_the_silent(session: AsyncSession, due: DueTimer) -> Sequence[DutyHandover]:
    """Each mission of the warning that acknowledged nothing, once; not where the warning stands no longer. What was handed over."""
    now = datetime.now(UTC)
    record = await warnings.find_alert(session, due.record, Sight(everything=True))
    if record is None or record.alert.state != State.STANDING:
        return ()
    await repository.one_at_a_time(session)
    moved: list[DutyHandover] = []
    for code in record.missions:
        if code not in record.acknowledgements:
            open_ = await repository.chains(session)
            to = stand_in(code, now.date())
            if rules.answering(to, open_) != code and (row := await _move(session, code, to, SILENT, now, alert=record.alert.id)):
                moved.append(row)
    return moved


async def _move(
    session: AsyncSession, code: str, to: str, reason: str, now: datetime, *, by: str | None = None, alert: UUID | None = None
) -> DutyHandover | None:
    """None where the mission's duty is with another already. Raises `CircleError`. Holds the lock already."""
    _mission(to)
    rules.refuse_circle(code, to, await repository.chains(session))
    row = DutyHandover(id=new_id(), mission=code, to_mission=to, reason=reason, alert_id=alert, handed_by=by, handed_at=now)
    if not await repository.add(session, row.model_dump()):
        return None
    event = DutyHandedOver(
        mission=code, to_mission=to, countries=_told(code, now.date()), reason=reason, by_itself=by is None, handed_at=now
    )
    await emit(session, event, subject=row.id, sequence=1)
    await _show(session, code)
    return row


async def _show(session: AsyncSession, code: str) -> None:
    """Live pages of whoever answers now get the warnings in force, and those of who answered before see it; the register too."""
    await session.flush()
    await incidents.owe_access_again(session, datetime.now(UTC))
    await warnings.one_at_a_time(session)
    for alert in await repository.standing_alerts(session, code):
        await warnings.add_change(session, alert, "duty_moved")


async def widened(session: AsyncSession, caller: Caller) -> Caller:
    """A wing's officer with the countries of each duty that is theirs at this moment."""
    if not caller.has("wing"):
        return caller
    chains = await repository.chains(session)
    return replace(caller, countries=rules.widened(caller.countries, MISSIONS, chains, datetime.now(UTC).date()))


async def given_away(session: AsyncSession, caller: Caller) -> frozenset[str]:
    """Where a wing's officer reads and no more. Who has another office besides acts by that one."""
    if not caller.has("wing") or caller.has(*ACTS_EVERYWHERE):
        return frozenset()
    return rules.given_away(caller.countries, MISSIONS, await repository.chains(session), datetime.now(UTC).date())


async def acts_instead(session: AsyncSession, caller: Caller, countries: Iterable[str]) -> Mission | None:
    """Who has the duty where the caller reads and no more; None where the caller acts. So nobody fills in a form in vain."""
    given = await given_away(session, caller)
    country = next((one for one in countries if one in given), None)
    return await answering(session, country, datetime.now(UTC)) if country else None


async def refuse_given_away(session: AsyncSession, caller: Caller, countries: Iterable[str | None]) -> None:
    """Raises `DutyElsewhereError`."""
    if not (await given_away(session, caller)).isdisjoint(countries):
        raise rules.DutyElsewhereError


def stand_in(code: str, on: date) -> str:
    """Of a mission without a country of its own: the fallback of the directory, and for that one the second."""
    countries = MISSIONS.countries_of(code, on)
    if countries:
        return MISSIONS.stand_in(countries[0], on).code
    return MISSIONS.second_fallback if code == MISSIONS.fallback else MISSIONS.fallback


async def shown(session: AsyncSession) -> tuple[Mapping[str, DutyHandover], Sequence[DutyHandover]]:
    """What is open, by mission, and what ended last."""
    return await repository.open_of(session), await repository.past(session)


def _mission(code: str) -> Mission:
    found = MISSIONS.by_code.get(code)
    if found is None:
        raise NotFoundError
    return found


def _refuse_stranger(caller: Caller, code: str, on: date) -> None:
    if caller.has("supervisor", "admin"):
        return
    if rules.EVERYWHERE not in caller.countries and code not in rules.own(caller.countries, MISSIONS, on):
        raise rules.NotYourMissionError


def _told(code: str, on: date) -> tuple[str, ...]:
    return tuple(MISSIONS.countries_of(code, on))
