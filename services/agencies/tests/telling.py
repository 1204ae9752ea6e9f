"""What the tests of agencies tell the service: complaints decided, redress ordered and paid, facts and deployments."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from contracts.complaints import ComplaintDecided, ComplaintReopened, RedressOrdered, RedressPaid
from contracts.events import CloudEvent, Event
from kit.bus import Received
from runner.testing import Running
from services.agencies.evidence import consumers, repository
from services.agencies.evidence.models import Deployment, Fact
from services.agencies.evidence.repository import Measures

SINCE, UNTIL = date(2026, 1, 1), date(2026, 12, 31)
NOON = datetime(2026, 6, 1, 6, tzinfo=UTC)
LICENCE = "RL-0001"
COMPLAINT = UUID(int=7)


def received(event: Event, sequence: int = 1, *, record: UUID = COMPLAINT, restricted: bool = False, event_id: UUID | None = None) -> Any:
    envelope = CloudEvent(
        id=event_id or uuid4(),
        source="/services/complaints",
        type=event.type,
        subject=record,
        time=NOON,
        dataschema=f"urn:probashi:schema:{event.type}",
        sequence=sequence,
        restricted=restricted,
        data=event.model_dump(mode="json"),
    )
    return Received(envelope, event)


def decided(decision: str = "upheld", **changes: Any) -> ComplaintDecided:
    data = {
        "category": "wages",
        "country": "SA",
        "district": "BD-08",
        "victim_sex": "male",
        "victim_age_band": "25_34",
        "respondent_kind": "agency",
        "respondent_licence": LICENCE,
        "decision": decision,
        "previous": None,
        "overturns": False,
        "lodged_at": NOON - timedelta(days=30),
        "decided_at": NOON,
    }
    return ComplaintDecided.model_validate(data | changes)


def reopened() -> ComplaintReopened:
    return ComplaintReopened(category="wages", country="SA", respondent_licence=LICENCE, reopened_at=NOON)


def ordered(amount: int = 5_000_000, **changes: Any) -> RedressOrdered:
    data = {
        "category": "wages",
        "country": "SA",
        "respondent_licence": LICENCE,
        "basis": "decision",
        "amount": amount,
        "currency": "BDT",
        "ordered_on": date(2026, 6, 2),
        "due_on": date(2026, 7, 2),
    }
    return RedressOrdered.model_validate(data | changes)


def paid(amount: int, outstanding: int = 0) -> RedressPaid:
    return RedressPaid(
        category="wages",
        country="SA",
        respondent_licence=LICENCE,
        amount=amount,
        outstanding=outstanding,
        currency="BDT",
        source="complainant",
        paid_on=date(2026, 6, 20),
    )


async def register(agencies: Running, *licences: str) -> None:
    for licence in licences or (LICENCE,):
        body = {"licence": licence, "name_en": f"{licence} (fictional)", "valid_until": "2099-01-01", "district": "BD-13"}
        answer = await agencies.client("decider").post("/v1/agencies", json=body)
        assert answer.status_code == 201, answer.text


async def tell(agencies: Running, *events: Any) -> None:
    async with agencies.sessions.begin() as session:
        await consumers.take_outcomes(session, events)


async def add(agencies: Running, *rows: Any) -> None:
    async with agencies.sessions.begin() as session:
        session.add_all(rows)


def fact(kind: str, **changes: Any) -> Fact:
    values: dict[str, Any] = {
        "id": uuid4(),
        "kind": kind,
        "licence": LICENCE,
        "happened_on": date(2026, 5, 1),
        "source": "inspection",
        "recorded_at": NOON,
        "recorded_by": "officer",
    }
    return Fact(**(values | changes))


def sent(workers: int, **changes: Any) -> Deployment:
    values: dict[str, Any] = {
        "id": uuid4(),
        "licence": LICENCE,
        "year": 2026,
        "country": "SA",
        "sex": "male",
        "skill": "skilled",
        "workers": workers,
        "version": 1,
        "source": "BMET",
        "recorded_at": NOON,
        "recorded_by": "officer",
    }
    return Deployment(**(values | changes))


async def measured(agencies: Running, licence: str = LICENCE, *, known_at: datetime | None = None, narrowed: bool = True) -> Measures:
    """Of one agency; the statement for the whole register must say the same."""
    at = known_at or datetime.now(UTC) + timedelta(seconds=1)
    async with agencies.sessions() as session:
        everybody = await repository.measures(session, since=SINCE, until=UNTIL, known_at=at)
        alone = await repository.measures(session, since=SINCE, until=UNTIL, known_at=at, licences=[licence])
    found = [one for one in everybody if one.licence == licence]
    if narrowed:
        assert alone == found
    return found[0]
