"""Use cases of an emergency: open a protected case for some minutes, tell who answers for it, judge it afterwards."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.reintegration import ProtectionEmergencyJudged, ProtectionEmergencyOpened
from kit.access_log import record_access
from kit.auth import Caller
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.paging import Paging
from services.reintegration.casework.service import Desk
from services.reintegration.protection.emergency import repository, rules
from services.reintegration.protection.emergency.models import EmergencyWord, ProtectionEmergency
from services.reintegration.protection.emergency.schemas import EmergencyIn, VerdictIn
from services.reintegration.protection.lists import PROTECTION
from services.reintegration.protection.models import VictimCase
from services.reintegration.protection.service import EMERGENCY

RECORD: Final = "protection_emergency"


@dataclass(frozen=True, slots=True)
class Told:
    """An emergency as one reader is told of it. `awaits`: the voice for which they have to judge."""

    emergency: ProtectionEmergency
    case: VictimCase
    words: Sequence[EmergencyWord]
    awaits: rules.Voice | None


async def open_case(desk: Desk, said: EmergencyIn) -> Told:
    """To look at, for some minutes; nothing else widens. Raises `NotFoundError`, `SeenAlreadyError`, `OpenedAlreadyError`."""
    session, caller, now = desk.session, desk.caller, datetime.now(UTC)
    case = await repository.lock_case(session, said.reference)
    if case is None:
        raise NotFoundError
    if caller.has("supervisor") or await repository.is_member(session, case.id, caller.username):
        raise rules.SeenAlreadyError
    if await repository.open_until(session, caller, case.id, now) is not None:
        raise rules.OpenedAlreadyError
    until = now + timedelta(minutes=said.minutes)
    emergency = ProtectionEmergency(
        id=new_id(),
        case_id=case.id,
        subject=caller.subject,
        account=caller.username,
        roles=sorted(caller.roles),
        reason=desk.keyring.seal(said.reason, "protection_emergency.reason"),
        at=now,
        until=until,
        review_by=until + timedelta(days=PROTECTION.emergency.review_within_days),
    )
    session.add(emergency)
    await session.flush()
    await record_access(session, caller, [case.id], record_type="protected_case", purpose=EMERGENCY, fields=("reference",))
    event = ProtectionEmergencyOpened(minutes=said.minutes, opened_at=now, review_by=emergency.review_by)
    await emit(session, event, subject=emergency.id, sequence=1, restricted=True)
    return Told(emergency, case, (), None)


async def list_told(desk: Desk, paging: Paging, *, waiting: bool) -> list[Told]:
    rows = await repository.list_told(desk.session, desk.caller, paging, waiting=waiting)
    shown = [one.id for one, _ in rows[: paging.limit]]
    await record_access(desk.session, desk.caller, shown, record_type=RECORD, purpose="list", fields=("reason",))
    return await _told(desk.session, desk.caller, rows)


async def judge(desk: Desk, emergency_id: UUID, said: VerdictIn) -> Told:
    """One word of each voice. Raises `NotFoundError`, `NotYoursToJudgeError`."""
    row = await repository.lock(desk.session, desk.caller, emergency_id)
    if row is None:
        raise NotFoundError
    await record_access(desk.session, desk.caller, [emergency_id], record_type=RECORD, purpose="judge", fields=("reason",))
    (told,) = await _told(desk.session, desk.caller, [row])
    voice, now = rules.check_voice(told.awaits), datetime.now(UTC)
    word = EmergencyWord(
        emergency_id=emergency_id,
        voice=voice,
        justified=said.justified,
        words=desk.keyring.seal(said.words, "protection_emergency_word.words"),
        said_by=desk.caller.subject,
        account=desk.caller.username,
        said_at=now,
    )
    desk.session.add(word)
    await desk.session.flush()
    words = [*told.words, word]
    event = ProtectionEmergencyJudged(voice=voice, justified=said.justified, late=told.emergency.review_by < now, judged_at=now)
    await emit(desk.session, event, subject=emergency_id, sequence=1 + len(words), restricted=True)
    return Told(told.emergency, told.case, words, None)


async def _told(session: AsyncSession, caller: Caller, rows: Sequence[repository.Emergency]) -> list[Told]:
    said: Mapping[UUID, list[EmergencyWord]] = defaultdict(list)
    for word in await repository.list_words(session, [one.id for one, _ in rows]):
        said[word.emergency_id].append(word)
    mine = await repository.list_membership(session, caller.username, [case.id for _, case in rows])
    return [Told(one, case, said[one.id], _awaits(caller, one, said[one.id], is_member=case.id in mine)) for one, case in rows]


def _awaits(caller: Caller, emergency: ProtectionEmergency, words: Sequence[EmergencyWord], *, is_member: bool) -> rules.Voice | None:
    return rules.voice_of(
        is_supervisor=caller.has("supervisor"),
        is_member=is_member,
        is_own=emergency.subject == caller.subject,
        has_judged=any(one.said_by == caller.subject for one in words),
        judged={one.voice for one in words},
    )
