"""Use cases of a counter: a number is taken and called, something is told, and how the day stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from contracts.reintegration import InformationGiven, VisitorCalled
from kit.access_log import record_access
from kit.auth import Caller
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from services.reintegration.access import what_is_visible
from services.reintegration.counter import repository, rules
from services.reintegration.counter.lists import COUNTER, Cover
from services.reintegration.counter.models import CounterTicket, CounterTold
from services.reintegration.counter.schemas import TicketIn, ToldIn
from services.reintegration.models import Returnee

Waiting = tuple[str, Returnee, datetime, str]


@dataclass(frozen=True, slots=True)
class Day:
    """One counter on one day of Dhaka; `told` by topic, `covers` what its desk does beside."""

    day: date
    district: str
    tickets: Sequence[CounterTicket]
    waits: rules.Waits
    told: dict[str, int]
    covers: Sequence[Cover]


def _counter(caller: Caller, asked: str | None, today: date) -> str:
    own = caller.districts
    return rules.counter_of(asked, own, (one.district for one in COUNTER.covered_by(own, today)))


async def take_ticket(session: AsyncSession, caller: Caller, said: TicketIn) -> CounterTicket:
    """Raises `DistrictNeededError`, `OtherCounterError`."""
    now = datetime.now(UTC)
    today = now.astimezone(DHAKA).date()
    district = _counter(caller, said.district, today)
    ticket = CounterTicket(
        id=new_id(),
        district=district,
        day=today,
        number=await repository.next_number(session, district, today),
        purpose=said.purpose,
        taken_at=now,
        called_at=None,
        called_by=None,
        left_at=None,
    )
    session.add(ticket)
    await session.flush()
    return ticket


async def call_ticket(session: AsyncSession, caller: Caller, ticket_id: UUID) -> CounterTicket:
    """Raises `NotFoundError` also at another counter, `TicketOverError`."""
    ticket, now = await _waiting(session, caller, ticket_id)
    ticket.called_at, ticket.called_by = now, caller.subject
    waited = int((now - ticket.taken_at).total_seconds())
    event = VisitorCalled(district=ticket.district, purpose=ticket.purpose, waited_seconds=waited, called_at=now)
    await emit(session, event, subject=ticket.id, sequence=1)
    return ticket


async def leave(session: AsyncSession, caller: Caller, ticket_id: UUID) -> CounterTicket:
    """Somebody went away unheard. Raises `NotFoundError`, `TicketOverError`."""
    ticket, now = await _waiting(session, caller, ticket_id)
    ticket.left_at = now
    return ticket


async def _waiting(session: AsyncSession, caller: Caller, ticket_id: UUID) -> tuple[CounterTicket, datetime]:
    now = datetime.now(UTC)
    ticket = await repository.lock_ticket(session, ticket_id)
    if ticket is None:
        raise NotFoundError
    try:
        _counter(caller, ticket.district, now.astimezone(DHAKA).date())
    except rules.OtherCounterError as error:
        raise NotFoundError from error
    if ticket.called_at is not None or ticket.left_at is not None:
        raise rules.TicketOverError
    return ticket, now


async def tell(session: AsyncSession, caller: Caller, said: ToldIn) -> tuple[str, int]:
    """The topic, and how often it was told at this counter today."""
    now = datetime.now(UTC)
    today = now.astimezone(DHAKA).date()
    district = _counter(caller, said.district, today)
    told = CounterTold(
        id=new_id(), district=district, day=today, topic=said.topic, lists_version=COUNTER.version, told_by=caller.subject, told_at=now
    )
    session.add(told)
    await session.flush()
    await emit(session, InformationGiven(district=district, topic=said.topic, told_at=now), subject=told.id, sequence=1)
    return said.topic, (await repository.count_told(session, district, today))[said.topic]


async def today(session: AsyncSession, caller: Caller, asked: str | None) -> Day:
    """Raises `DistrictNeededError`, `OtherCounterError`."""
    now = datetime.now(UTC)
    day = now.astimezone(DHAKA).date()
    district = _counter(caller, asked, day)
    tickets = await repository.list_tickets(session, district, day)
    spans = [(one.taken_at, one.called_at, one.left_at) for one in tickets]
    told = await repository.count_told(session, district, day)
    return Day(day, district, tickets, rules.waits(spans, now), told, COUNTER.covered_by(caller.districts, day))


async def list_waiting(session: AsyncSession, caller: Caller) -> tuple[list[Waiting], bool]:
    """Whose word is awaited, and whether there are more. Logged."""
    rows = await repository.list_waiting(session, what_is_visible(caller))
    shown = rows[: repository.MOST_WAITING]
    who = {returnee.id for _, returnee, _, _ in shown}
    await record_access(session, caller, who, record_type="returnee", purpose="waiting", fields=("reference", "name", "case"))
    return shown, len(rows) > len(shown)
