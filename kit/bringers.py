"""Companies that bring messages to us, behind one Protocol: whose signature it is, what they brought, and how a recording is fetched."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal, Protocol
from urllib.parse import quote

from pydantic import BaseModel, Field, ValidationError

from kit.errors import MalformedBodyError
from kit.messengers import SIGNATURE, signature
from kit.outward import Answer, Bounds, Outward, OutwardError, Refused
from kit.text import PARAGRAPHS, clean, phone

META_SIGNATURE: Final = "X-Hub-Signature-256"
Channel = Literal["sms", "whatsapp"]
_RECORDINGS: Final = frozenset({"audio", "voice", "image", "document", "video"})
_DELIVERED: Final = frozenset({"delivered", "read"})
_GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_DESCRIPTION: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message. `id` is the company's and makes it one however often it is brought."""

    id: str
    sender: str
    sent_at: datetime
    kind: str
    text: str | None = None
    media: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a text of ours. `id`: the company's. `reference`: ours, where the company says it again."""

    id: str
    status: str
    reference: str | None = None


class SmsIn(BaseModel):
    """A text as an SMS company brings it. `sent_at`: when the phone sent it. `media_url` has no place in a text."""

    id: Annotated[str, Field(min_length=1, max_length=200)]
    sender: Annotated[str, Field(alias="from", min_length=3, max_length=40)]
    text: Annotated[str, Field(max_length=5000), PARAGRAPHS]
    sent_at: datetime | None = None


class MediaGoneError(Exception):
    """The company no longer has it."""


class MediaNotNowError(Exception):
    """The company did not give it, or not as it had said: it may do so later. `reason`: a short word for a log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class MediaNotWholeError(MediaNotNowError):
    """What came is not what the company had described."""


class Bringer(Protocol):
    @property
    def channel(self) -> Channel: ...

    def is_signed(self, headers: Mapping[str, str], body: bytes) -> bool: ...

    def read(self, body: bytes) -> tuple[list[Incoming], list[Delivery]]:
        """Raises `MalformedBodyError`. What is of no interest is left out."""
        ...

    async def media(self, outward: Outward, media_id: str, bounds: Bounds) -> bytes:
        """A recording or picture, whole. Raises `MediaGoneError`, `MediaNotNowError`, `OutwardError` (`SIZE` beyond the bounds' body)."""
        ...


@dataclass(frozen=True, slots=True)
class SmsBringer:
    secret: str
    channel: Channel = "sms"

    def is_signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        return _same(headers.get(SIGNATURE, ""), signature(self.secret, body))

    def read(self, body: bytes) -> tuple[list[Incoming], list[Delivery]]:
        try:
            text = SmsIn.model_validate_json(body)
            sender = phone(text.sender)
        except (ValidationError, ValueError) as error:
            raise MalformedBodyError from error
        return [Incoming(text.id, sender, text.sent_at or datetime.now(UTC), "text", text.text)], []

    async def media(self, outward: Outward, media_id: str, bounds: Bounds) -> bytes:  # noqa: ARG002 - a text has none
        raise MediaGoneError(media_id)


@dataclass(frozen=True, slots=True)
class WhatsAppBringer:
    """Cloud API webhooks, object `whatsapp_business_account`."""

    app_secret: str
    url: str
    token: str
    channel: Channel = "whatsapp"

    def is_signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        return _same(headers.get(META_SIGNATURE, ""), signature(self.app_secret, body))

    def read(self, body: bytes) -> tuple[list[Incoming], list[Delivery]]:
        try:
            values = [
                change["value"] for entry in json.loads(body)["entry"] for change in entry["changes"] if change.get("field") == "messages"
            ]
            messages = [_whatsapp(one) for value in values for one in value.get("messages", [])]
            told = [
                Delivery(one["id"], one["status"], one.get("biz_opaque_callback_data"))
                for value in values
                for one in value.get("statuses", [])
            ]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise MalformedBodyError from error
        return messages, [replace(one, status="delivered") for one in told if one.status in _DELIVERED]

    def apart(self, body: bytes) -> list[tuple[bytes, str]]:
        """One body for each message and each word on a delivery, signed as the company signs: who takes part of them passes on the rest.

        Profiles of the writers (`contacts`) are left out: nobody here asks for them. Raises `MalformedBodyError`.
        """
        try:
            whole = json.loads(body)
            parts = [
                {"object": whole.get("object"), "entry": [{"id": entry.get("id"), "changes": [_with(change, kind, one)]}]}
                for entry in whole["entry"]
                for change in entry["changes"]
                if change.get("field") == "messages"
                for kind in ("messages", "statuses")
                for one in change["value"].get(kind, [])
            ]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise MalformedBodyError from error
        bodies = [json.dumps(part, ensure_ascii=False).encode() for part in parts]
        return [(part, signature(self.app_secret, part)) for part in bodies]

    async def media(self, outward: Outward, media_id: str, bounds: Bounds) -> bytes:
        """Two steps of theirs: the id gives an address that is good for five minutes, the address gives the file; both with our token.

        An id of a webhook is good for seven days. What came is held against the size and the SHA-256 that they announced.
        """
        headers = {"Authorization": f"Bearer {self.token}"}
        found = await outward.get(f"{self.url}/{quote(media_id, safe='')}", replace(bounds, body=_DESCRIPTION), headers)
        if found.status in _GONE:
            raise MediaGoneError(media_id)
        told = _told(found)
        if told.size > bounds.body:
            raise OutwardError(Refused.SIZE, told.url)
        answer = await outward.get(told.url, bounds, headers)
        if answer.status != HTTPStatus.OK:
            raise MediaNotNowError(f"status-{answer.status}")
        if not told.is_of(answer.body):
            raise MediaNotWholeError("not-whole")
        return answer.body


@dataclass(frozen=True, slots=True)
class _Told:
    """What the company says of a file: where it is, and mostly its size (0: not said) and hash."""

    url: str
    size: int
    sha256: str

    def is_of(self, content: bytes) -> bool:
        """Their hash is written in hex where a file is described, in base64 in a webhook."""
        if self.size and self.size != len(content):
            return False
        sha256 = hashlib.sha256(content)
        return not self.sha256 or self.sha256 in {sha256.hexdigest(), base64.b64encode(sha256.digest()).decode()}


def _told(found: Answer) -> _Told:
    """Raises `MediaNotNowError`."""
    if found.status != HTTPStatus.OK:
        raise MediaNotNowError(f"status-{found.status}")
    try:
        said = json.loads(found.body)
        return _Told(str(said["url"]), int(said.get("file_size") or 0), str(said.get("sha256") or ""))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MediaNotNowError("no-address") from error


def _with(change: Mapping[str, Any], kind: str, one: object) -> dict[str, Any]:
    value = {name: said for name, said in change["value"].items() if name not in {"messages", "statuses", "contacts"}}
    return {"field": "messages", "value": {**value, kind: [one]}}


def _whatsapp(message: dict[str, Any]) -> Incoming:
    kind = str(message["type"])
    content = message.get(kind) or {}
    text = content.get("body") or content.get("caption") or content.get("text") or _place(content)
    return Incoming(
        id=str(message["id"])[:200],
        sender=phone("+" + str(message["from"])),
        sent_at=datetime.fromtimestamp(int(message["timestamp"]), UTC),
        kind=kind if kind in _RECORDINGS else "text",
        text=clean(str(text))[:5000] if text else None,
        media=str(content["id"]) if kind in _RECORDINGS else None,
    )


def _place(content: Mapping[str, Any]) -> str | None:
    """Where somebody says they are, by the map of their phone: the words that an officer reads."""
    if "latitude" not in content or "longitude" not in content:
        return None
    named = [str(content[one]) for one in ("name", "address") if content.get(one)]
    return ", ".join([f"[অবস্থান / location] {float(content['latitude']):.5f}, {float(content['longitude']):.5f}", *named])


def _same(sent: str, expected: str) -> bool:
    return hmac.compare_digest(sent.encode(), expected.encode())
