from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from contracts.complaints import ComplaintDecided, ComplaintLodged
from contracts.events import CloudEvent
from runner.testing import service_fixture

LODGED: dict[str, Any] = {
    "channel": "phone",
    "category": "wages",
    "country": "SA",
    "district": "BD-08",
    "victim_sex": "male",
    "victim_age_band": "25_34",
    "respondent_kind": "agency",
    "respondent_licence": "RL-0001",
}


def _lodged(*, event_id: UUID | None = None, complaint: UUID | None = None, restricted: bool = False, **changes: Any) -> bytes:
    """An event as the complaints service writes it; what is None in `changes` is null in it."""
    data = {**LODGED, "lodged_at": datetime.now(UTC).isoformat(), **changes}
    envelope = CloudEvent(
        id=event_id or uuid4(),
        source="/services/complaints",
        type=ComplaintLodged.type,
        subject=complaint or uuid4(),
        time=datetime.now(UTC),
        dataschema=f"urn:probashi:schema:{ComplaintLodged.type}",
        sequence=1,
        restricted=restricted,
        data=data,
    )
    return orjson.dumps(envelope.model_dump())


DECIDED: dict[str, Any] = {
    "category": "wages",
    "country": "SA",
    "district": "BD-08",
    "victim_sex": "male",
    "victim_age_band": "25_34",
    "respondent_kind": "agency",
    "respondent_licence": "RL-0001",
    "decision": "upheld",
    "previous": None,
    "overturns": False,
}


def _decided(*, complaint: UUID | None = None, sequence: int = 2, **changes: Any) -> bytes:
    """A decision on a complaint, as the complaints service tells of it."""
    now = datetime.now(UTC).isoformat()
    data = {**DECIDED, "lodged_at": now, "decided_at": now, **changes}
    envelope = CloudEvent(
        id=uuid4(),
        source="/services/complaints",
        type=ComplaintDecided.type,
        subject=complaint or uuid4(),
        time=datetime.now(UTC),
        dataschema=f"urn:probashi:schema:{ComplaintDecided.type}",
        sequence=sequence,
        data=data,
    )
    return orjson.dumps(envelope.model_dump())


# Thirty workers who told what they paid and whether they had a contract, and two inspections: what makes an agency known.
KNOWN = """
    insert into agency_fact (id, kind, licence, happened_on, outcome, amount, ceiling, source, recorded_at, recorded_by)
    select gen_random_uuid(), kind, '{licence}', (now() at time zone 'Asia/Dhaka')::date - 1, outcome, amount, ceiling,
           'interviews', now() - interval '1 second', 'officer'
    from (
        select 'fee_charged' kind, null outcome, 0 amount, 100000 ceiling from generate_series(1, 30)
        union all
        select 'contract', 'given', null, null from generate_series(1, 30)
        union all
        select 'inspection', 'passed', null, null from generate_series(1, 2)
    ) told
"""


@pytest.fixture(scope="session")
def known_facts() -> str:
    """A statement for a `licence`."""
    return KNOWN


@pytest.fixture(scope="session")
def decided() -> Callable[..., bytes]:
    return _decided


@pytest.fixture(scope="session")
def lodged() -> Callable[..., bytes]:
    return _lodged


agencies = service_fixture("agencies")
