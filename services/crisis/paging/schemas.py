"""What goes out of the API of alarms. No officer is named: whom a seat belonged to is the rota's."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from contracts.text import Bilingual
from services.crisis.handover.schemas import MissionOut
from services.crisis.paging.rules import Cause, Party, Who


class StepOut(BaseModel):
    """`officers`: how many sat there; `accepted`: how many pages a company took."""

    number: int
    who: Who
    who_label: Bilingual
    mission: MissionOut
    officers: int
    accepted: int
    taken_at: datetime


class NotedOut(BaseModel):
    """`by`: the account of whoever answered, which the portal knows a name and an office of; null of a text from a phone.

    `name`: of a text, who sat on the shift whose phone answered, as the rota names them; null where the caller may not read it.
    """

    party: Party
    by: str | None
    name: str | None = None
    via: str
    at: datetime


class AlarmOut(BaseModel):
    """`record`: the warning, the silence or the hand-over. `waits_for`: whose acknowledgement is missing; empty once it is closed."""

    id: UUID
    cause: Cause
    cause_label: Bilingual
    record: UUID
    mission: MissionOut
    level: int
    countries: list[str]
    opened_at: datetime
    closed_at: datetime | None
    closed_because: str | None
    waits_for: list[Party]
    next_step_at: datetime | None
    steps: list[StepOut]
    acknowledgements: list[NotedOut]
