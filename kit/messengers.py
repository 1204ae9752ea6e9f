"""Companies that carry texts, behind one Protocol. A new company is another class of two functions.

Whether somebody may be reached is not asked here: that is judged by whoever sends, at the moment of sending.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

import httpx

from contracts.text import Text
from kit.errors import ProblemError

SIGNATURE: Final = "X-Signature-256"
_REFUSED_FROM: Final = 400
_FAILED_FROM: Final = 500
_TOO_MANY: Final = 429


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
    """It certainly did not take it, and may take it later: it may be sent again without asking."""


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

    http: httpx.AsyncClient
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
        return NeverSeen() if answer.status_code == httpx.codes.NOT_FOUND else judged(answer)


@dataclass(frozen=True, slots=True)
class WhatsApp:
    """WhatsApp Cloud API. It has no way to ask for an outcome: its webhook tells it, with our reference in `biz_opaque_callback_data`."""

    http: httpx.AsyncClient
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


async def asked(http: httpx.AsyncClient, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> httpx.Response:
    """Raises `UnclearError`; `NotNowError` where no connection was made or the company asks for patience."""
    try:
        answer = await http.request(method, url, headers=dict(headers), content=body)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise NotNowError(type(error).__name__) from error
    except httpx.HTTPError as error:
        raise UnclearError(type(error).__name__) from error
    if answer.status_code == _TOO_MANY:
        raise NotNowError(str(answer.status_code))
    if answer.status_code >= _FAILED_FROM:
        raise UnclearError(str(answer.status_code))
    return answer


def judged(answer: httpx.Response) -> Sent | Rejected:
    if answer.status_code >= _REFUSED_FROM:
        return Rejected(f"status_{answer.status_code}")
    try:
        body = answer.json()
        found = body["messages"][0]["id"] if "messages" in body else body["id"]
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise UnclearError("an answer without an id") from error
    return Sent(str(found)[:200])
