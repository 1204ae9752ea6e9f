"""The register of nationals, asked as this service: who is exposed to a warning, and how each may be reached.

Nothing of what is answered here is kept longer than a message needs it: names never come, contacts are read again for each sending.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from kit.calls import Calls
from kit.web_push import Subscription

REGISTRY: Final = "registry"
EXPOSURES: Final = "/v1/nationals/exposures"
CONTACTS: Final = "/v1/nationals/contacts"
PUSH: Final = "/v1/nationals/push"
AT_ONCE: Final = 200


class Exposed(StrEnum):
    """How a registered person lies to the area of a warning, by the best that is known of their place."""

    INSIDE = "inside"
    NEAR = "near"
    SAME_COUNTRY = "same_country"
    UNKNOWN = "unknown"


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class Channel(_Answer):
    """`at_home`: of the household in Bangladesh, not of the person abroad. `whose`: never an employer's.

    Of `push` there are several, one for each browser; each `address` is JSON of the register's id and of what the browser subscribed with.
    """

    kind: Literal["sms", "whatsapp", "email", "push"]
    address: str = Field(repr=False)
    at_home: bool = False
    whose: Literal["own", "family"] = "own"


class ContactRule(_Answer):
    """Safe contact, as the person set it: obeyed where a message is sent, never shown as a note.

    `hours`: from, to, by the clock of `time_zone` (IANA), else that of the telephone's country.
    """

    may_call: bool
    may_text: bool
    words: Literal["neutral", "plain"]
    hours: tuple[str, str] | None = None
    time_zone: str | None = None


class Reachable(_Answer):
    """`person` is the register's id, good within this service alone."""

    person: UUID
    flags: tuple[str, ...] = ()
    language: str
    country: str | None = None
    channels: tuple[Channel, ...] = ()
    contact_rule: ContactRule | None = None


class ExposedPerson(Reachable):
    class_: Exposed = Field(alias="class")
    reason: str | None = None
    distance_m: float | None = None


class People(_Answer):
    """`next` is handed to `more_people`; None on the last page. It may be kept, to go on after a restart."""

    items: tuple[ExposedPerson, ...]
    next: str | None


class Computed(_Answer):
    """`counts` by `Exposed`; `vulnerable` by what makes a person so (child, pregnant, detained, …), of those inside and near."""

    id: UUID
    alert: UUID
    version: int
    computed_at: datetime
    counts: Mapping[str, int]
    vulnerable: Mapping[str, int]


class Question(_Answer):
    """`areas`: GeoJSON geometries, WGS 84; none means the whole of `countries`. Of a drill only those are found who agreed to take part."""

    alert: UUID
    version: int
    is_drill: bool
    countries: tuple[str, ...]
    areas: tuple[Mapping[str, Any], ...]
    near_km: float


async def compute(calls: Calls, question: Question) -> Computed:
    """Idempotent per alert, version and drill. Raises `AwayError`, `RefusedCallError`."""
    key = f"exposure-{question.alert}-{question.version}-{question.is_drill}"
    return Computed.model_validate(await calls.post(REGISTRY, EXPOSURES, question.model_dump(mode="json"), key=key))


async def people(calls: Calls, exposure: UUID, classes: Sequence[Exposed]) -> People:
    """The first page of at most `AT_ONCE`, in an order that does not change. Raises `AwayError`, `RefusedCallError`."""
    asked = {"classes": ",".join(classes), "limit": AT_ONCE}
    return People.model_validate(await calls.get(REGISTRY, f"{EXPOSURES}/{exposure}/people", asked))


async def more_people(calls: Calls, after: str) -> People:
    """The page behind one that told of `after`. Raises `AwayError`, `RefusedCallError`."""
    return People.model_validate(await calls.get(REGISTRY, after))


async def contacts(calls: Calls, purpose: str, persons: Sequence[UUID], *, key: str) -> tuple[Reachable, ...]:
    """How these people (at most `AT_ONCE`) may be reached now, for an update, a reminder or an all-clear to those who were warned.

    Who is gone from the register is not in the answer. Raises `AwayError`, `RefusedCallError`.
    """
    body = {"purpose": purpose, "people": [str(one) for one in persons]}
    answer = await calls.post(REGISTRY, CONTACTS, body, key=key)
    return tuple(Reachable.model_validate(one) for one in answer["items"])


async def subscribe(calls: Calls, person: UUID, subscription: Subscription) -> None:
    """A browser shows this person's notifications from now on. Raises `AwayError`, `RefusedCallError`."""
    body = {"person": str(person), "subscription": subscription.model_dump()}
    await calls.post(REGISTRY, PUSH, body, key=f"push-{sha256(subscription.endpoint.encode()).hexdigest()[:40]}")


async def tell_gone(calls: Calls, subscriptions: Sequence[UUID]) -> None:
    """Idempotent: of these browsers their push service says that nobody is there any more. Raises `AwayError`, `RefusedCallError`."""
    body = {"subscriptions": [str(one) for one in subscriptions]}
    await calls.post(REGISTRY, f"{PUSH}/gone", body, key=f"push-gone-{subscriptions[0]}")
