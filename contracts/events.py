"""The envelope of every event (CloudEvents 1.0, structured JSON) and the register of event types.

An event is a fact about one record: ids, codes, amounts and dates; never a name, contact, document number, free text or exact place.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from typing_extensions import override

PREFIX: Final = "bd.probashi."
_registry: dict[str, type["Event"]] = {}


class Event(BaseModel):
    """Base of all facts. A subclass names its type: `class ComplaintLodged(Event, type="bd.probashi.complaints.complaint.lodged.v1")`.

    Readers ignore fields that they do not know, so that an owner may add one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str]

    @override
    def __init_subclass__(cls, *, type: str) -> None:
        super().__init_subclass__()
        if not type.startswith(PREFIX) or type in _registry:
            raise ValueError(f"{type} is no new type below {PREFIX}")
        cls.type = type
        _registry[type] = cls

    @classmethod
    def owner(cls) -> str:
        return cls.type.removeprefix(PREFIX).split(".")[0]

    @classmethod
    def nats_subject(cls) -> str:
        return cls.type.removeprefix(PREFIX)


def event_types() -> Mapping[str, type[Event]]:
    """All declared types; a type is declared once its module in `contracts` is imported."""
    return MappingProxyType(_registry)


def stream_of(owner: str) -> str:
    return owner.upper()


class CloudEvent(BaseModel):
    """`subject` is the record's id, `sequence` its version, `restricted` narrows who may consume and show it. `time` is UTC."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: str
    type: str
    subject: UUID
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str
    sequence: int
    restricted: bool = False
    data: dict[str, object]
