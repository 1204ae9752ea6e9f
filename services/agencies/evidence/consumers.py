"""What becomes of complaints, as facts: each event is one, whatever came before it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.complaints import (
    AppealLodged,
    ComplaintDecided,
    ComplaintMerged,
    ComplaintReopened,
    RedressOrdered,
    RedressPaid,
    RespondentAnswered,
)
from contracts.days import DHAKA
from contracts.events import Event
from kit.bus import Received
from services.agencies.evidence import repository
from services.agencies.evidence.models import Fact
from services.agencies.evidence.rules import Kind, named_licence
from services.agencies.evidence.service import touch
from services.agencies.rules import linked_licence

COMPLAINTS: Final = "complaints"
OUTCOMES: Final = (ComplaintDecided, ComplaintReopened, ComplaintMerged, AppealLodged, RedressOrdered, RedressPaid, RespondentAnswered)


async def take_outcomes(session: AsyncSession, events: Sequence[Received[Event]]) -> None:
    """Each event is one fact, whatever came before it: which one holds is decided when facts are read, by the record's `sequence`.

    So an event that is late, comes twice or out of order does no harm, and a decision that is overturned after a class was published
    changes what is computed next. Idempotent.
    """
    now = datetime.now(UTC)
    facts = [_fact_of(one, now) for one in events]
    await repository.add_facts(session, facts)
    records = {fact.record for fact in facts if fact.record is not None}
    # The complaint may have named another agency before: that one's evidence changed too.
    linked = await repository.licences_of_records(session, records) | {fact.licence for fact in facts if fact.licence is not None}
    await touch(session, linked, now)


def _decided(data: ComplaintDecided) -> dict[str, Any]:
    return {
        "kind": Kind.COMPLAINT_DECIDED,
        "licence": linked_licence(data.respondent_kind, data.respondent_licence),
        "happened_on": _day(data.decided_at),
        "category": data.category,
        "country": data.country,
        "sex": data.victim_sex,
        "outcome": data.decision,
        "basis": data.previous if data.overturns else None,
    }


def _reopened(data: ComplaintReopened) -> dict[str, Any]:
    return {"kind": Kind.COMPLAINT_REOPENED, "happened_on": _day(data.reopened_at), "category": data.category, "country": data.country}


def _merged(data: ComplaintMerged) -> dict[str, Any]:
    return {"kind": Kind.COMPLAINT_MERGED, "happened_on": _day(data.merged_at)}


def _appealed(data: AppealLodged) -> dict[str, Any]:
    return {
        "kind": Kind.APPEAL_LODGED,
        "happened_on": _day(data.lodged_at),
        "category": data.category,
        "country": data.country,
        "basis": data.by,
    }


def _ordered(data: RedressOrdered) -> dict[str, Any]:
    return {
        "kind": Kind.REDRESS_ORDERED,
        "happened_on": data.ordered_on,
        "category": data.category,
        "country": data.country,
        "basis": data.basis,
        "amount": data.amount,
        "currency": data.currency,
        "due_on": data.due_on,
    }


def _paid(data: RedressPaid) -> dict[str, Any]:
    return {
        "kind": Kind.REDRESS_PAID,
        "happened_on": data.paid_on,
        "category": data.category,
        "country": data.country,
        "basis": data.source,
        "amount": data.amount,
        "outstanding": data.outstanding,
        "currency": data.currency,
    }


def _answered(data: RespondentAnswered) -> dict[str, Any]:
    return {
        "kind": Kind.COMPLAINT_ANSWERED,
        "happened_on": _day(data.answered_at),
        "category": data.category,
        "days": data.working_days,
    }


_VALUES: Final[Mapping[type[Event], Callable[[Any], dict[str, Any]]]] = {
    ComplaintDecided: _decided,
    ComplaintReopened: _reopened,
    ComplaintMerged: _merged,
    AppealLodged: _appealed,
    RedressOrdered: _ordered,
    RedressPaid: _paid,
    RespondentAnswered: _answered,
}


def _fact_of(one: Received[Any], now: datetime) -> Fact:
    values = {
        "licence": named_licence(one.data.respondent_licence),
        **_VALUES[type(one.data)](one.data),
        "id": one.envelope.id,
        "record": _record_of(one),
        "sequence": one.envelope.sequence,
        "source": COMPLAINTS,
        "recorded_at": now,
        "recorded_by": COMPLAINTS,
    }
    return Fact(**values)


def _record_of(one: Received[Any]) -> UUID | None:
    """The complaint: an appeal is a record of its own and names the complaint that it is about."""
    if not isinstance(one.data, AppealLodged):
        return one.envelope.subject
    try:
        return UUID(one.data.of)
    except ValueError:
        return None


def _day(moment: datetime) -> date:
    return moment.astimezone(DHAKA).date()
