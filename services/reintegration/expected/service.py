"""Use cases: a wing registers before the flight; who awaits the person notes whether they came."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from contracts.reintegration import ReturnNoted
from contracts.text import Bilingual
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import NotFoundError
from kit.outbox import emit
from kit.paging import Paging
from kit.versions import check_version
from services.reintegration import repository as returnees
from services.reintegration import rules as plans
from services.reintegration.expected import repository, rules
from services.reintegration.expected.models import ExpectedReturn
from services.reintegration.expected.repository import Expected
from services.reintegration.expected.rules import State
from services.reintegration.expected.schemas import CameIn, ExpectedRow
from services.reintegration.models import Returnee
from services.reintegration.rules import Visibility
from services.reintegration.schemas import LISTS
from services.reintegration.views import names_of

SHOWN: Final = ("name", "expected_on")


async def note_expected(session: AsyncSession, person: Returnee) -> None:
    """Called where `rules.check_expected` said that the return lies ahead."""
    row = ExpectedReturn(
        returnee_id=person.id,
        version=1,
        country=person.country,
        expected_on=person.returned_on,
        state=State.EXPECTED,
        noted_at=person.registered_at,
    )
    await repository.add(session, row)


async def list_expected(session: AsyncSession, caller: Caller, visible: Visibility, paging: Paging) -> Sequence[Expected]:
    rows = await repository.list_expected(session, visible, paging)
    shown = [returnee.id for _, returnee in rows[: paging.limit]]
    await record_access(session, caller, shown, record_type="returnee", purpose="arrival", fields=SHOWN)
    return rows


async def get(session: AsyncSession, keyring: Keyring, caller: Caller, visible: Visibility, who: UUID | str) -> ExpectedRow:
    """Raises `NotFoundError` also for one out of sight, and for one whom no wing registered before the flight."""
    found = await repository.find(session, who, visible)
    if found is None:
        raise NotFoundError
    await record_access(session, caller, [found[1].id], record_type="returnee", purpose="arrival", fields=SHOWN)
    return row_of(found, keyring)


async def note(
    session: AsyncSession, keyring: Keyring, caller: Caller, visible: Visibility, who: UUID | str, expected: int, said: CameIn
) -> ExpectedRow:
    """The day on which the person came takes the place of the planned one; an open case gets its plan's day from it.

    Locks the returnee. Raises `NotFoundError`, `StaleVersionError`, `AnsweredError`.
    """
    found = await repository.find(session, who, visible, locked=True)
    if found is None:
        raise NotFoundError
    row, person = found
    check_version(expected, row.version)
    rules.refuse_answered(State(row.state))
    row.state, row.version = State.ARRIVED if said.came else State.NOT_COME, row.version + 1
    row.answered_by, row.answered_at = caller.subject, datetime.now(UTC)
    if said.returned_on is not None and said.came:
        await _correct(session, person, said.returned_on)
    event = ReturnNoted(
        district=person.district,
        country=person.country,
        sex=person.sex,
        age_band=person.age_band,
        came=said.came,
        returned_on=said.returned_on if said.came else None,
        noted_at=row.answered_at,
    )
    await emit(session, event, subject=person.id, sequence=row.version, restricted=person.restricted)
    await session.flush()
    await record_access(session, caller, [person.id], record_type="returnee", purpose="arrival", fields=SHOWN)
    return row_of(found, keyring)


async def _correct(session: AsyncSession, person: Returnee, returned_on: date) -> None:
    person.returned_on, person.version = returned_on, person.version + 1
    case = await returnees.find_open_case(session, person.id)
    if case is not None:
        case.plan_due = plans.plan_due_of(person.returned_on, person.registered_at, LISTS.plan_due_days)
        case.version += 1


def row_of(found: Expected, keyring: Keyring) -> ExpectedRow:
    row, person = found
    told = {
        "returnee_id": person.id,
        "reference": person.reference,
        "version": row.version,
        "country": person.country,
        "district": person.district,
        "expected_on": row.expected_on,
        "overdue": row.expected_on < datetime.now(DHAKA).date(),
        "state": State(row.state),
        "state_label": Bilingual.of(rules.STATE_WORDS[State(row.state)]),
    }
    return ExpectedRow.model_validate(names_of(person, keyring) | told)
