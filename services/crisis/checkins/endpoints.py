"""The HTTP edge of check-ins: one call into `service` or `inbound` each."""

import hmac
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from kit.auth import public
from kit.bringers import Bringer, WhatsAppBringer
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.errors import NotFoundError
from kit.idempotency import OnceDep
from kit.ids import new_id
from kit.messengers import BadSignatureError
from kit.versions import ExpectedVersion
from services.crisis.checkins import inbound, service
from services.crisis.checkins.access import Taker
from services.crisis.checkins.clients import SIGNED_IN
from services.crisis.checkins.schemas import (
    AnswerIn,
    AnswerOut,
    CheckedInOut,
    CheckinIn,
    HistoryOut,
    OpenedOut,
    OpenIn,
    PushIn,
    QuestionIn,
    ReceivedOut,
    ReportIn,
    TextOut,
    TextsOut,
)
from services.crisis.outreach.access import PeopleReader

router = APIRouter(prefix="/v1/crisis", tags=["check-ins"])
Provider = Annotated[str, Path(pattern="^(sms|whatsapp)$")]
OPEN = [public()]
SIGNED: dict[str, object] = {"requestBody": {"content": {"application/json": {}}, "required": True}}


@router.post("/checkins/openings", dependencies=OPEN)
async def open_link(said: OpenIn, session: SessionDep, keyring: KeyringDep) -> OpenedOut:
    """What a personal link shows: the warning, what is known of this person, the help card, answers to what was asked."""
    return await service.open_link(session, keyring, said.token)


@router.post("/checkins", status_code=201, response_model=CheckedInOut, dependencies=OPEN)
async def check_in(said: CheckinIn, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    async def effect() -> CheckedInOut:
        return await service.check_in(session, keyring, said)

    return await once("checkin", effect, location=lambda _: "/v1/crisis/checkins")


@router.post("/checkins/questions", status_code=201, response_model=AnswerOut, dependencies=OPEN)
async def ask_question(said: QuestionIn, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    async def effect() -> AnswerOut:
        return await service.ask(session, keyring, said, new_id())

    return await once("checkin-question", effect, location=lambda _: "/v1/crisis/checkins/questions")


@router.post("/checkins/push", status_code=204, dependencies=OPEN)
async def subscribe(said: PushIn, request: Request, keyring: KeyringDep) -> None:
    """The register keeps it. Only the link of the person themselves: a household's phone is not theirs."""
    await service.subscribe(request.state.sessions, request.state.calls, keyring, said)


@router.post("/messages/{provider}", dependencies=OPEN, openapi_extra=SIGNED)
async def take_messages(provider: Provider, request: Request, session: SessionDep, keyring: KeyringDep) -> ReceivedOut:
    """The door of the number that all services share. The signature is over the body as it came."""
    bringer, body = _bringer(request, provider), await request.body()
    if not bringer.is_signed(request.headers, body):
        raise BadSignatureError
    signed = [(body, request.headers.get(SIGNED_IN[provider], ""))]
    parts = bringer.apart(body) if isinstance(bringer, WhatsAppBringer) else signed
    taken = [await inbound.open_envelope(session, keyring, bringer, inbound.Envelope(provider, *part)) for part in parts]
    return ReceivedOut(taken=sum(taken))


@router.get("/messages/{provider}", response_class=Response, dependencies=OPEN)
async def prove_webhook(
    provider: Provider,
    request: Request,
    mode: Annotated[str, Query(alias="hub.mode", max_length=40)] = "",
    token: Annotated[str, Query(alias="hub.verify_token", max_length=200)] = "",
    challenge: Annotated[str, Query(alias="hub.challenge", max_length=200)] = "",
) -> Response:
    """Asked once, when the webhook is registered with WhatsApp."""
    expected = request.state.known_carriers.whatsapp_verify_token
    if _bringer(request, provider).channel != "whatsapp" or expected is None:
        raise NotFoundError
    if mode != "subscribe" or not hmac.compare_digest(token.encode(), expected.get_secret_value().encode()):
        raise BadSignatureError
    return Response(challenge, media_type="text/plain", headers={"X-Content-Type-Options": "nosniff"})


def _bringer(request: Request, provider: str) -> Bringer:
    """Raises `NotFoundError` for a channel that is closed."""
    found: Bringer | None = request.state.bringers.get(provider)
    if found is None:
        raise NotFoundError
    return found


@router.post("/alerts/{alert_id}/checkins", status_code=201, response_model=CheckedInOut)
async def report(alert_id: UUID, said: ReportIn, caller: Taker, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    async def effect() -> CheckedInOut:
        return await service.report(session, keyring, caller, alert_id, said)

    return await once(caller.subject, effect, location=lambda _: f"/v1/crisis/alerts/{alert_id}/checkins/{said.person}")


@router.get("/alerts/{alert_id}/checkins/{person}")
async def read_history(alert_id: UUID, person: UUID, caller: PeopleReader, session: SessionDep, keyring: KeyringDep) -> HistoryOut:
    return await service.get_history(session, keyring, caller, alert_id, person)


@router.get("/texts")
async def list_texts(
    caller: Taker,
    session: SessionDep,
    keyring: KeyringDep,
    due: Annotated[datetime | None, Query(description="Of the last one shown.")] = None,
    after: Annotated[UUID | None, Query(description="Id of the last one shown.")] = None,
) -> TextsOut:
    """What nobody could read, and questions: what is due first stands first."""
    return await inbound.list_texts(session, keyring, caller, (due, after) if due and after else None)


@router.post("/texts/{text_id}/answer", status_code=201, response_model=TextOut)
async def answer_text(
    text_id: UUID, said: AnswerIn, caller: Taker, session: SessionDep, keyring: KeyringDep, once: OnceDep, expected: ExpectedVersion
) -> Response:
    async def effect() -> TextOut:
        return await inbound.answer_text(session, keyring, caller, text_id, said, expected)

    return await once(caller.subject, effect, location=lambda one: f"/v1/crisis/texts/{one.id}")
