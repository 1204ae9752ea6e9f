"""What comes out of the crisis API. What goes in is CAP, which `cap` reads."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from contracts.crisis import Certainty, MessageStatus, Severity, Urgency
from contracts.text import Bilingual
from services.crisis.lineage.schemas import LinkOut, StepOut
from services.crisis.warnings.cap import MessageType
from services.crisis.warnings.countries import Evidence
from services.crisis.warnings.rules import Status


class OriginalHeadline(BaseModel):
    language: str
    text: str


class HeadlineOut(BaseModel):
    """As the issuer wrote it. Without English of its own, `en` is a line made of codes; `original` is then what was written."""

    en: str
    bn: str | None
    original: OriginalHeadline | None


class MissionOut(BaseModel):
    code: str
    name: Bilingual


class ResponsibleOut(MissionOut):
    """`illustrative`: that this mission answers for these countries is configuration without a source. `answers`: who has its duty now.

    `acknowledged_by`: the account, which the portal knows a name and an office of; null where somebody answered by text from a phone.
    """

    countries: list[str]
    illustrative: bool
    answers: MissionOut | None = None
    acknowledged_at: datetime | None
    acknowledged_by: str | None = None
    acknowledged_by_role: str | None


class AlertOut(BaseModel):
    """`status`, `mission` and `acknowledged_*` are the caller's own: a wing's speak of its mission, others' of all missions together."""

    id: UUID
    version: int
    sender: str
    identifier: str
    title: Bilingual
    headline: HeadlineOut
    event: str
    severity: Severity
    severity_label: Bilingual
    urgency: Urgency
    urgency_label: Bilingual
    certainty: Certainty
    certainty_label: Bilingual
    status: Status
    status_label: Bilingual
    message_status: MessageStatus
    message_status_label: Bilingual
    message_type: MessageType
    countries: list[str]
    matched_by: Evidence
    mission: MissionOut | None
    missions: list[ResponsibleOut]
    sent: datetime
    expires: datetime | None
    raised_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None = None
    acknowledged_by_role: str | None


class GeocodeOut(BaseModel):
    name: str
    value: str


class AreaOut(BaseModel):
    description: str
    geocodes: list[GeocodeOut]
    polygons: list[str]
    circles: list[str]


class InfoOut(BaseModel):
    language: str
    event: str
    categories: list[str]
    severity: Severity
    urgency: Urgency
    certainty: Certainty
    effective: datetime | None
    onset: datetime | None
    expires: datetime | None
    sender_name: str | None
    headline: str | None
    description: str | None
    instruction: str | None
    web: str | None
    contact: str | None
    areas: list[AreaOut]


class ReferenceOut(BaseModel):
    sender: str
    identifier: str
    sent: datetime


class AlertDetail(AlertOut):
    """The texts are a stranger's: show them as text, and make no link of `web`. `defects` names what was mended in reading.

    `vanished_at`: when it left the list of its source; it stands until it ends or is taken back all the same.
    `conflicts`: other texts that came under the same sender, identifier and time; the first stands, an officer has to look.
    `duty_with`: who acts on it while the duty of the caller's mission is theirs; `may_act` is then false. `expires_by_default`: the message
    says no end, and `expires` is that of its kind of danger.
    `trust_tier`: 0 nobody vouches for it; 1 an authority's registered source; 2 signed by it besides; 3 an officer, approved by another.
    """

    infos: list[InfoOut]
    note: str | None
    references: list[ReferenceOut]
    defects: list[str]
    source: str | None
    trust_tier: int
    signature: str
    sha256: str
    vanished_at: datetime | None
    conflicts: int
    links: list[LinkOut]
    history: list[StepOut]
    expires_by_default: bool
    may_act: bool
    duty_with: MissionOut | None


class AlertChangeOut(BaseModel):
    """One event of the stream: `change` is raised, acknowledged, superseded, cancelled, ended, released, … ; `alert` as it is now."""

    change: str
    alert: AlertOut
