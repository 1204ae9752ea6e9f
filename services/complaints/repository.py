"""Statements on complaints and their histories. Each read takes a `Visibility`: there is no way to read past it."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Insert,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    false,
    func,
    insert,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from kit.errors import UnavailableError
from kit.ids import new_id
from kit.outbox import WRITTEN, outbox
from kit.paging import Paging
from kit.timer import timer
from services.complaints.clocks import repository as clocks
from services.complaints.clocks.models import SeatHolder
from services.complaints.clocks.opening import TIMER, opening
from services.complaints.models import Complaint, Happening
from services.complaints.rules import RespondentKind, Status, Visibility

_TIMER: Final = ("id", "due", "kind", "record", "payload", "next_try")


def _lodge() -> Insert:
    complaint, happening, deadline = (SQLModel.metadata.tables[name] for name in ("complaint", "happening", "deadline"))
    told = insert(outbox).values({name: bindparam(f"event_{name}", type_=outbox.c[name].type) for name in WRITTEN}).cte("told")
    done = insert(happening).values({one.name: bindparam(f"first_{one.name}", type_=one.type) for one in happening.c}).cte("done")
    due = insert(deadline).from_select([one.name for one in deadline.c], select(*clocks.ROWS.c)).cte("due")
    looks = insert(timer).values({name: bindparam(f"timer_{name}", type_=timer.c[name].type) for name in _TIMER}).cte("looks")
    values = {one.name: bindparam(f"complaint_{one.name}", type_=one.type) for one in complaint.c}
    return insert(complaint).values(values).add_cte(told, done, due, looks)


# Built once: to build a statement of sixty values anew costs more than to run it.
LODGE: Final = _lodge()


async def add_complaint(session: AsyncSession, values: Mapping[str, Any], first: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    """Record, first happening, event, deadlines and timer in one statement, past the ORM: the hot write of the suite (design §7).

    `values` needs nothing of the clocks: they are opened here, so that there is no way to lodge without them. Raises `UnavailableError`
    for a reference that is taken.
    """
    opened = opening(values)
    looks = {"id": new_id(), "kind": TIMER, "record": values["id"], "due": opened.columns["look_at"], "payload": {}}
    looks["next_try"] = looks["due"]
    parts = {"complaint": {**values, **opened.columns}, "first": first, "event": event, "timer": looks}
    rows = {f"{part}_{name}": value for part, row in parts.items() for name, value in row.items()}
    try:
        await session.execute(LODGE, {**rows, "deadlines": opened.deadlines})
    except IntegrityError as error:
        # Among a million, one reference in 34,000 is taken. Sent again, it draws another; a savepoint would cost each of them two trips.
        if "complaint_reference_key" not in str(error.orig):
            raise
        raise UnavailableError from error


async def tell_boards(session: AsyncSession) -> None:
    """Open boards of the call centre look again once this is committed."""
    await session.execute(select(func.pg_notify("call_change", "")))


async def find_complaint(session: AsyncSession, reference: str, visible: Visibility, *, lock: bool = False) -> Complaint | None:
    """Index scan on complaint_reference_key. `lock` holds the row until the transaction ends: for whoever changes it."""
    return (await session.execute(_one(visible, lock=lock), {"reference": reference})).scalar_one_or_none()


@lru_cache(maxsize=512)
def _one(visible: Visibility, *, lock: bool) -> Select[Complaint]:
    """Built once for each person at work: to build what `seen_by` says anew at every act costs more than to run it."""
    statement = select(Complaint).where(col(Complaint.reference) == bindparam("reference", type_=Text), seen_by(visible))
    return statement.with_for_update() if lock else statement


async def list_complaints(
    session: AsyncSession, visible: Visibility, paging: Paging, narrowed: Sequence[ColumnElement[bool]] = (), *, newest_first: bool = True
) -> Sequence[Complaint]:
    """A keyset scan of complaint_newest, or of the index of a queue. One row more than asked where there are more.

    Of readers who see few of all: a bitmap of the indexes of licence, partner and person, fenced off (`offset 0`) from the order. The
    planner would go down complaint_newest for them, past a quarter of a million rows of others: 930 ms of a million where this takes 6.
    """
    at, identity = col(Complaint.lodged_at), col(Complaint.id)
    rows = paging.of(select(Complaint).where(seen_by(visible), *narrowed), at, identity, newest_first=newest_first)
    if sees_few(visible):
        few = select(identity, at).where(seen_by(visible), *narrowed).offset(0).subquery()
        shown = paging.of(select(few.c.id), few.c.lodged_at, few.c.id, newest_first=newest_first)
        order = (at.desc(), identity.desc()) if newest_first else (at, identity)
        rows = select(Complaint).where(identity.in_(shown)).order_by(*order)
    return (await session.execute(rows)).scalars().all()


async def list_in_danger(session: AsyncSession, visible: Visibility) -> Sequence[Complaint]:
    """Whoever was not safe when they told of it, and whom no officer has yet. Longest waiting first: index scan on complaint_in_danger."""
    waits = (col(Complaint.caller_safe).is_(False), col(Complaint.assignee).is_(None), col(Complaint.status) == Status.LODGED)
    rows = select(Complaint).where(*waits, seen_by(visible)).order_by(col(Complaint.lodged_at), col(Complaint.id)).limit(100)
    return (await session.execute(rows)).scalars().all()


def sees_few(visible: Visibility) -> bool:
    """A partner or an agency: nothing by office, district or country."""
    return not (visible.everything or visible.offices or visible.districts or visible.countries)


async def list_happenings(session: AsyncSession, complaint_id: UUID) -> Sequence[Happening]:
    """Of a complaint that the caller was shown to see. Oldest first: index scan on happening_of."""
    mine = select(Happening).where(col(Happening.complaint_id) == complaint_id)
    return (await session.execute(mine.order_by(col(Happening.version), col(Happening.id)))).scalars().all()


def seen_by(visible: Visibility) -> ColumnElement[bool]:
    """`Visibility` as a condition: a part of the whole view, or one's own; restricted ones for those who may.

    One's own is what one lodged, works on, checks, or broke the glass of. An office sees what it is asked to take over or to decide an
    appeal about.
    """
    own = or_(
        col(Complaint.lodged_by) == visible.subject,
        col(Complaint.assignee) == visible.subject,
        col(Complaint.checker) == visible.subject,
        # Said although it follows: so that the few with a broken glass are found by complaint_glass.
        and_(col(Complaint.glass).is_not(None), cast(col(Complaint.glass)[visible.subject].astext, DateTime(timezone=True)) > func.now()),
        _any(Complaint.lodged_by_org, visible.orgs),
    )
    parts = or_(
        true() if visible.everything else false(),
        and_(or_(_within(Complaint.district, visible.districts), _within(Complaint.country, visible.countries)), _names_its_office()),
        _any(Complaint.respondent_licence, visible.against_licences),
    )
    unrestricted = col(Complaint.restricted).is_(False)
    held = or_(*(_any(column, visible.offices) for column in (Complaint.office, Complaint.transfer_to, Complaint.appeal_office)))
    allowed = or_(
        parts if visible.restricted else and_(parts, unrestricted),
        held if visible.restricted_of_office else and_(held, unrestricted),
    )
    return and_(or_(own, handed_up_to(visible.subject), allowed), not_about(visible.about))


def handed_up_to(subject: str) -> ColumnElement[bool]:
    """Whoever sits in the seat sees what was handed up to it. The seats are read once for the statement, then complaint_seat."""
    mine = select(col(SeatHolder.seat)).where(col(SeatHolder.holder) == subject, col(SeatHolder.until).is_(None))
    return col(Complaint.seat) == any_(func.array(mine.scalar_subquery()))


def not_about(offices: frozenset[str]) -> ColumnElement[bool]:
    """An office never sees a complaint about itself."""
    about = col(Complaint.respondent_office)
    return or_(about.is_(None), not_(about.in_(offices))) if offices else true()


def _names_its_office() -> ColumnElement[bool]:
    """False while a complaint is about an office and nobody has said which: whoever reads by area may be the one that is meant."""
    return or_(col(Complaint.respondent_kind).is_distinct_from(RespondentKind.OFFICE), col(Complaint.respondent_office).is_not(None))


def _any(column: Any, values: frozenset[str]) -> ColumnElement[bool]:
    return col(column).in_(values) if values else false()


def _within(column: Any, codes: frozenset[str]) -> ColumnElement[bool]:
    return true() if "*" in codes else _any(column, codes)
