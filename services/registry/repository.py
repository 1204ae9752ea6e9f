"""Every SQL statement about persons. Each read for a desk takes a `Visibility`: there is no way to read past it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, exists, false, func, or_, select, true, update
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from kit.reference import make
from services.registry.models import National, NationalContact, NationalDocument, NationalPlace
from services.registry.rules import PREFIX, State, Visibility

TRIES: Final = 5
MOST_CANDIDATES: Final = 20
Rows = Sequence[Mapping[str, Any]]


async def add_person(session: AsyncSession, values: Mapping[str, Any]) -> str:
    """Its new reference: random, so that another is drawn where one is taken."""
    for _ in range(TRIES):
        statement = insert(National).values(**values, reference=make(PREFIX)).on_conflict_do_nothing(index_elements=["reference"])
        reference = (await session.execute(statement.returning(col(National.reference)))).scalar_one_or_none()
        if reference is not None:
            return reference
    raise RuntimeError(f"no free reference with {PREFIX} was found")


async def add_rows(session: AsyncSession, table: type[SQLModel], rows: Rows) -> None:
    if rows:
        await session.execute(plain_insert(table), [dict(one) for one in rows])


async def replace_rows(session: AsyncSession, table: type[NationalContact | NationalDocument], person_id: UUID, rows: Rows) -> None:
    await session.execute(delete(table).where(col(table.person_id) == person_id))
    await add_rows(session, table, rows)


async def find(session: AsyncSession, who: UUID | str, visible: Visibility, *, lock: bool = False) -> National | None:
    """By id or by reference. Locked until the end of the transaction where it is to be changed."""
    statement = select(National).where(_is(who), seen_by(visible))
    return (await session.execute(statement.with_for_update() if lock else statement)).scalar_one_or_none()


async def find_by_reference(session: AsyncSession, reference: str, *, lock: bool = False) -> National | None:
    """For the person, who knows the secret. Nobody who asked to be forgotten."""
    statement = select(National).where(col(National.reference) == reference, col(National.state) != State.WITHDRAWN)
    return (await session.execute(statement.with_for_update() if lock else statement)).scalar_one_or_none()


async def search_by_contact(session: AsyncSession, visible: Visibility, index: bytes) -> Sequence[National]:
    """Index scan on national_contact_address."""
    owners = select(col(NationalContact.person_id)).where(col(NationalContact.address_index) == index)
    return await _candidates(session, visible, col(National.id).in_(owners))


async def search_by_document(session: AsyncSession, visible: Visibility, index: bytes) -> Sequence[National]:
    """Index scan on national_document_number."""
    owners = select(col(NationalDocument.person_id)).where(col(NationalDocument.number_index) == index)
    return await _candidates(session, visible, col(National.id).in_(owners))


async def list_contacts(session: AsyncSession, people: Sequence[UUID]) -> Sequence[NationalContact]:
    """Of many, in the order in which each person gave them."""
    rows = select(NationalContact).where(col(NationalContact.person_id).in_(people))
    return (await session.execute(rows.order_by(col(NationalContact.person_id), col(NationalContact.place_in_list)))).scalars().all()


async def list_documents(session: AsyncSession, person_id: UUID) -> Sequence[NationalDocument]:
    rows = select(NationalDocument).where(col(NationalDocument.person_id) == person_id).order_by(col(NationalDocument.place_in_list))
    return (await session.execute(rows)).scalars().all()


async def list_places(session: AsyncSession, person_id: UUID) -> Sequence[NationalPlace]:
    """Newest first."""
    rows = select(NationalPlace).where(col(NationalPlace.person_id) == person_id)
    newest = rows.order_by(col(NationalPlace.observed_at).desc(), col(NationalPlace.place_in_list).desc())
    return (await session.execute(newest)).scalars().all()


async def list_people(session: AsyncSession, people: Sequence[UUID]) -> Sequence[National]:
    """Those of a list who did not ask to be forgotten, for a caller who may know of all of them."""
    return (
        (await session.execute(select(National).where(col(National.id).in_(people), col(National.state) != State.WITHDRAWN)))
        .scalars()
        .all()
    )


async def count_of_own_number(session: AsyncSession, indexes: Sequence[bytes]) -> int:
    mine = and_(col(NationalContact.address_index).in_(indexes), col(NationalContact.whose) == "own")
    return await session.scalar(select(func.count(func.distinct(col(NationalContact.person_id)))).where(mine)) or 0


async def supersede_places(session: AsyncSession, place: NationalPlace) -> None:
    """Older places of the same kind are history from now on. Of a person whose row is locked."""
    older = and_(
        col(NationalPlace.person_id) == place.person_id,
        col(NationalPlace.kind) == place.kind,
        col(NationalPlace.place_in_list) != place.place_in_list,
        col(NationalPlace.is_current),
    )
    await session.execute(update(NationalPlace).where(older).values(is_current=False))


async def next_place(session: AsyncSession, person_id: UUID) -> int:
    """The next free position. Of a person whose row is locked."""
    taken = await session.scalar(select(func.max(col(NationalPlace.place_in_list))).where(col(NationalPlace.person_id) == person_id))
    return (taken or 0) + 1


def seen_by(visible: Visibility, person: Any = National) -> ColumnElement[bool]:
    """`Visibility` as a condition. Who asked to be forgotten is seen by nobody."""
    here = and_(col(NationalPlace.person_id) == person.id, col(NationalPlace.country).in_(visible.countries), col(NationalPlace.is_current))
    return and_(
        person.state != State.WITHDRAWN,
        or_(
            true() if visible.everything else false(),
            or_(person.country.in_(visible.countries), exists().where(here)) if visible.countries else false(),
            person.registered_by == visible.registered_by,
            person.registered_by_org.in_(visible.registered_by_orgs) if visible.registered_by_orgs else false(),
        ),
    )


async def _candidates(session: AsyncSession, visible: Visibility, found: ColumnElement[bool]) -> Sequence[National]:
    rows: Select[National] = select(National).where(found, seen_by(visible))
    newest = rows.order_by(col(National.registered_at).desc(), col(National.id).desc()).limit(MOST_CANDIDATES)
    return (await session.execute(newest)).scalars().all()


def _is(who: UUID | str) -> ColumnElement[bool]:
    return col(National.id) == who if isinstance(who, UUID) else col(National.reference) == who
