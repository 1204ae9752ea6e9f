"""How an event reaches a partner: signed, in order for each record, again and again for three days, never twice with another id.

The signature is that of Standard Webhooks (standardwebhooks.com, version 1): HMAC-SHA256 over id, time and body. A receiver that knows the
id already has the event: at least once is promised, not once. Whoever does not answer is asked less and less often, one event at a time,
until it answers well; so it costs nobody else anything.
"""

import base64
import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError, InvalidError
from services.partners.sharing import WITHDRAWAL, events_of

PREFIX: Final = "whsec_"
KEY_BYTES: Final = 32
TRIED_FOR: Final = timedelta(days=3)
FORMER_SECRET_FOR: Final = timedelta(hours=24)
LONGEST_PAUSE: Final = timedelta(hours=1)
# Of a receiver that nobody knows yet, and of one that takes all as fast as it comes.
AT_ONCE: Final = 8
MOST_AT_ONCE: Final = 64
MOST_BYTES: Final = 16_384
MOST_ENDPOINTS: Final = 10
MANAGE: Final = "endpoints_manage"
LEAST_REST_S: Final = 1.0
# Whoever lifts a suspension does not wake the sender.
LONGEST_REST_S: Final = 10.0
PING: Final = "bd.probashi.partners.endpoint.pinged.v1"


class EndpointState(StrEnum):
    """`gone`: it answered 410 and wants no more, until its owner makes it active again. `ended` is for good."""

    ACTIVE = "active"
    PAUSED = "paused"
    GONE = "gone"
    ENDED = "ended"


class State(StrEnum):
    """Of one event on its way to one endpoint. `withheld`: it may not be sent any more."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"
    WITHHELD = "withheld"


NOT_AGREED: Final = "not_agreed"
NOT_IN_TIME: Final = "three_days_over"
# Endpoints that take nothing any more, and why nothing waits for them.
CLOSED: Final[Mapping[EndpointState, str]] = {EndpointState.GONE: "endpoint_gone", EndpointState.ENDED: "endpoint_ended"}


class AddressError(InvalidError):
    slug = "endpoint-address"
    title = Text(
        "Events go to an https address on the open Internet, on port 443 or 8443, without a password in it.",
        "ঘটনা পাঠানো হয় উন্মুক্ত ইন্টারনেটের https ঠিকানায়, 443 বা 8443 পোর্টে; ঠিকানায় পাসওয়ার্ড রাখা যাবে না।",
    )


class TooManyEndpointsError(ConflictError):
    slug = "too-many-endpoints"
    title = Text("The organisation has as many endpoints as it may. End one first.", "সংস্থার এন্ডপয়েন্টের সংখ্যা সর্বোচ্চ সীমায়। আগে একটি বন্ধ করুন।")


class EndpointEndedError(ConflictError):
    slug = "endpoint-ended"
    title = Text("This endpoint has ended. Add a new one.", "এই এন্ডপয়েন্ট বন্ধ হয়ে গেছে। নতুন একটি যোগ করুন।")


class PingWaitsError(ConflictError):
    slug = "ping-waits"
    title = Text("A test event is still on its way. Look at the deliveries.", "একটি পরীক্ষামূলক ঘটনা এখনো পাঠানো হচ্ছে। প্রেরণের তালিকা দেখুন।")


def wants(types: Sequence[str] | None, event: str) -> bool:
    """Nobody can choose not to hear of a withdrawal."""
    return types is None or event in wanted(types)


def wanted(types: Collection[str]) -> frozenset[str]:
    return frozenset((*types, *events_of(WITHDRAWAL)))


def secret_of(key: bytes) -> str:
    return PREFIX + base64.b64encode(key).decode()


def signature(secret: str, webhook_id: str, at: int, body: bytes) -> str:
    """`at`: seconds since 1970."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = hmac.digest(key, f"{webhook_id}.{at}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed).decode()}"


def headers(valid: Sequence[str], webhook_id: str, at: int, body: bytes) -> dict[str, str]:
    """One signature for each secret that is valid: while one replaces another, a receiver may know either."""
    return {
        "Content-Type": "application/cloudevents+json; charset=utf-8",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(signature(one, webhook_id, at, body) for one in valid),
    }


def pause(failures: int) -> timedelta:
    """After so many failures in a row: 2, 4, 8 seconds … an hour."""
    return min(timedelta(seconds=2 ** min(failures, 20)), LONGEST_PAUSE)


def at_once(failures: int, most: int) -> int:
    """Whoever failed last is asked with one event alone."""
    return 1 if failures else most


def grown(most: int, *, failed: bool) -> int:
    """How many at once after some ended: twice as many where each was taken."""
    return 1 if failed else min(most * 2, MOST_AT_ONCE)


def rest(times: Collection[datetime], now: datetime) -> float:
    """Seconds until it is looked again. At each of the `times` an endpoint has something to do; news wake earlier."""
    first = min((one - now).total_seconds() for one in times) if times else LONGEST_REST_S
    return min(max(first, LEAST_REST_S), LONGEST_REST_S)
