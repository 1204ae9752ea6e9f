"""Statements on the procedure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import DateTime, Row, Select, Uuid, and_, bindparam, exists, func, select
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, col

from kit.paging import Paging
from services.complaints.lifecycle.hearings.models import Hearing
from services.complaints.lifecycle.models import Colleague, Proposal
from services.complaints.models import Complaint, Happening
from services.complaints.rules import Status

SEEN_AT_MOST_EVERY = timedelta(days=1)
_ENDED = (Status.RESOLVED, Status.MERGED)


@dataclass(frozen=True, slots=True)
class Background:
    """What the row of a complaint does not say."""

    hearings: int
    is_hearing_open: bool
    proposer: str | None
    has_open_appeal: bool
    appeal_ended_at: datetime | None

    def is_appeal_ended_since(self, decided_at: datetime | None) -> bool:
        """A decision after the appeal (the case was opened again) may be appealed anew."""
        return self.appeal_ended_at is not None and decided_at is not None and self.appeal_ended_at >= decided_at


def _background() -> Select[Any]:
    heard, appeal = Hearing.__table__.c, aliased(Complaint)  # type: ignore[attr-defined]  # SQLModel sets it
    hearings = select(func.count()).where(heard.complaint_id == _THIS).scalar_subquery()
    is_open = exists().where(heard.complaint_id == _THIS, heard.state == "scheduled")
    proposer = select(col(Proposal.proposed_by)).where(_OPEN_PROPOSAL).scalar_subquery()
    appealed = exists().where(col(appeal.appeal_of) == _THIS, col(appeal.status).not_in(_ENDED))
    ended = select(func.max(col(appeal.resolved_at))).where(col(appeal.appeal_of) == _THIS).scalar_subquery()
    return select(hearings, is_open, proposer, appealed, ended)


def _greeting() -> Insert:
    table = SQLModel.metadata.tables["colleague"]
    statement = insert(table).values({one.name: bindparam(f"new_{one.name}", type_=one.type) for one in table.c})
    return statement.on_conflict_do_update(
        index_elements=["office", "subject"],
        set_={"account": statement.excluded.account, "seen_at": statement.excluded.seen_at},
        where=table.c.seen_at < bindparam("stale", type_=DateTime(timezone=True)),
    )


# Built once: every act runs them, and to build one anew costs more than to run it (docs/decisions/0007).
_THIS: Final = bindparam("complaint", type_=Uuid)
_OPEN_PROPOSAL: Final = and_(col(Proposal.complaint_id) == _THIS, col(Proposal.answer).is_(None))
_APPROVED: Final = select(Proposal).where(col(Proposal.complaint_id) == _THIS, col(Proposal.answer) == "approved")
BACKGROUND: Final = _background()
OPEN_PROPOSAL: Final = select(Proposal).where(_OPEN_PROPOSAL)
LAST_DECISION: Final = _APPROVED.order_by(col(Proposal.answered_at).desc()).limit(1)
GREETING: Final = _greeting()


async def background_of(session: AsyncSession, complaint_id: UUID) -> Background:
    """One round trip: index probes on hearing (complaint_id, number), proposal_open and complaint_appeals."""
    return Background(*(await session.execute(BACKGROUND, {"complaint": complaint_id})).one())


async def open_proposal(session: AsyncSession, complaint_id: UUID) -> Proposal | None:
    """Index scan on proposal_open: at most one."""
    return (await session.execute(OPEN_PROPOSAL, {"complaint": complaint_id})).scalar_one_or_none()


async def last_decision(session: AsyncSession, complaint_id: UUID) -> Proposal | None:
    """The latest that was approved: index scan on proposal_of."""
    return (await session.execute(LAST_DECISION, {"complaint": complaint_id})).scalar_one_or_none()


async def deciders_of(session: AsyncSession, complaint_id: UUID) -> frozenset[str]:
    """Whoever proposed or approved a decision of it."""
    approved = select(col(Proposal.proposed_by), col(Proposal.answered_by)).where(
        col(Proposal.complaint_id) == complaint_id, col(Proposal.answer) == "approved"
    )
    return frozenset(person for row in await session.execute(approved) for person in row if person)


async def greet(session: AsyncSession, offices: Collection[str], subject: str, account: str, now: datetime) -> None:
    """Remembers that somebody works in these offices; written at most once a day, so that acts do not wait for one another."""
    who = {"new_subject": subject, "new_account": account, "new_seen_at": now, "stale": now - SEEN_AT_MOST_EVERY}
    if offices:
        await session.execute(GREETING, [{"new_office": office, **who} for office in sorted(offices)])


async def colleagues(session: AsyncSession, office: str, since: datetime) -> Sequence[Colleague]:
    """Those of one office who were seen at work since then: as many as an office has."""
    there = select(Colleague).where(col(Colleague.office) == office, col(Colleague.seen_at) >= since)
    return (await session.execute(there.order_by(col(Colleague.account)))).scalars().all()


async def history(
    session: AsyncSession, complaint_id: UUID, kinds: Collection[str] | None, paging: Paging
) -> Sequence[Row[Happening, str | None]]:
    """Oldest first, with the account of who did it where an office knows them. Index scan on happening_of, and a probe per row."""
    account = select(func.min(Colleague.account)).where(col(Colleague.subject) == col(Happening.by)).correlate(Happening).scalar_subquery()
    rows: Select[Happening, str | None] = select(Happening, account).where(col(Happening.complaint_id) == complaint_id)
    if kinds is not None:
        rows = rows.where(col(Happening.kind).in_(kinds))
    return (await session.execute(paging.of(rows, col(Happening.at), col(Happening.id), newest_first=False))).all()
