"""Companies that carry texts, behind one Protocol. A new company is another class of two functions.

Whether somebody may be reached is not asked here: that is judged by whoever sends, at the moment of sending.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from http import HTTPStatus
from typing import Final, Protocol
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass
from uuid import UUID

import aiohttp

from contracts.text import Text
from kit.errors import ProblemError

SIGNATURE: Final = "X-Signature-256"
DEADLINE_S: Final = 8.0


@dataclass(frozen=True, slots=True)
class Sent:
    provider_id: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The company will never take it: a wrong number, a number that asked for no texts."""

    reason: str


@dataclass(frozen=True, slots=True)
class NeverSeen:
    """The company does not know of it: it may be sent."""


class BadSignatureError(ProblemError):
    slug = "bad-signature"
    title = Text("The signature does not fit the body.", "স্বাক্ষরটি পাঠানো তথ্যের সঙ্গে মেলে না।")


class UnclearError(Exception):
    """Whether it went is not known: ask before it is sent again."""


class NotNowError(UnclearError):
    """It certainly did not take it, and may take it later: it may be sent again without asking, not sooner than `after`."""

    def __init__(self, reason: str, after: timedelta = timedelta()) -> None:
        super().__init__(reason)
        self.after = after


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


def companies(connections: int = 100) -> aiohttp.ClientSession:
    """What companies are called over; made inside a running loop, closed by whoever made it.

    aiohttp and not httpx: here httpx took 2.6 ms of processor for a text, and more the more were under way (its pool looks at each).
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections, keepalive_timeout=60),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=DEADLINE_S),
    )


class Messenger(Protocol):
    async def send(self, to: str, text: str, reference: UUID) -> Sent | Rejected:
        """`reference` is ours and stays the same when it is tried again. Raises `UnclearError`."""
        ...

    async def outcome(self, reference: UUID) -> Sent | Rejected | NeverSeen:
        """What became of it. Raises `UnclearError` where the company does not say."""
        ...


@dataclass(frozen=True, slots=True)
class SmsGateway:
    """The plain interface that aggregators in Bangladesh offer: `POST {url}/messages`, `GET {url}/messages/{our reference}`.

    Bodies are JSON, signed with the shared secret (HMAC-SHA-256, hex) in `X-Signature-256`.
    """

    http: aiohttp.ClientSession
    url: str
    secret: str
    sender: str

    async def send(self, to: str, text: str, reference: UUID) -> Sent | Rejected:
        body = json.dumps({"to": to, "from": self.sender, "text": text, "client_reference": str(reference)}, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(reference), SIGNATURE: signature(self.secret, body)}
        answer = await asked(self.http, "POST", f"{self.url}/messages", headers, body)
        return judged(answer)

    async def outcome(self, reference: UUID) -> Sent | Rejected | NeverSeen:
        headers = {SIGNATURE: signature(self.secret, str(reference).encode())}
        answer = await asked(self.http, "GET", f"{self.url}/messages/{reference}", headers)
        return NeverSeen() if answer.status == HTTPStatus.NOT_FOUND else judged(answer)


@dataclass(frozen=True, slots=True)
class WhatsApp:
    """WhatsApp Cloud API. It has no way to ask for an outcome: its webhook tells it, with our reference in `biz_opaque_callback_data`."""

    http: aiohttp.ClientSession
    url: str
    number: str
    token: str

    async def send(self, to: str, text: str, reference: UUID) -> Sent | Rejected:
        content = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": to.removeprefix("+"),
            "type": "text",
            "text": {"preview_url": False, "body": text},
            "biz_opaque_callback_data": str(reference),
        }
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        answer = await asked(self.http, "POST", f"{self.url}/{self.number}/messages", headers, json.dumps(content).encode())
        return judged(answer)

    async def outcome(self, reference: UUID) -> Sent | Rejected | NeverSeen:
        raise UnclearError(str(reference))


def signature(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


async def asked(http: aiohttp.ClientSession, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
    """Raises `UnclearError`; `NotNowError` where no connection was made or the company asks for patience."""
    try:
        # Where it sends us on to is nobody that we know.
        async with http.request(method, url, headers=headers, data=body, allow_redirects=False, proxy=_proxy_of(url)) as came:
            answer = Answer(came.status, await came.read())
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise NotNowError(type(error).__name__) from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise UnclearError(type(error).__name__) from error
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        raise NotNowError(str(answer.status))
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise UnclearError(str(answer.status))
    return answer


def _proxy_of(url: str) -> str | None:
    parts = urlsplit(url)
    return _proxy(parts.scheme, parts.hostname or "")


@cache
def _proxy(scheme: str, host: str) -> str | None:
    """As the environment says. aiohttp's own way (`trust_env`) reads a file for each request."""
    return None if proxy_bypass(host) else getproxies().get(scheme)


def judged(answer: Answer) -> Sent | Rejected:
    if answer.status >= HTTPStatus.BAD_REQUEST:
        return Rejected(f"status_{answer.status}")
    try:
        body = json.loads(answer.body)
        found = body["messages"][0]["id"] if "messages" in body else body["id"]
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise UnclearError("an answer without an id") from error
    return Sent(str(found)[:200])
