"""Statements on pairs, merges and collectives. Whoever asks is given only what `seen_by` lets through, on both sides of a pair."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, case, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only
from sqlmodel import SQLModel, col

from kit.paging import Paging
from services.complaints.duplicates.models import Collective, CollectiveMember, ComplaintMerge, DuplicatePair
from services.complaints.duplicates.rules import Features
from services.complaints.models import Complaint
from services.complaints.repository import seen_by
from services.complaints.rules import Status, Visibility

CANDIDATES: Final = 50
BURSTS: Final = 50
COMPARED: Final = load_only(
    *(getattr(Complaint, name) for name in ("category", "country", "lodged_at", "appeal_of", "respondent_licence", "respondent_sound_key")),
    *(getattr(Complaint, name) for name in ("reporter_phone_index", "reporter_sound_key", "victim_phone_index", "victim_sound_key")),
)
# A licence says more than a name: one agency is not two for two spellings.
_SOUND: Final = case((col(Complaint.respondent_licence).is_(None), col(Complaint.respondent_sound_key))).label("sound")


def features_of(complaint: Complaint) -> Features:
    return Features(
        category=complaint.category,
        country=complaint.country,
        lodged_on=complaint.lodged_at.date(),
        reporter_phone=complaint.reporter_phone_index,
        reporter_sound=complaint.reporter_sound_key,
        victim_phone=complaint.victim_phone_index,
        victim_sound=complaint.victim_sound_key,
        licence=complaint.respondent_licence,
        respondent_sound=complaint.respondent_sound_key,
    )


async def candidates(session: AsyncSession, one: Features, since: datetime, *, but: UUID | None = None) -> Sequence[Complaint]:
    """Complaints of any visibility that share a key of the person, newest first: the caller judges and narrows. Loaded is what is compared.

    A bitmap of complaint_by_reporter_phone, _by_victim_phone, _by_reporter_sound and _by_victim_sound.
    """
    sounds = {found for found in (one.reporter_sound, one.victim_sound) if found is not None}
    keys = [
        *(col(column).in_(one.phones) for column in (Complaint.reporter_phone_index, Complaint.victim_phone_index) if one.phones),
        *(col(column).in_(sounds) for column in (Complaint.reporter_sound_key, Complaint.victim_sound_key) if sounds),
    ]
    if not keys:
        return []
    wanted = (
        select(Complaint).options(COMPARED).where(or_(*keys), col(Complaint.lodged_at) >= since, col(Complaint.status) != Status.MERGED)
    )
    wanted = wanted.where(col(Complaint.id) != but) if but else wanted
    return (await session.execute(wanted.order_by(col(Complaint.lodged_at).desc()).limit(CANDIDATES))).scalars().all()


async def visible_of(session: AsyncSession, ids: Collection[UUID], visible: Visibility) -> dict[UUID, Complaint]:
    rows = await session.execute(select(Complaint).where(col(Complaint.id).in_(ids), seen_by(visible)))
    return {one.id: one for one in rows.scalars()}


async def add_pairs(session: AsyncSession, pairs: Sequence[dict[str, Any]]) -> None:
    """A pair that stands here already stays as it is, with its verdict."""
    if pairs:
        await session.execute(insert(DuplicatePair).values(pairs).on_conflict_do_nothing(index_elements=["one_id", "other_id"]))


async def open_pairs(session: AsyncSession, visible: Visibility, paging: Paging) -> Sequence[DuplicatePair]:
    """Newest first: a scan of duplicate_pair_open; both sides must be in sight."""
    wanted = select(DuplicatePair).where(
        col(DuplicatePair.verdict).is_(None), _seen(DuplicatePair.one_id, visible), _seen(DuplicatePair.other_id, visible)
    )
    return (await session.execute(paging.of(wanted, col(DuplicatePair.found_at), col(DuplicatePair.id)))).scalars().all()


async def find_pair(session: AsyncSession, pair_id: UUID, visible: Visibility, *, lock: bool = False) -> DuplicatePair | None:
    wanted = select(DuplicatePair).where(
        col(DuplicatePair.id) == pair_id, _seen(DuplicatePair.one_id, visible), _seen(DuplicatePair.other_id, visible)
    )
    return (await session.execute(wanted.with_for_update() if lock else wanted)).scalar_one_or_none()


async def pairs_of(session: AsyncSession, complaint_id: UUID, visible: Visibility) -> Sequence[DuplicatePair]:
    """Those that wait for a verdict, as far as the other side is in sight."""
    mine = or_(col(DuplicatePair.one_id) == complaint_id, col(DuplicatePair.other_id) == complaint_id)
    wanted = select(DuplicatePair).where(
        mine, col(DuplicatePair.verdict).is_(None), _seen(DuplicatePair.one_id, visible), _seen(DuplicatePair.other_id, visible)
    )
    return (await session.execute(wanted)).scalars().all()


def _seen(column: Any, visible: Visibility) -> Any:
    return select(col(Complaint.id)).where(col(Complaint.id) == column, seen_by(visible)).exists()


async def lock_both(session: AsyncSession, references: Collection[str], visible: Visibility) -> dict[str, Complaint]:
    """By reference, locked in the order of their ids: two merges that cross do not wait for each other."""
    wanted = select(Complaint).where(col(Complaint.reference).in_(references), seen_by(visible))
    rows = await session.execute(wanted.order_by(col(Complaint.id)).with_for_update())
    return {one.reference: one for one in rows.scalars()}


async def standing_merge(session: AsyncSession, merged_id: UUID) -> ComplaintMerge | None:
    wanted = select(ComplaintMerge).where(col(ComplaintMerge.merged_id) == merged_id, col(ComplaintMerge.undone_at).is_(None))
    return (await session.execute(wanted)).scalar_one_or_none()


async def merged_into(session: AsyncSession, complaint_id: UUID, visible: Visibility) -> Sequence[Complaint]:
    wanted = select(Complaint).where(col(Complaint.merged_into) == complaint_id, seen_by(visible))
    return (await session.execute(wanted.order_by(col(Complaint.lodged_at)))).scalars().all()


async def collective_of(session: AsyncSession, complaint_id: UUID) -> Collective | None:
    """That which this complaint leads or belongs to."""
    member = select(col(CollectiveMember.collective_id)).where(
        col(CollectiveMember.complaint_id) == complaint_id, col(CollectiveMember.left_at).is_(None)
    )
    wanted = select(Collective).where(or_(col(Collective.lead_id) == complaint_id, col(Collective.id).in_(member)))
    return (await session.execute(wanted)).scalars().first()


async def members_of(session: AsyncSession, collective_id: UUID, visible: Visibility) -> Sequence[Complaint]:
    wanted = (
        select(Complaint)
        .join(CollectiveMember, col(CollectiveMember.complaint_id) == col(Complaint.id))
        .where(col(CollectiveMember.collective_id) == collective_id, col(CollectiveMember.left_at).is_(None), seen_by(visible))
    )
    return (await session.execute(wanted.order_by(col(Complaint.lodged_at)))).scalars().all()


async def membership(session: AsyncSession, complaint_id: UUID) -> CollectiveMember | None:
    wanted = select(CollectiveMember).where(col(CollectiveMember.complaint_id) == complaint_id, col(CollectiveMember.left_at).is_(None))
    return (await session.execute(wanted)).scalar_one_or_none()


async def bursts(session: AsyncSession, visible: Visibility, since: datetime, least: int) -> Sequence[Row[Any]]:
    """(licence, sound, count, categories, first, last) per respondent, most first. A scan of complaint_newest down to `since`."""
    respondent = (col(Complaint.respondent_licence), _SOUND)
    wanted = (
        select(
            *respondent,
            func.count().label("count"),
            func.array_agg(func.distinct(col(Complaint.category))).label("categories"),
            func.min(col(Complaint.lodged_at)).label("first_at"),
            func.max(col(Complaint.lodged_at)).label("last_at"),
        )
        .where(col(Complaint.lodged_at) >= since, col(Complaint.status) != Status.MERGED, seen_by(visible))
        .where(or_(col(Complaint.respondent_licence).is_not(None), col(Complaint.respondent_sound_key).is_not(None)))
        .group_by(*respondent)
        .having(func.count() >= least)
        .order_by(func.count().desc(), func.max(col(Complaint.lodged_at)).desc())
        .limit(BURSTS)
    )
    return (await session.execute(wanted)).all()


async def latest_against(
    session: AsyncSession, visible: Visibility, *, licence: str | None, sound: bytes | None, since: datetime
) -> Complaint | None:
    who = col(Complaint.respondent_licence) == licence if licence else col(Complaint.respondent_sound_key) == sound
    wanted = select(Complaint).where(who, col(Complaint.lodged_at) >= since, col(Complaint.status) != Status.MERGED, seen_by(visible))
    return (await session.execute(wanted.order_by(col(Complaint.lodged_at).desc()).limit(1))).scalars().first()


async def add(session: AsyncSession, *rows: SQLModel) -> None:
    session.add_all(rows)
    await session.flush()
