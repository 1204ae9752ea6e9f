"""How an officer says *I have it*: by the API and its page, or by one digit from the phone that was paged.

For a warning it is the acknowledgement of that warning too (`duty`): it stands in one place whichever way it came.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.errors import NotFoundError
from services.crisis.duty import service as duty
from services.crisis.handover.service import MISSIONS
from services.crisis.paging import repository, rules, service
from services.crisis.paging.lists import ESCALATION
from services.crisis.paging.models import Alarm
from services.crisis.paging.rules import Cause, Party
from services.crisis.rota.access import missions_of

# Who answered from a phone is known by the shift that was paged, and named only to who may read the rota.
BY_TEXT: Final = "shift-"


async def acknowledge(session: AsyncSession, caller: Caller, alarm_id: UUID) -> Alarm:
    """Idempotent. A wing's officer speaks for the mission, Dhaka's for Dhaka. Raises `NotFoundError`; what the warning's own refuses."""
    now = datetime.now(UTC)
    alarm = await repository.find(session, alarm_id, missions_of(caller, now.date()))
    if alarm is None:
        raise NotFoundError
    await _take(session, caller, alarm, Party.MISSION if caller.has("wing") else Party.DHAKA, "page", now)
    return alarm


async def take_text(session: AsyncSession, phone_index: bytes, text: str, now: datetime, *, is_warned: bool) -> bool | None:
    """Of an officer who was paged: whether it was news. None where the text is no officer's, and is read as anybody's.

    Who was also warned as a person is taken at their word as that once no alarm is open any more.
    """
    if not rules.is_acknowledgement(text, ESCALATION.acknowledges):
        return None
    found = await repository.paged_lately(session, phone_index, now - service.LISTENS)
    open_ = [one for one in found if one[0].closed_at is None]
    if not open_:
        return False if found and not is_warned else None
    await _take_all(session, open_, now)
    return True


async def _take_all(session: AsyncSession, found: Sequence[tuple[Alarm, UUID, str]], now: datetime) -> None:
    # One word answers all that this phone was paged for: nobody is asked at night which of two it meant.
    for alarm, shift, mission in {one[0].id: one for one in found}.values():
        is_dhakas = mission == MISSIONS.fallback
        caller = Caller(
            subject=f"{BY_TEXT}{shift}",
            username="",
            client_id="sms",
            roles=frozenset({"supervisor" if is_dhakas else "wing"}),
            countries=frozenset(alarm.countries),
        )
        await _take(session, caller, alarm, Party.DHAKA if is_dhakas else Party.MISSION, "text", now)


async def _take(session: AsyncSession, caller: Caller, alarm: Alarm, party: Party, via: str, now: datetime) -> None:
    speaks_for_mission = party is Party.MISSION or alarm.mission == MISSIONS.fallback
    if alarm.cause == Cause.ALERT and alarm.closed_at is None and speaks_for_mission:
        # Of this mission alone: an officer of several wings answers for the one that was paged.
        await duty.acknowledge_alert(session, replace(caller, countries=frozenset(alarm.countries)), UUID(str(alarm.record)))
    await service.note(session, UUID(str(alarm.id)), party, (caller.subject, caller.username or None), via, now)
