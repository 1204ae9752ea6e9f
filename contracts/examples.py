"""An invented example of the data of each fact that a partner may be told: in the AsyncAPI document and on the pages for developers."""

from collections.abc import Mapping
from typing import Any, Final

_LICENCE: Final = {"licence": "RL-0000", "district": "BD-13", "recorded_at": "2026-11-26T04:00:00Z"}
_SENT: Final = {"help": "training", "to": "ngo", "district": "BD-08", "sent_at": "2026-11-26T04:00:00Z", "recipient": "ngo-one"}
_RECORD: Final = "01990000-0000-7000-8000-000000000001"

EXAMPLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "bd.probashi.reintegration.referral.sent.v1": {**_SENT, "accept_by": "2026-12-01T04:00:00Z"},
    "bd.probashi.reintegration.referral.ended.v1": {
        **_SENT,
        "state": "confirmed",
        "confirmed": "came",
        "ended_at": "2026-12-20T04:00:00Z",
    },
    "bd.probashi.reintegration.consent.withdrawn.v1": {
        "purpose": "referral",
        "recipient": "ngo-one",
        "given_at": "2026-11-26T04:00:00Z",
        "withdrawn_at": "2026-12-02T04:00:00Z",
        "records": [_RECORD],
    },
    "bd.probashi.agencies.licence.renewed.v1": {**_LICENCE, "true_from": "2026-12-01", "true_until": "2029-11-30"},
    "bd.probashi.agencies.licence.suspended.v1": {**_LICENCE, "since": "2026-11-26", "hearing": True},
    "bd.probashi.agencies.suspension.lifted.v1": {**_LICENCE, "since": "2026-12-10"},
    "bd.probashi.agencies.licence.cancelled.v1": {**_LICENCE, "since": "2026-12-10"},
    "bd.probashi.agencies.licence.restored.v1": {**_LICENCE, "since": "2026-12-10"},
}


def envelope(event: str) -> dict[str, Any]:
    """The whole CloudEvent. Raises `KeyError` for a type that has no example."""
    return {
        "specversion": "1.0",
        "id": "01990000-0000-7000-8000-000000000002",
        "source": f"/services/{event.split('.')[2]}",
        "type": event,
        "subject": _RECORD,
        "time": "2026-11-26T04:00:00Z",
        "datacontenttype": "application/json",
        "dataschema": f"urn:probashi:schema:{event}",
        "sequence": 1,
        "data": dict(EXAMPLES[event]),
    }
