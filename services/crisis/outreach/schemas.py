"""What is told of outreach, and what a relay is made of. Figures and the register's ids: no name, no address."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from contracts.places import CountryCode
from contracts.text import Bilingual
from kit.text import ONE_LINE, phone


class JobOut(BaseModel):
    purpose: str
    source: str
    level: int
    lane: int
    taken: int
    is_done: bool
    opened_at: datetime


class CountOut(BaseModel):
    """Messages by way and state; `reason` where one was not sent or failed."""

    purpose: str
    lane: int
    channel: str
    state: str
    reason: str | None
    reason_label: Bilingual | None
    messages: int


class HandedOut(BaseModel):
    """Seconds from the release until so many of those who can be reached were handed to a provider; null while they are not."""

    first_s: float | None
    half_s: float | None
    nine_in_ten_s: float | None
    ninety_nine_s: float | None


class ReachOut(BaseModel):
    """Of a warning and of the chain that it belongs to (`root`).

    Each person of the chain stands in `statuses` once: what they answered, or `unreached`. `never_handed`: of the unreached, those to
    whom nothing could be sent. `only_pushed`: of those handed over, who got a notification of a browser and nothing else: that a phone
    showed it, nobody says.
    """

    alert: UUID
    root: UUID
    is_drill: bool
    released_at: datetime | None
    jobs: list[JobOut]
    people: int
    relays: int
    handed: int
    delivered: int
    only_pushed: int = 0
    answered: int
    unreached: int
    never_handed: int
    to_visit: int
    statuses: dict[str, int]
    status_labels: dict[str, Bilingual]
    messages: list[CountOut]
    handed_over: HandedOut


class PersonOut(BaseModel):
    """`person` is the register's id: whoever may see more asks the register. `ways`: channel → state of the last message by it."""

    person: UUID
    country: str | None
    language: str
    flags: list[str]
    status: str
    status_label: Bilingual
    reporter: str | None
    is_assumed: bool
    is_contradicted: bool
    people_with: int
    needs: list[str]
    observed_at: datetime | None
    handed_at: datetime | None
    ways: dict[str, str]


class PeopleOut(BaseModel):
    items: list[PersonOut]
    next: str | None


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RelayIn(_In):
    """`channel` sms and whatsapp take a telephone number, email a letter's address."""

    kind: Literal["association", "employer", "agency", "other"]
    name: Annotated[str, Field(min_length=1, max_length=200), ONE_LINE]
    country: CountryCode
    channel: Literal["sms", "whatsapp"]
    address: Annotated[str, Field(max_length=40), AfterValidator(phone)]
    language: Literal["bn", "en"] = "bn"
    in_drills: bool = False


class RelayOut(BaseModel):
    id: UUID
    version: int
    kind: str
    name: str
    country: str
    channel: str
    address: str
    language: str
    in_drills: bool
    added_at: datetime
    ended_at: datetime | None


class RelaysOut(BaseModel):
    items: list[RelayOut]
    next: str | None


class TakenOut(BaseModel):
    taken: int


class PushKeyOut(BaseModel):
    """`applicationServerKey` of the Push API: base64url of the public point."""

    key: str


class DeliveryIn(BaseModel):
    """What a company tells of a message of ours; `id` is its own."""

    id: Annotated[str, Field(min_length=1, max_length=200)]
    status: Literal["delivered", "read", "sent", "failed"]


class DeliveriesIn(BaseModel):
    deliveries: Annotated[list[DeliveryIn], Field(max_length=1000)]
