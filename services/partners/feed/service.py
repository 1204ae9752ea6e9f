"""Use cases of the feed: a fact is written down for whom it concerns; a program of an organisation reads on from where it was."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.bus import Received
from kit.errors import NotFoundError
from kit.policy import Share
from kit.sharing_log import Shared, record_decisions
from services.partners import repository as organisations
from services.partners import views
from services.partners.feed import repository, rules
from services.partners.feed.schemas import Cursor, Slice
from services.partners.hooks.repository import Queued, queue
from services.partners.rules import NotAllowedError, signed
from services.partners.service import program_of, today
from services.partners.sharing import ADDRESSED, PURPOSES, Asker, is_withdrawal, shares
from services.partners.withdrawals.service import ask


async def take_facts(session: AsyncSession, events: Sequence[Received[Any]]) -> None:
    """In the order of the stream. Feeds are taken in the order of their ids: two replicas never wait for each other."""
    concerned = await _concerned(session, events)
    for organisation_id in sorted(concerned):
        await _tell(session, organisation_id, concerned[organisation_id])
    told = {one.envelope.id for found in concerned.values() for one in found}
    for one in events:
        if is_withdrawal(one.envelope.type):
            await ask(session, one.envelope, one.data, is_known=one.envelope.id in told)


async def _concerned(session: AsyncSession, events: Sequence[Received[Any]]) -> Mapping[UUID, list[Received[Any]]]:
    found: dict[UUID, list[Received[Any]]] = {}
    codes = await repository.organisations_by_code(
        session, {one.data.recipient for one in events if _is_addressed(one) and one.data.recipient}
    )
    agreed = {code: await repository.list_agreed_for(session, code) for code in _broadcast(events)}
    for one in events:
        if _is_addressed(one):
            to = [codes[one.data.recipient]] if one.data.recipient in codes else []
        else:
            to = agreed[PURPOSES[one.envelope.type]]
        for organisation_id in to:
            found.setdefault(organisation_id, []).append(one)
    return found


def _is_addressed(event: Received[Any]) -> bool:
    return event.envelope.type in ADDRESSED


def _broadcast(events: Iterable[Received[Any]]) -> set[str]:
    return {PURPOSES[one.envelope.type] for one in events if not _is_addressed(one)}


async def _tell(session: AsyncSession, organisation_id: UUID, events: Sequence[Received[Any]]) -> None:
    feed = await repository.hold_feed(session, organisation_id)
    asker = await asker_of(session, organisation_id)
    closed = await repository.list_closed(session, organisation_id, {one.envelope.subject for one in events})
    rows: list[dict[str, object]] = []
    queued: list[Queued] = []
    for one in events:
        found = rules.told(one.envelope, asker)
        if found is None or one.envelope.subject in closed:
            continue
        feed.last += 1
        queued.append(Queued(one.envelope.id, one.envelope.type, one.envelope.subject, one.envelope.sequence))
        rows.append(_row(feed.last, organisation_id, one, found))
    if rows:
        await repository.add(session, rows)
        await queue(session, organisation_id, queued, datetime.now(UTC))
    for one in events:
        if is_withdrawal(one.envelope.type):
            await repository.close_records(session, organisation_id, one.data.records, one.envelope.id, rules.WITHDRAWN)


def _row(position: int, organisation_id: UUID, event: Received[Any], found: rules.Told) -> dict[str, object]:
    return {
        "organisation_id": organisation_id,
        "position": position,
        "id": event.envelope.id,
        "type": event.envelope.type,
        "subject": event.envelope.subject,
        "sequence": event.envelope.sequence,
        "purpose": found.purpose,
        "fields": list(found.fields),
        "body": found.body,
        "added_at": datetime.now(UTC),
        "withheld": None,
    }


async def asker_of(session: AsyncSession, organisation_id: UUID, organisation: str = "") -> Asker:
    """A program of the organisation, with what was agreed, at this moment."""
    terms = [views.terms_of(one) for one in await organisations.list_agreements(session, organisation_id)]
    return Asker(organisation, signed(terms), today())


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose feed is read, and what of it may be given at this moment."""

    organisation_id: UUID
    code: str
    given: Mapping[str, Share]


async def _reader(session: AsyncSession, client_id: str) -> Reader:
    """Without any agreement in force withdrawals are given all the same: they reach whoever was told before.

    Raises `NotAPartnerError`, `SuspendedError`, `NotVerifiedError`, `NotAllowedError`.
    """
    client, organisation = await program_of(session, client_id)
    if rules.READ not in client.scopes:
        raise NotAllowedError
    return Reader(organisation.id, organisation.code, shares(await asker_of(session, organisation.id, organisation.code)))


async def read(session: AsyncSession, caller: Caller, after: Cursor | None, since: datetime | None, limit: int) -> Slice:
    """Raises what `_reader` does, `NotFoundError` for the id of an event that is not in the feed."""
    reader = await _reader(session, caller.client_id)
    start = after.position if after else 0
    if after and after.event_id:
        found = await repository.position_of(session, reader.organisation_id, after.event_id)
        if found is None:
            raise NotFoundError
        start = found
    rows = await repository.page(session, reader.organisation_id, reader.given, after=start, since=since, limit=limit)
    shown = rows[:limit]
    await _note(session, caller, reader, [one.type for one in shown])
    return Slice([one.body for one in shown], shown[-1].position if shown else start, has_more=len(rows) > limit)


async def read_one(session: AsyncSession, caller: Caller, event_id: UUID) -> bytes:
    """The same bytes as ever. Raises what `_reader` does, `NotFoundError` also for what may not be given any more."""
    reader = await _reader(session, caller.client_id)
    found = await repository.find_given(session, reader.organisation_id, event_id, reader.given)
    if found is None:
        raise NotFoundError
    await _note(session, caller, reader, [found.type])
    body: bytes = found.body
    return body


async def _note(session: AsyncSession, caller: Caller, reader: Reader, types: Sequence[str]) -> None:
    decided = [noted(reader.given[one], reader.code, count) for one, count in sorted(Counter(types).items())]
    await record_decisions(session, caller, decided)


def noted(one: Share, organisation: str, records: int, *, withheld: bool = False) -> Shared:
    """For the log of decisions. `withheld`: as a whole, whatever single fields might have been given."""
    allowed = frozenset[str]() if withheld else one.allowed
    agreements = frozenset[str]() if withheld else one.agreements
    return replace(Shared.of(one, organisation, records), allowed=allowed, denied=frozenset(one.decisions) - allowed, agreements=agreements)
