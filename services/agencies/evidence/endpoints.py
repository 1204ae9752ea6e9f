"""The HTTP edge of evidence: one call into `service` each."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.files import FilesDep, file_response
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.text import clean_line
from services.agencies.evidence import service, views
from services.agencies.evidence.access import FileReader, LicencePath, Noter, Officer, OwnAgency, Striker
from services.agencies.evidence.schemas import (
    AnswerIn,
    AnswerOut,
    DocumentOut,
    FactIn,
    FileOut,
    OfficerFactOut,
    ReasonIn,
    StrikeOut,
)

router = APIRouter(prefix="/v1/agencies", tags=["evidence"])
_FILE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "A PDF, a JPEG or a PNG, at most 5 MiB. What it is is judged by its content.",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in sorted(service.TAKEN)},
    },
}


@router.post("/evidence/{fact}/strikes", status_code=201, response_model=StrikeOut)
async def strike(fact: UUID, reason: ReasonIn, caller: Striker, session: SessionDep, once: OnceDep) -> Response:
    """The fact, or the line of deployments, counts no longer; it stays where it is, and the reason beside it."""

    async def effect() -> StrikeOut:
        return views.strike_view(await service.strike(session, caller, fact, reason, struck=True))

    return await once(caller.subject, effect, location=lambda _: f"/v1/agencies/evidence/{fact}/strikes")


@router.post("/evidence/{fact}/restorations", status_code=201, response_model=StrikeOut)
async def restore(fact: UUID, reason: ReasonIn, caller: Striker, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> StrikeOut:
        return views.strike_view(await service.strike(session, caller, fact, reason, struck=False))

    return await once(caller.subject, effect, location=lambda _: f"/v1/agencies/evidence/{fact}/restorations")


@router.post("/{licence}/evidence", status_code=201, response_model=OfficerFactOut)
async def note_fact(licence: LicencePath, fact: FactIn, caller: Noter, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> OfficerFactOut:
        return views.officer_view(await service.note_fact(session, caller, licence, fact), None)

    return await once(caller.subject, effect, location=lambda _: f"/v1/agencies/{licence}/evidence")


@router.get("/{licence}/evidence")
async def list_facts(licence: LicencePath, caller: Officer, session: SessionDep, paging: PagingDep) -> Page[OfficerFactOut]:
    facts, strikes = await service.list_facts(session, caller, licence, paging)
    return paging.page(facts, lambda one: Position(one.recorded_at, one.id), lambda one: views.officer_view(one, strikes.get(one.id)))


@router.get("/{licence}/file")
async def read_file(licence: LicencePath, caller: FileReader, session: SessionDep, keyring: KeyringDep) -> FileOut:
    return views.file_view(await service.read_file(session, caller, licence), keyring)


@router.post("/{licence}/evidence/{fact}/answers", status_code=201, response_model=AnswerOut)
async def answer_fact(
    licence: LicencePath, fact: UUID, answer: AnswerIn, caller: OwnAgency, session: SessionDep, keyring: KeyringDep, once: OnceDep
) -> Response:
    async def effect() -> AnswerOut:
        return views.answer_view(await service.answer_fact(session, keyring, caller, licence, fact, answer), keyring)

    return await once(caller.subject, effect, location=lambda _: f"/v1/agencies/{licence}/file")


async def _sent(
    request: Request,
    name: Annotated[str, Query(min_length=1, max_length=150)],
    fact: Annotated[UUID | None, Query(description="The fact that it answers.")] = None,
) -> service.Upload:
    return service.Upload(clean_line(name), await request.body(), fact)


@router.post("/{licence}/documents", status_code=201, response_model=DocumentOut, openapi_extra=_FILE)
async def upload(
    licence: LicencePath,
    caller: OwnAgency,
    sent: Annotated[service.Upload, Depends(_sent)],
    session: SessionDep,
    keyring: KeyringDep,
    files: FilesDep,
    once: OnceDep,
) -> Response:
    async def effect() -> DocumentOut:
        return views.document_view(await service.upload(session, keyring, files, caller, licence, sent), keyring)

    return await once(caller.subject, effect, location=lambda made: f"/v1/agencies/{licence}/documents/{made.id}")


@router.get("/{licence}/documents/{document}", response_class=StreamingResponse)
async def read_document(
    licence: LicencePath, document: UUID, caller: FileReader, session: SessionDep, keyring: KeyringDep, files: FilesDep
) -> Response:
    found = await service.get_document(session, caller, licence, document)
    shown = views.document_view(found, keyring)
    return file_response(files.open(found.id), found.media_type, name=shown.name, size=found.size)
