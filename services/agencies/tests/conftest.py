from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from contracts.complaints import ComplaintLodged
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


@pytest.fixture(scope="session")
def lodged() -> Callable[..., bytes]:
    return _lodged


agencies = service_fixture("agencies")
