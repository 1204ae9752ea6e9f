"""Use cases of the feed: a fact is written down for whom it concerns; a program of an organisation reads on from where it was."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.bus import Received
from kit.errors import NotFoundError
from services.partners import repository as organisations
from services.partners import views
from services.partners.feed import repository, rules
from services.partners.feed.schemas import Cursor, Slice
from services.partners.hooks.repository import Queued, queue
from services.partners.lists import LISTS
from services.partners.rules import NotAllowedError, fields_of
from services.partners.service import rights_of, today
from services.partners.withdrawals.service import ask


async def take_facts(session: AsyncSession, events: Sequence[Received[Any]]) -> None:
    """In the order of the stream. Feeds are taken in the order of their ids: two replicas never wait for each other."""
    concerned = await _concerned(session, events)
    for organisation_id in sorted(concerned):
        await _tell(session, organisation_id, concerned[organisation_id])
    told = {one.envelope.id for found in concerned.values() for one in found}
    for one in events:
        if rules.is_withdrawal(one.envelope.type):
            await ask(session, one.envelope, one.data, is_known=one.envelope.id in told)


async def _concerned(session: AsyncSession, events: Sequence[Received[Any]]) -> Mapping[UUID, list[Received[Any]]]:
    found: dict[UUID, list[Received[Any]]] = {}
    codes = await repository.organisations_by_code(
        session, {one.data.recipient for one in events if _is_addressed(one) and one.data.recipient}
    )
    agreed = {code: await repository.list_agreed_for(session, code) for code in _broadcast(events)}
    for one in events:
        purpose = LISTS.purpose_of(one.envelope.type)
        if purpose is None or purpose.addressed:
            to = [codes[one.data.recipient]] if one.data.recipient in codes else []
        else:
            to = agreed[purpose.code]
        for organisation_id in to:
            found.setdefault(organisation_id, []).append(one)
    return found


def _is_addressed(event: Received[Any]) -> bool:
    purpose = LISTS.purpose_of(event.envelope.type)
    return purpose is None or purpose.addressed


def _broadcast(events: Iterable[Received[Any]]) -> set[str]:
    purposes = (LISTS.purpose_of(one.envelope.type) for one in events)
    return {one.code for one in purposes if one is not None and not one.addressed}


async def _tell(session: AsyncSession, organisation_id: UUID, events: Sequence[Received[Any]]) -> None:
    feed = await repository.hold_feed(session, organisation_id)
    agreed = await agreed_with(session, organisation_id)
    closed = await repository.list_closed(session, organisation_id, {one.envelope.subject for one in events})
    rows: list[dict[str, object]] = []
    queued: list[Queued] = []
    for one in events:
        found = rules.told(one.envelope, agreed)
        if found is None or one.envelope.subject in closed:
            continue
        feed.last += 1
        queued.append(Queued(one.envelope.id, one.envelope.type, one.envelope.subject, one.envelope.sequence))
        rows.append(_row(feed.last, organisation_id, one, found))
    if rows:
        await repository.add(session, rows)
        await queue(session, organisation_id, queued, datetime.now(UTC))
    for one in events:
        if rules.is_withdrawal(one.envelope.type):
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


async def agreed_with(session: AsyncSession, organisation_id: UUID) -> Mapping[str, frozenset[str]]:
    """The fields of each purpose, at this moment."""
    terms = [views.terms_of(one) for one in await organisations.list_agreements(session, organisation_id)]
    return fields_of(terms, today())


async def _reader(session: AsyncSession, client_id: str) -> tuple[UUID, Mapping[str, frozenset[str]]]:
    """Whose feed, and what of it at this moment. Without any agreement in force that is withdrawals: they reach whoever was told before.

    Raises `NotAPartnerError`, `SuspendedError`, `NotVerifiedError`, `NotAllowedError`.
    """
    client, organisation, rights = await rights_of(session, client_id)
    if rules.READ not in client.scopes:
        raise NotAllowedError
    return organisation.id, rights.fields


async def read(session: AsyncSession, client_id: str, after: Cursor | None, since: datetime | None, limit: int) -> Slice:
    """Raises what `_reader` does, `NotFoundError` for the id of an event that is not in the feed."""
    organisation_id, agreed = await _reader(session, client_id)
    start = after.position if after else 0
    if after and after.event_id:
        found = await repository.position_of(session, organisation_id, after.event_id)
        if found is None:
            raise NotFoundError
        start = found
    rows = await repository.page(session, organisation_id, agreed, after=start, since=since, limit=limit)
    shown = rows[:limit]
    return Slice([one.body for one in shown], shown[-1].position if shown else start, has_more=len(rows) > limit)


async def read_one(session: AsyncSession, client_id: str, event_id: UUID) -> bytes:
    """The same bytes as ever. Raises what `_reader` does, `NotFoundError` also for what may not be given any more."""
    organisation_id, agreed = await _reader(session, client_id)
    body = await repository.body_of(session, organisation_id, event_id, agreed)
    if body is None:
        raise NotFoundError
    return body
