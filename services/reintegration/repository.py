"""Every SQL statement of the reintegration service. Each read takes a `Visibility`: there is no way to read past it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, col

from kit.auth import EVERYWHERE
from kit.paging import Paging
from kit.reference import make
from services.reintegration.expected.models import ExpectedReturn
from services.reintegration.models import ArrivalService, CaseConsent, ReintegrationCase, Returnee, ReturneeDocument
from services.reintegration.rules import Visibility

TRIES: Final = 5
MOST_CANDIDATES: Final = 20


class Record(NamedTuple):
    """A returnee with the open case, if there is one."""

    returnee: Returnee
    case: ReintegrationCase | None


async def add_returnee(
    session: AsyncSession, prefix: str, values: Mapping[str, Any], documents: Sequence[Mapping[str, Any]], wanted: str | None = None
) -> str:
    """Its new reference: `wanted`, unless another record has it."""
    reference = await _add_with_reference(session, Returnee, prefix, values, wanted)
    await add_documents(session, documents)
    return reference


async def add_documents(session: AsyncSession, documents: Sequence[Mapping[str, Any]]) -> None:
    if documents:
        await session.execute(plain_insert(ReturneeDocument), [dict(one) for one in documents])


async def add_arrival_services(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        await session.execute(plain_insert(ArrivalService), [dict(one) for one in rows])


async def list_arrival_services(session: AsyncSession, returnee_id: UUID) -> Sequence[ArrivalService]:
    mine = select(ArrivalService).where(col(ArrivalService.returnee_id) == returnee_id)
    return (await session.execute(mine.order_by(col(ArrivalService.noted_at), col(ArrivalService.id)))).scalars().all()


async def add_case(session: AsyncSession, prefix: str, values: Mapping[str, Any]) -> str:
    """Its new reference. Call with the returnee locked and without an open case."""
    return await _add_with_reference(session, ReintegrationCase, prefix, values)


async def add_consent(session: AsyncSession, values: Mapping[str, Any]) -> None:
    await session.execute(plain_insert(CaseConsent), dict(values))


async def find(session: AsyncSession, who: UUID | str, visible: Visibility) -> Record | None:
    """By id or by reference."""
    row = (await session.execute(_records(visible).where(is_called(who)))).one_or_none()
    return Record(*row) if row else None


async def lock(session: AsyncSession, who: UUID | str, visible: Visibility) -> Returnee | None:
    """Locks the returnee until the end of the transaction: two cases opened at once see each other."""
    found = await session.execute(select(Returnee).where(is_called(who), seen_by(visible)).with_for_update())
    return found.scalar_one_or_none()


async def restrict(session: AsyncSession, returnee: Returnee) -> None:
    """Of a locked one: fewer see it from now on."""
    returnee.restricted, returnee.version = True, returnee.version + 1
    await session.flush()


async def find_open_case(session: AsyncSession, returnee_id: UUID) -> ReintegrationCase | None:
    found = await session.execute(
        select(ReintegrationCase).where(col(ReintegrationCase.returnee_id) == returnee_id, col(ReintegrationCase.closed_at).is_(None))
    )
    return found.scalar_one_or_none()


async def list_documents(session: AsyncSession, returnee_id: UUID) -> Sequence[ReturneeDocument]:
    rows = select(ReturneeDocument).where(col(ReturneeDocument.returnee_id) == returnee_id).order_by(col(ReturneeDocument.id))
    return (await session.execute(rows)).scalars().all()


async def list_returnees(session: AsyncSession, visible: Visibility, paging: Paging) -> list[Record]:
    """Newest first: a keyset scan of returnee_newest, or of returnee_district for one district's office."""
    rows = paging.of(_records(visible), col(Returnee.registered_at), col(Returnee.id))
    return [Record(*row) for row in await session.execute(rows)]


async def search_by_phone(session: AsyncSession, visible: Visibility, index: bytes) -> list[Record]:
    return await _candidates(session, visible, col(Returnee.phone_index) == index)


async def search_by_document(session: AsyncSession, visible: Visibility, index: bytes) -> list[Record]:
    owners = select(col(ReturneeDocument.returnee_id)).where(col(ReturneeDocument.number_index) == index)
    return await _candidates(session, visible, col(Returnee.id).in_(owners))


def seen_by(visible: Visibility, returnee: Any = Returnee) -> ColumnElement[bool]:
    """`Visibility` as a condition: a part of the whole, or what one registered oneself; a restricted record for fewer."""
    unrestricted = returnee.restricted.is_(False)
    everything = true() if visible.everything else false()
    return or_(
        everything if visible.restricted_everywhere else and_(everything, unrestricted),
        _within(returnee, visible.districts),
        returnee.registered_by == visible.registered_by,
        and_(returnee.registered_by_org.in_(visible.registered_by_orgs), unrestricted) if visible.registered_by_orgs else false(),
        and_(_registered_before_flight(returnee, visible.before_flight_from), unrestricted) if visible.before_flight_from else false(),
    )


def _registered_before_flight(returnee: Any, countries: frozenset[str]) -> ColumnElement[bool]:
    expected = aliased(ExpectedReturn)  # a statement may join the table itself
    of_wing = select(1).where(col(expected.returnee_id) == returnee.id)
    return (of_wing if EVERYWHERE in countries else of_wing.where(col(expected.country).in_(sorted(countries)))).exists()


async def _candidates(session: AsyncSession, visible: Visibility, found: ColumnElement[bool]) -> list[Record]:
    newest = _records(visible).where(found).order_by(col(Returnee.registered_at).desc(), col(Returnee.id).desc()).limit(MOST_CANDIDATES)
    return [Record(*row) for row in await session.execute(newest)]


async def _add_with_reference(
    session: AsyncSession, table: type[SQLModel], prefix: str, values: Mapping[str, Any], wanted: str | None = None
) -> str:
    """References are random: among half a million, the next is taken once in 70,000 times. Another is drawn then."""
    for attempt in range(TRIES):
        candidate = wanted if wanted is not None and attempt == 0 else make(prefix)
        statement = insert(table).values(**values, reference=candidate).on_conflict_do_nothing(index_elements=["reference"])
        reference = (await session.execute(statement.returning(table.__table__.c.reference))).scalar_one_or_none()  # type: ignore[attr-defined]
        if reference is not None:
            return str(reference)
    raise RuntimeError(f"no free reference with {prefix} was found")


def _records(visible: Visibility) -> Select[Returnee, ReintegrationCase | None]:
    is_open = and_(col(ReintegrationCase.returnee_id) == col(Returnee.id), col(ReintegrationCase.closed_at).is_(None))
    return select(Returnee, ReintegrationCase).outerjoin(ReintegrationCase, is_open).where(seen_by(visible))


def is_called(who: UUID | str) -> ColumnElement[bool]:
    return col(Returnee.id) == who if isinstance(who, UUID) else col(Returnee.reference) == who


def _within(returnee: Any, districts: frozenset[str]) -> ColumnElement[bool]:
    if "*" in districts:
        return true()
    return returnee.district.in_(districts) if districts else false()
