"""Forms: read safely, turned into the JSON that a service takes, and shown again with what was typed and what to mend.

A field's name is the JSON pointer of its value with dots: `victim.phone` goes to `/victim/phone` and gets that pointer's errors.
"""

import base64
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import uuid4

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from contracts.days import DHAKA
from contracts.text import Text
from kit.errors import ForbiddenError
from services.portal.access import Anybody, SignInNeededError, keeper_of
from services.portal.clients import AwayError, RefusedError
from services.portal.session.service import Ended, Fields, Visitor

_MOST_FIELDS: Final = 120
_OWN: Final = frozenset({"csrf", "key"})
# What is kept is shown on the page of its address: each of these asks `blank_or_parked`.
_PARKABLE: Final = re.compile(r".*/new|/desk/calls/[0-9a-f-]{36}|/returnees/[A-Za-z0-9-]{1,40}/case/[a-z-]{1,40}")
_KEY: Final = re.compile(r"[0-9a-f-]{8,100}")

MAYBE_SENT: Final = Text(
    "The service did not answer. Nothing you typed is lost: send it again. Even if it did arrive, it is recorded only once.",
    "সেবাটি সাড়া দেয়নি। আপনার লেখা কিছুই হারায়নি: আবার পাঠান। আগেরটি পৌঁছে থাকলেও একবারই নথিভুক্ত হবে।",
)
ALREADY_SENT: Final = Text(
    "This form was sent before with other words. Look in the list whether it is there; send it again only if it is not.",
    "এই ফর্মটি আগে অন্য তথ্যসহ পাঠানো হয়েছে। তালিকায় আছে কি না দেখুন; না থাকলে তবেই আবার পাঠান।",
)


class ForgedPostError(ForbiddenError):
    slug = "not-from-this-site"
    title = Text(
        "This form was not sent from our own page. Open the page again and send it once more.",
        "ফর্মটি আমাদের নিজস্ব পৃষ্ঠা থেকে পাঠানো হয়নি। পৃষ্ঠাটি আবার খুলে ফর্মটি পাঠান।",
    )


@dataclass(frozen=True, slots=True)
class Form:
    """`values` as typed. `key` makes a second press of the button the same request; it changes once a service has said no."""

    values: Fields = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    general: Sequence[str] = ()
    key: str = field(default_factory=lambda: str(uuid4()))
    was_parked: bool = False

    def value(self, name: str) -> str:
        return next(iter(self.values.get(name, [])), "")

    def chosen(self, name: str) -> list[str]:
        return list(self.values.get(name, []))

    @property
    def is_faulty(self) -> bool:
        return bool(self.errors or self.general)


async def posted(request: Request, visitor: Anybody) -> Form:
    """The form of a signed-in person. Raises `ForgedPostError`; `SignInNeededError`, what was typed being kept, where the session ended."""
    check_origin(request)
    fields = await _fields(request)
    token = unmasked("".join(fields.get("csrf", [])))
    ended: Ended | None = request.state.ended
    if visitor is None:
        if ended is not None and _PARKABLE.fullmatch(request.url.path) and secrets.compare_digest(token, ended.csrf.encode()):
            await keeper_of(request).park(ended.subject, request.url.path, _own_removed(fields))
        raise SignInNeededError(ended)
    if not secrets.compare_digest(token, visitor.csrf.encode()):
        raise ForgedPostError
    return Form(_own_removed(fields), key=_own_key("".join(fields.get("key", []))))


async def keep_draft(request: Request, visitor: Visitor, form: Form) -> None:
    """What stood half written on the page that a person left for the next at this computer: sealed, shown to the same account only.

    A page sends it as JSON, path and pairs, since it is another form than the one that leaves; what is not one is let go.
    """
    draft = _draft_of(form.value("draft"))
    if draft is not None:
        await keeper_of(request).park(visitor.caller.subject, *draft)


def _draft_of(text: str) -> tuple[str, Fields] | None:
    try:
        path, pairs = json.loads(text)
        if not isinstance(path, str) or not _PARKABLE.fullmatch(path) or len(pairs) > _MOST_FIELDS:
            return None
        fields: dict[str, list[str]] = {}
        for name, value in pairs:
            fields.setdefault(str(name), []).append(str(value).replace("\x00", "").strip())
    except (ValueError, TypeError):
        return None
    return path, _own_removed(fields)


async def read_form(request: Request) -> Form:
    """As it was sent, by whomever: the caller has checked where it comes from."""
    fields = await _fields(request)
    return Form(_own_removed(fields), key=_own_key("".join(fields.get("key", []))))


Posted = Annotated[Form, Depends(posted)]


def address_of(request: Request) -> str:
    """Who asks without an account, as the gateway says: attempts are counted for each."""
    said = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return said or (request.client.host if request.client else "")


async def asked_openly(request: Request) -> Form:
    """What anybody typed into a form that changes nothing: it needs no session, only to come from our own page."""
    check_origin(request)
    return await read_form(request)


async def posted_file(request: Request, visitor: Anybody) -> tuple[Form, str, bytes]:
    """As `posted`, with the one file in `file`: its name as the browser gives it, and its content. Empty where none was chosen."""
    check_origin(request)
    received = await request.form(max_files=1, max_fields=_MOST_FIELDS, max_part_size=65_536)
    file = received.get("file")
    name, content = (file.filename or "", await file.read()) if isinstance(file, UploadFile) else ("", b"")
    return await posted(request, visitor), name, content


NO_FILE: Final = Text("Choose a file first.", "আগে একটি ফাইল বেছে নিন।")
PostedFile = Annotated[tuple[Form, str, bytes], Depends(posted_file)]


def masked(secret: str) -> str:
    """Another text each time for one secret: pages are compressed, and the length of what is compressed would give it away (BREACH)."""
    mask = secrets.token_bytes(len(secret))
    return base64.urlsafe_b64encode(mask + _xor(mask, secret.encode())).decode()


def unmasked(token: str) -> bytes:
    """Empty for what is no masked secret."""
    try:
        both = base64.urlsafe_b64decode(token)
    except ValueError:
        return b""
    half = len(both) // 2
    return _xor(both[:half], both[half:]) if len(both) == 2 * half else b""


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def check_origin(request: Request) -> None:
    """Browsers name the page that a post came from; a post from elsewhere is refused whatever it carries."""
    origin = request.headers.get("origin")
    fetched_from = request.headers.get("sec-fetch-site", "same-origin")
    if origin not in {None, request.state.settings.public_url} or fetched_from not in {"same-origin", "none"}:
        raise ForgedPostError


def _own_key(sent: str) -> str:
    """What a page of ours did not make travels in no header."""
    return sent if _KEY.fullmatch(sent) else str(uuid4())


async def blank_or_parked(request: Request, visitor: Visitor) -> Form:
    """A new form; or what the person had typed when their session ended."""
    fields = await keeper_of(request).take_parked(visitor.caller.subject, request.url.path)
    return Form() if fields is None else Form(fields, was_parked=True)


async def _fields(request: Request) -> dict[str, list[str]]:
    received = await request.form(max_files=0, max_fields=_MOST_FIELDS, max_part_size=65_536)
    fields: dict[str, list[str]] = {}
    for name, value in received.multi_items():
        if isinstance(value, str):
            fields.setdefault(name, []).append(value.replace("\x00", "").strip())
    return fields


def _own_removed(fields: Fields) -> Fields:
    return {name: values for name, values in fields.items() if name not in _OWN}


def body_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted names as nested objects. What was left empty is left out: a service says itself what it needs."""
    body: dict[str, Any] = {}
    for name, value in values.items():
        if value in ("", None, []):
            continue
        *groups, last = name.split(".")
        place = body
        for group in groups:
            place = place.setdefault(group, {})
        place[last] = value
    return body


def iso_date(form: Form, name: str) -> str:
    """`name.day`, `.month` and `.year` as one ISO date; digits of either script. What is no date goes on as it is, to be refused."""
    parts = [form.value(f"{name}.{part}") for part in ("year", "month", "day")]
    try:
        year, month, day = (int(part) for part in parts)
    except ValueError:
        return "-".join(parts) if any(parts) else ""
    return f"{year:04}-{month:02}-{day:02}"


def dhaka_time(written: str) -> str:
    """What a browser's field of date and time gives, as Dhaka's; anything else goes on as it is, to be refused."""
    try:
        return datetime.fromisoformat(written).replace(tzinfo=DHAKA).isoformat()
    except ValueError:
        return written


def refused(form: Form, errors: Sequence[Mapping[str, str]], fields: Sequence[str], general: Sequence[str] = ()) -> Form:
    """The same form with its faults beside its fields. A fault of a group stands at the group's first field, any other at the top."""
    placed: dict[str, str] = {}
    above = list(general)
    for error in errors:
        name = _field_at(error.get("pointer", ""), fields)
        if name is None:
            above.append(error.get("detail", ""))
        else:
            placed.setdefault(name, error.get("detail", ""))
    return Form(form.values, {name: placed[name] for name in fields if name in placed}, tuple(above))


def _field_at(pointer: str, fields: Sequence[str]) -> str | None:
    name = pointer.strip("/").replace("/", ".")
    if name in fields:
        return name
    inner = (known for known in fields if name and known.startswith(f"{name}."))
    outer = (known for known in fields if name.startswith(f"{known}."))
    return next(inner, None) or next(outer, None)


def answered_with(form: Form, error: RefusedError | AwayError, fields: Sequence[str], language: str) -> Form:
    """The form after a call that failed.

    A refusal changes the key: the corrected form is another request. Silence keeps it: whether the first one arrived is not known, and the
    same key makes one record of both.
    """
    if isinstance(error, AwayError):
        return Form(form.values, general=(MAYBE_SENT.in_language(language),), key=form.key)
    if error.kind.endswith("idempotency-key-reused"):
        return Form(form.values, general=(ALREADY_SENT.in_language(language),))
    return refused(form, error.errors, fields, () if error.errors else (str(error),))
