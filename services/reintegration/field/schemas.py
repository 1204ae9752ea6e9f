"""What goes in and out between a device without a connection and the service."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from contracts.text import Bilingual
from kit.reference import parse
from kit.text import ONE_LINE, Day
from services.reintegration.field.rules import MOST_ENTRIES, Outcome
from services.reintegration.schemas import ChoiceOut, In, ReturneeIn, not_after_today
from services.reintegration.service import PREFIX


def _reference(written: str) -> str:
    return parse(written, PREFIX)


Reference = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_reference)]


class FieldRegistrationIn(ReturneeIn):
    """A registration as a device keeps it. `of`: the reference of an earlier slip that the person showed, if they had one."""

    returned_on: Annotated[Day, AfterValidator(not_after_today)]
    of: Reference | None = None


class Content(BaseModel):
    """What is in a box. Wider than a registration: what is refused is kept and mended. `reference`: printed on the person's slip."""

    model_config = ConfigDict(extra="ignore")

    registration: dict[str, Any]
    reference: Reference | None = None
    written_at: AwareDatetime | None = None


class EntryIn(In):
    """`sealed` is a box (kit/boxes.py) in base64url. Its size is judged for each entry: one that is too large stops no other."""

    id: UUID
    key_id: Annotated[str, Field(max_length=64)]
    sealed: str


class SyncIn(In):
    """`device_now`: the device's clock at the moment of sending. By device and entry id together nothing is stored twice."""

    device_id: UUID
    device_now: AwareDatetime
    entries: Annotated[list[EntryIn], Field(min_length=1, max_length=MOST_ENTRIES)]


class SyncKeyOut(BaseModel):
    """`public_key`: base64url of an uncompressed point on P-256."""

    key_id: str
    public_key: str
    algorithm: str


class ResultOut(BaseModel):
    """`again`: it had arrived before. `faults`: how many details are to be mended."""

    id: UUID
    outcome: Outcome
    message: Bilingual
    reference: str | None = None
    again: bool = False
    faults: int = 0
    waiting: int = 0
    matches: int = 0
    urgent: list[ChoiceOut] = []
    notes: list[Bilingual] = []


class SyncOut(BaseModel):
    """In the order in which the entries came. `clock_off_s`: by how much the device's clock runs ahead; 0 within ten minutes."""

    received_at: datetime
    clock_off_s: int
    results: list[ResultOut]


class FaultOut(BaseModel):
    pointer: str
    detail: Bilingual


class MendRow(BaseModel):
    """One entry that was refused by its content. Times of the device are by its clock."""

    id: UUID
    version: int
    reference: str | None
    name: str
    flags: list[ChoiceOut]
    written_at: datetime | None
    written_by_our_clock: datetime | None
    received_at: datetime
    clock_off_s: int
    faults: list[FaultOut]


class MendOut(MendRow):
    """`registration` as the device sent it."""

    registration: dict[str, Any]


class DismissIn(In):
    because: Annotated[str, Field(min_length=1, max_length=300), ONE_LINE]
