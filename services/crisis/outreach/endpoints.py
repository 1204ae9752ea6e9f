"""The HTTP edge of outreach: one call into `service` each."""

import hmac
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import ValidationError

from kit.auth import public
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.errors import MalformedBodyError, NotFoundError
from kit.idempotency import OnceDep
from kit.messengers import SIGNATURE, BadSignatureError, signature
from services.crisis.checkins.rules import UNREACHED, Status
from services.crisis.exposure.views import VULNERABLE
from services.crisis.outreach import service
from services.crisis.outreach.access import FigureReader, PeopleReader, RelayReader
from services.crisis.outreach.schemas import DeliveriesIn, PeopleOut, PushKeyOut, ReachOut, RelayIn, RelayOut, RelaysOut, TakenOut
from services.crisis.outreach.settings import Carriers

router = APIRouter(prefix="/v1/crisis", tags=["outreach"])
SIGNED: dict[str, object] = {"requestBody": {"content": {"application/json": {}}, "required": True}}
StatusAsked = Annotated[str | None, Query(pattern=f"^({'|'.join([*Status, UNREACHED])})$")]

FlagAsked = Annotated[str | None, Query(pattern=f"^({'|'.join(VULNERABLE)})$")]


@router.get("/alerts/{alert_id}/reach")
async def read_reach(alert_id: UUID, caller: FigureReader, session: SessionDep) -> ReachOut:
    return await service.get_reach(session, caller, alert_id)


@router.get("/alerts/{alert_id}/people")
async def list_people(
    alert_id: UUID,
    caller: PeopleReader,
    session: SessionDep,
    status: StatusAsked = None,
    flag: FlagAsked = None,
    cursor: Annotated[str | None, Query(max_length=60)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> PeopleOut:
    """Whom the warning concerns and what they answered, the vulnerable first."""
    return await service.list_people(session, caller, alert_id, service.Asked(status, flag, cursor, limit))


@router.get("/relays")
async def list_relays(caller: RelayReader, session: SessionDep, keyring: KeyringDep, cursor: UUID | None = None) -> RelaysOut:
    return await service.list_relays(session, keyring, caller, cursor)


@router.post("/relays", status_code=201, response_model=RelayOut)
async def add_relay(said: RelayIn, caller: RelayReader, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    async def effect() -> RelayOut:
        return await service.add_relay(session, keyring, caller, said)

    return await once(caller.subject, effect, location=lambda one: f"/v1/crisis/relays/{one.id}")


@router.post("/relays/{relay_id}/end", status_code=201, response_model=RelayOut)
async def end_relay(relay_id: UUID, caller: RelayReader, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    async def effect() -> RelayOut:
        return await service.end_relay(session, keyring, caller, relay_id)

    return await once(caller.subject, effect, location=lambda one: f"/v1/crisis/relays/{one.id}")


@router.get("/push/key", dependencies=[public()])
async def read_push_key(request: Request) -> PushKeyOut:
    """What a browser subscribes with. Not found where notifications are not sent."""
    if (vapid := request.state.vapid) is None:
        raise NotFoundError
    return PushKeyOut(key=vapid.public)


@router.post("/outreach/deliveries", dependencies=[public()], openapi_extra=SIGNED)
async def take_deliveries(request: Request, session: SessionDep) -> TakenOut:
    """What the company for texts tells of those that it took. The signature is over the body as it came."""
    known: Carriers = request.state.known_carriers
    if known.sms_secret is None:
        raise NotFoundError
    body = await request.body()
    if not hmac.compare_digest(request.headers.get(SIGNATURE, "").encode(), signature(known.sms_secret.get_secret_value(), body).encode()):
        raise BadSignatureError
    try:
        told = DeliveriesIn.model_validate_json(body)
    except ValidationError as error:
        raise MalformedBodyError from error
    return TakenOut(taken=await service.note_deliveries(session, told))
