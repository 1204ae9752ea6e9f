"""What goes in and out of the API of endpoints."""

from datetime import datetime
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, model_validator

from contracts.text import Text
from services.partners.schemas import In
from services.partners.sharing import EVENTS

_NO_EVENT: Final = Text(
    "Partners are told of no event of this type. Choose from /v1/partners/lists.",
    "এ ধরনের ঘটনা সহযোগীদের জানানো হয় না। /v1/partners/lists থেকে বেছে নিন।",
)
_ONE_OF_BOTH: Final = Text("Say since when, or which events: one of both.", "কখন থেকে অথবা কোন ঘটনাগুলো, দুটির একটি জানান।")


def _told(event: str) -> str:
    if event not in EVENTS:
        raise ValueError(_NO_EVENT)
    return event


EventType = Annotated[str, Field(max_length=100), AfterValidator(_told)]
Types = Annotated[list[EventType], Field(min_length=1, max_length=50)]
Url = Annotated[str, Field(min_length=8, max_length=1000, examples=["https://systems.ngo-one.example/probashi"])]


class EndpointIn(In):
    """`types`: which events are sent there; all where it is left out. Withdrawals of consent are sent whatever is chosen.

    `client_id`: on whose rights it rests. A program may leave it out and means itself; a person names one of the organisation.
    """

    url: Url
    types: Types | None = None
    client_id: Annotated[str, Field(max_length=100)] | None = None


class EndpointChangeIn(In):
    """What is left out stays as it is. `types`: null means all events again."""

    url: Url | None = None
    types: Types | None = None
    state: Literal["active", "paused", "ended"] | None = None


class RotationIn(In):
    """`at_once`: the secret of before leaked, and signs nothing from now on."""

    at_once: bool = False


class ReplayIn(In):
    since: AwareDatetime | None = None
    events: Annotated[list[UUID], Field(min_length=1, max_length=200)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.since is None) == (self.events is None):
            raise ValueError(_ONE_OF_BOTH)
        return self


class EndpointOut(BaseModel):
    """`failures` in a row; nothing is sent before `retry_at`. `former_until`: so long the secret of before signs too."""

    id: UUID
    version: int
    client_id: str
    url: str
    types: list[str] | None
    state: str
    failures: int
    retry_at: datetime | None
    former_until: datetime | None
    added_at: datetime


class EndpointsOut(BaseModel):
    items: list[EndpointOut]


class EndpointSecretOut(EndpointOut):
    """`secret` is shown this once."""

    secret: str


class ReplayOut(BaseModel):
    queued: int


class AttemptOut(BaseModel):
    """Without an end nobody knows whether it came through. `outcome`: delivered, status-500, too-slow, private-address and so on."""

    number: int
    began_at: datetime
    ended_at: datetime | None
    status: int | None
    outcome: str | None


class DeliveryOut(BaseModel):
    """`event_id` is the `webhook-id`. `reason`: why it is not sent any more."""

    event_id: UUID
    type: str
    subject: UUID
    sequence: int
    state: str
    reason: str | None
    attempts: list[AttemptOut]
    begun_at: datetime
    due: datetime
    done_at: datetime | None
