"""Statements on emergencies. To find the case that is opened goes past its members: that is what it is for, and each time is a row."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.auth import Caller
from kit.paging import Paging
from services.reintegration.models import Returnee
from services.reintegration.protection.emergency.models import EmergencyWord, ProtectionEmergency
from services.reintegration.protection.emergency.rules import Voice
from services.reintegration.protection.models import VictimCase, VictimCaseMember

Emergency = tuple[ProtectionEmergency, VictimCase]


async def lock_case(session: AsyncSession, reference: str) -> VictimCase | None:
    """By its own reference, or the returnee's: then the open one, else the newest."""
    rows = select(VictimCase).join(Returnee, col(Returnee.id) == col(VictimCase.returnee_id))
    rows = rows.where(or_(col(VictimCase.reference) == reference, col(Returnee.reference) == reference))
    newest = rows.order_by(col(VictimCase.closed_at).is_not(None), col(VictimCase.opened_at).desc()).limit(1)
    return (await session.execute(newest.with_for_update(of=VictimCase))).scalar_one_or_none()


async def is_member(session: AsyncSession, case_id: UUID, account: str) -> bool:
    mine = (col(VictimCaseMember.case_id) == case_id, col(VictimCaseMember.account) == account)
    return bool(await session.scalar(select(exists().where(*mine, col(VictimCaseMember.ended_at).is_(None)))))


def _is_member(account: str) -> ColumnElement[bool]:
    """Of the case of a row of `protection_emergency`."""
    mine = (col(VictimCaseMember.account) == account, col(VictimCaseMember.ended_at).is_(None))
    return exists().where(col(VictimCaseMember.case_id) == col(ProtectionEmergency.case_id), *mine)


async def open_until(session: AsyncSession, caller: Caller, case_id: UUID, now: datetime) -> datetime | None:
    """Index scan on protection_emergency_of."""
    mine = (col(ProtectionEmergency.case_id) == case_id, col(ProtectionEmergency.subject) == caller.subject)
    refused = exists().where(col(EmergencyWord.emergency_id) == col(ProtectionEmergency.id), col(EmergencyWord.justified).is_(False))
    rows = select(col(ProtectionEmergency.until)).where(*mine, col(ProtectionEmergency.until) > now, ~refused)
    return (await session.execute(rows.limit(1))).scalar_one_or_none()


async def find_case(session: AsyncSession, case_id: UUID) -> tuple[VictimCase, Returnee] | None:
    """Past its members: only for whom `open_until` gave a time."""
    rows = select(VictimCase, Returnee).join(Returnee, col(Returnee.id) == col(VictimCase.returnee_id))
    row = (await session.execute(rows.where(col(VictimCase.id) == case_id))).one_or_none()
    return (row[0], row[1]) if row else None


def _told_to(caller: Caller) -> ColumnElement[bool]:
    """Supervisors and auditors of all; the members of a case, and who opened it, of that one."""
    if caller.has("supervisor", "auditor", "admin"):
        return true()
    return or_(col(ProtectionEmergency.subject) == caller.subject, _is_member(caller.username))


def _awaits(caller: Caller) -> ColumnElement[bool]:
    """As `rules.voice_of` judges: a word of this person is missing."""
    word = (col(EmergencyWord.emergency_id) == col(ProtectionEmergency.id),)
    has_judged = exists().where(*word, col(EmergencyWord.said_by) == caller.subject)

    def missing(voice: Voice) -> ColumnElement[bool]:
        return ~exists().where(*word, col(EmergencyWord.voice) == voice)

    as_member = and_(_is_member(caller.username), missing(Voice.MEMBER))
    asked = or_(as_member, missing(Voice.SUPERVISOR)) if caller.has("supervisor") else as_member
    return and_(col(ProtectionEmergency.subject) != caller.subject, ~has_judged, asked)


async def list_told(session: AsyncSession, caller: Caller, paging: Paging, *, waiting: bool) -> list[Emergency]:
    """Newest first: a keyset scan of protection_emergency_newest. `waiting`: those that the caller has to judge."""
    rows = _all().where(_told_to(caller), _awaits(caller) if waiting else true())
    found = await session.execute(paging.of(rows, col(ProtectionEmergency.at), col(ProtectionEmergency.id)))
    return [(row[0], row[1]) for row in found]


async def lock(session: AsyncSession, caller: Caller, emergency_id: UUID) -> Emergency | None:
    """Two words on one are said one after the other."""
    rows = _all().where(col(ProtectionEmergency.id) == emergency_id, _told_to(caller))
    row = (await session.execute(rows.with_for_update(of=VictimCase))).one_or_none()
    return (row[0], row[1]) if row else None


async def list_words(session: AsyncSession, emergency_ids: Sequence[UUID]) -> Sequence[EmergencyWord]:
    said = select(EmergencyWord).where(col(EmergencyWord.emergency_id).in_(emergency_ids))
    return (await session.execute(said.order_by(col(EmergencyWord.said_at)))).scalars().all()


async def list_membership(session: AsyncSession, account: str, case_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Of which of these cases an account is a member."""
    mine = (col(VictimCaseMember.account) == account, col(VictimCaseMember.ended_at).is_(None))
    rows = select(col(VictimCaseMember.case_id)).where(*mine, col(VictimCaseMember.case_id).in_(case_ids))
    return frozenset((await session.execute(rows)).scalars())


def _all() -> Select[ProtectionEmergency, VictimCase]:
    return select(ProtectionEmergency, VictimCase).join(VictimCase, col(VictimCase.id) == col(ProtectionEmergency.case_id))
