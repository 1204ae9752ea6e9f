"""Webhooks of companies that bring messages and calls. Open to anybody who can sign: the signature is over the body as it came."""

import hmac
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import ValidationError

from kit.auth import public
from kit.bringers import Bringer
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.errors import NotFoundError
from kit.messengers import SIGNATURE, BadSignatureError, signature
from kit.strangers import WrongKeyError
from services.complaints.contact.repository import note_delivery
from services.complaints.contact.rules import Channel
from services.complaints.doors.schemas import ReceivedOut
from services.complaints.duplicates.merges import service as merges
from services.complaints.messages import service
from services.complaints.settings import Doors
from services.complaints.tracking import service as tracking
from services.complaints.tracking.schemas import KeypadIn, SpokenOut
from services.complaints.tracking.views import said

router = APIRouter(prefix="/v1/complaints/messages", tags=["messages"], dependencies=[public()])

Provider = Annotated[str, Path(max_length=20, pattern="^[a-z]+$")]
SIGNED: dict[str, object] = {"requestBody": {"content": {"application/json": {}}, "required": True}}


@router.post("/keypad", openapi_extra=SIGNED)
async def answer_keypad(request: Request, session: SessionDep, keyring: KeyringDep) -> SpokenOut:
    """What a telephone menu says after twelve digits of the reference and eight of the secret (menu: README of the service)."""
    doors: Doors = request.state.doors
    if doors.sms_secret is None:
        raise NotFoundError
    body = await request.body()
    _check(hmac.compare_digest(request.headers.get(SIGNATURE, "").encode(), signature(doors.sms_secret.get_secret_value(), body).encode()))
    try:
        typed = KeypadIn.model_validate_json(body)
    except ValidationError as error:
        raise WrongKeyError from error
    entry = tracking.Entry(typed.reference, typed.secret, f"keypad:{typed.caller}", "keypad", typed.caller)
    complaint = await tracking.enter(request.state.sessions, keyring, entry)
    await tracking.note_read(session, complaint, "keypad")
    return said(complaint, await merges.follow(session, complaint))


@router.post("/{provider}", openapi_extra=SIGNED)
async def take_messages(provider: Provider, request: Request, session: SessionDep, keyring: KeyringDep) -> ReceivedOut:
    bringer = _bringer(request, provider)
    body = await request.body()
    _check(bringer.is_signed(request.headers, body))
    messages, deliveries = bringer.read(body)
    desk = service.Desk(session, keyring, request.state.doors, Channel(bringer.channel))
    # In the order in which phones sent them: two that one delivery brings do not answer each other's questions.
    sessions = request.state.sessions
    taken = [await service.take(desk, sessions, provider, one) for one in sorted(messages, key=lambda one: one.sent_at)]
    for told in deliveries:
        await note_delivery(session, told.id, told.status, datetime.now(UTC))
    return ReceivedOut(taken=sum(taken))


@router.get("/{provider}", response_class=Response)
async def prove_webhook(
    provider: Provider,
    request: Request,
    mode: Annotated[str, Query(alias="hub.mode", max_length=40)] = "",
    token: Annotated[str, Query(alias="hub.verify_token", max_length=200)] = "",
    challenge: Annotated[str, Query(alias="hub.challenge", max_length=200)] = "",
) -> Response:
    """Asked once, when the webhook is registered with WhatsApp."""
    _bringer(request, provider)
    expected = request.state.doors.whatsapp_verify_token
    if provider != "whatsapp" or expected is None:
        raise NotFoundError
    _check(mode == "subscribe" and hmac.compare_digest(token.encode(), expected.get_secret_value().encode()))
    return Response(challenge, media_type="text/plain", headers={"X-Content-Type-Options": "nosniff"})


def _bringer(request: Request, provider: str) -> Bringer:
    """Raises `NotFoundError` for a channel that is closed."""
    found: Bringer | None = request.state.bringers.get(provider)
    if found is None:
        raise NotFoundError
    return found


def _check(is_good: bool) -> None:  # noqa: FBT001 - what was found
    """Raises `BadSignatureError`."""
    if not is_good:
        raise BadSignatureError
