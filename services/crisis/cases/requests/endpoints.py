"""The HTTP edge for a family without an account: open to anybody, limited by the gateway and by wrong attempts."""

from fastapi import APIRouter, Request, Response

from kit.auth import public
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.strangers import Address
from services.crisis.cases.requests import service
from services.crisis.cases.requests.schemas import EntryIn, RequestedOut, RequestIn, StatusOut

router = APIRouter(prefix="/v1/crisis/cases/requests", tags=["a family's request"])


@router.post("", dependencies=[public()], status_code=201, response_model=RequestedOut)
async def ask(said: RequestIn, address: Address, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    async def effect() -> RequestedOut:
        return await service.ask(session, keyring, said)

    answer = await once(f"{service.FAMILY}:{address}", effect, location=lambda _: "/v1/crisis/cases/requests/track")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post("/track", dependencies=[public()])
async def follow(entry: EntryIn, address: Address, keyring: KeyringDep, request: Request, response: Response) -> StatusOut:
    response.headers["Cache-Control"] = "no-store"
    return await service.follow(request.state.sessions, keyring, entry, address)
