"""Companies that bring messages to us, behind one Protocol: whose signature it is, what they brought, and how a recording is fetched."""

import hmac
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, Protocol

import httpx
from pydantic import BaseModel, Field, ValidationError

from kit.errors import MalformedBodyError
from kit.messengers import SIGNATURE, signature
from kit.text import PARAGRAPHS, clean, phone

META_SIGNATURE: Final = "X-Hub-Signature-256"
Channel = Literal["sms", "whatsapp"]
_RECORDINGS: Final = frozenset({"audio", "voice", "image", "document", "video"})
_DELIVERED: Final = frozenset({"delivered", "read"})


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


class Bringer(Protocol):
    @property
    def channel(self) -> Channel: ...

    def is_signed(self, headers: Mapping[str, str], body: bytes) -> bool: ...

    def read(self, body: bytes) -> tuple[list[Incoming], list[Delivery]]:
        """Raises `MalformedBodyError`. What is of no interest is left out."""
        ...

    def media(self, http: httpx.AsyncClient, media_id: str) -> Any:
        """An async context manager that yields the content in parts. Raises `MediaGoneError`, `httpx.HTTPError`."""
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

    @asynccontextmanager
    async def media(self, http: httpx.AsyncClient, media_id: str) -> AsyncIterator[AsyncIterator[bytes]]:
        raise MediaGoneError(media_id)
        yield http.stream("GET", "").__aenter__()  # type: ignore[unreachable]  # makes it a generator


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

    @asynccontextmanager
    async def media(self, http: httpx.AsyncClient, media_id: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """Two steps of theirs: the id gives an address that is good for five minutes, the address gives the file; both with our token."""
        headers = {"Authorization": f"Bearer {self.token}"}
        found = await http.get(f"{self.url}/{media_id}", headers=headers)
        if found.status_code in {404, 410}:
            raise MediaGoneError(media_id)
        address = found.raise_for_status().json()["url"]
        async with http.stream("GET", address, headers=headers) as answer:
            yield answer.raise_for_status().aiter_bytes()


def _with(change: Mapping[str, Any], kind: str, one: object) -> dict[str, Any]:
    value = {name: said for name, said in change["value"].items() if name not in {"messages", "statuses", "contacts"}}
    return {"field": "messages", "value": {**value, kind: [one]}}


def _whatsapp(message: dict[str, Any]) -> Incoming:
    kind = str(message["type"])
    content = message.get(kind) or {}
    text = content.get("body") or content.get("caption") or content.get("text")
    return Incoming(
        id=str(message["id"])[:200],
        sender=phone("+" + str(message["from"])),
        sent_at=datetime.fromtimestamp(int(message["timestamp"]), UTC),
        kind=kind if kind in _RECORDINGS else "text",
        text=clean(str(text))[:5000] if text else None,
        media=str(content["id"]) if kind in _RECORDINGS else None,
    )


def _same(sent: str, expected: str) -> bool:
    return hmac.compare_digest(sent.encode(), expected.encode())
