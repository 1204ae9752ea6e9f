"""The SQL of check-ins: responses are only added; what holds of a person is written beside them in the same transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_or_skip
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.crisis.checkins.models import CheckinCurrent, CheckinResponse, CrisisText
from services.crisis.outreach.models import Recipient

READ_BY_A_PERSON: Final = ("unparsed", "question", "answer")


async def lock_person(session: AsyncSession, root: UUID, person: UUID) -> None:
    """Two answers about one person wait for each other until the end of the transaction."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"checkin {root} {person}", 0))))


async def add_response(session: AsyncSession, response: CheckinResponse) -> None:
    session.add(response)
    await session.flush()


async def list_responses(session: AsyncSession, root: UUID, person: UUID) -> Sequence[CheckinResponse]:
    rows = select(CheckinResponse).where(col(CheckinResponse.root) == root, col(CheckinResponse.person) == person)
    return (await session.execute(rows.order_by(col(CheckinResponse.received_at), col(CheckinResponse.id)))).scalars().all()


async def set_current(session: AsyncSession, values: Mapping[str, Any]) -> None:
    statement = insert_or_skip(CheckinCurrent).values(**values)
    changed = {name: value for name, value in values.items() if name not in {"root", "person", "is_drill"}}
    await session.execute(statement.on_conflict_do_update(index_elements=["root", "person"], set_=changed))


async def find_current(session: AsyncSession, root: UUID, person: UUID) -> CheckinCurrent | None:
    rows = select(CheckinCurrent).where(col(CheckinCurrent.root) == root, col(CheckinCurrent.person) == person)
    return (await session.execute(rows.execution_options(populate_existing=True))).scalar_one_or_none()


async def ledger_row(session: AsyncSession, root: UUID, person: UUID, countries: frozenset[str] | None) -> Recipient | None:
    """The last of somebody in this chain, where their country is the caller's."""
    rows = select(Recipient).where(col(Recipient.root) == root, col(Recipient.person) == person, col(Recipient.kind) == "person")
    if countries is not None:
        rows = rows.where(col(Recipient.country).in_(sorted(countries)))
    return (await session.execute(rows.order_by(col(Recipient.queued_at).desc()).limit(1))).scalar_one_or_none()


async def add_text(session: AsyncSession, values: Mapping[str, Any]) -> bool:
    """Whether it is new: a company brings a text as often as it likes."""
    statement = insert_or_skip(CrisisText).values(**values).on_conflict_do_nothing().returning(col(CrisisText.id))
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def list_waiting(
    session: AsyncSession, countries: frozenset[str] | None, after: tuple[datetime, UUID] | None, most: int
) -> Sequence[CrisisText]:
    """The one that is due first; what has no country is everybody's. Index scan on crisis_text_waits."""
    rows = select(CrisisText).where(col(CrisisText.state) == "waiting", col(CrisisText.kind).in_(READ_BY_A_PERSON))
    if countries is not None:
        rows = rows.where(or_(col(CrisisText.country).in_(sorted(countries)), col(CrisisText.country).is_(None)))
    if after is not None:
        at, identity = after
        rows = rows.where(or_(col(CrisisText.due) > at, (col(CrisisText.due) == at) & (col(CrisisText.id) > identity)))
    return (await session.execute(rows.order_by(col(CrisisText.due), col(CrisisText.id)).limit(most))).scalars().all()


async def find_text(session: AsyncSession, text_id: UUID, countries: frozenset[str] | None) -> CrisisText | None:
    """Locked until the end of the transaction."""
    rows = select(CrisisText).where(col(CrisisText.id) == text_id, col(CrisisText.kind).in_(READ_BY_A_PERSON)).with_for_update()
    if countries is not None:
        rows = rows.where(or_(col(CrisisText.country).in_(sorted(countries)), col(CrisisText.country).is_(None)))
    return (await session.execute(rows)).scalar_one_or_none()


async def answered_of(session: AsyncSession, root: UUID, person: UUID, provider: str) -> Sequence[CrisisText]:
    rows = select(CrisisText).where(col(CrisisText.root) == root, col(CrisisText.person) == person, col(CrisisText.provider) == provider)
    return (await session.execute(rows.order_by(col(CrisisText.received_at).desc()).limit(20))).scalars().all()


NEXT_PASSING: Final = text("select min(due) from crisis_text where state = 'passing'")


async def next_passing(session: AsyncSession) -> datetime | None:
    """When the next is to be passed on. Index scan on crisis_text_waits."""
    found: datetime | None = await session.scalar(NEXT_PASSING)
    return found


async def claim_passing(session: AsyncSession, now: datetime, until: datetime) -> list[CrisisText]:
    """What is another service's, to be passed on; claimed until then. Index scan on crisis_text_waits."""
    due = (
        select(col(CrisisText.id))
        .where(col(CrisisText.state) == "passing", col(CrisisText.due) <= now)
        .order_by(col(CrisisText.due))
        .limit(20)
        .with_for_update(skip_locked=True)
    )
    claimed = (
        update(CrisisText).where(col(CrisisText.id).in_(due)).values(due=until, attempts=CrisisText.attempts + 1).returning(CrisisText)
    )
    return list((await session.execute(claimed)).scalars())


async def passed(session: AsyncSession, text_id: UUID) -> None:
    """Of what was passed on nothing is kept but that it came."""
    values = {"state": "done", "raw": None, "signature": None, "body": None, "sender": None}
    await session.execute(update(CrisisText).where(col(CrisisText.id) == text_id).values(**values))


async def put_off(session: AsyncSession, text_id: UUID, until: datetime) -> None:
    await session.execute(update(CrisisText).where(col(CrisisText.id) == text_id).values(due=until))
