"""What of a fact an organisation is told, and until when. Evidence for lesson L12: a body is told the least that it needs.

A fact is written down for an organisation as it comes, with the data that an agreement names at that moment, and never changed after:
whoever repeats it repeats the same bytes. Whether it may still be given is judged anew each time it is asked for or sent: the purpose must
be agreed on at that moment, and each field in it. A withdrawal of consent is told whatever was agreed and for how long, for it ends what
was told before; of the records that rested on that consent nothing is told from then on, neither what is new nor what waits.

What comes while no agreement lets it through is not kept for a later one (decision 0023): what nobody may be told is not written down.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from contracts.events import CloudEvent
from kit.policy import Share
from services.partners.sharing import WITHDRAWAL, Asker, share

READ: Final = "events_read"
WITHDRAWN: Final = "consent_withdrawn"
_OURS: Final = frozenset({"restricted"})


@dataclass(frozen=True, slots=True)
class Told:
    """`purpose` is None for a withdrawal."""

    purpose: str | None
    fields: tuple[str, ...]
    body: bytes


def told(envelope: CloudEvent, asker: Asker) -> Told | None:
    """None where nothing of the fact may be told."""
    given = share(asker, envelope.type, restricted=envelope.restricted)
    data = {name: value for name, value in envelope.data.items() if name in given.allowed}
    if not data:
        return None
    return Told(None if given.purpose == WITHDRAWAL else given.purpose, tuple(data), body_of(envelope, data))


def body_of(envelope: CloudEvent, data: Mapping[str, Any]) -> bytes:
    """A CloudEvent 1.0 in its structured JSON form."""
    event = {**envelope.model_dump(mode="json", exclude={*_OURS, "data"}), "data": data}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def may_be_given(event: str, fields: Collection[str], given: Mapping[str, Share]) -> bool:
    """At this moment. What was left out before stays out; what is in it must still be allowed."""
    return event in given and set(fields) <= given[event].allowed
