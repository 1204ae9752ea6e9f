"""Addresses of protection."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator

from contracts.text import Bilingual
from kit.auth import Caller, allow
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.reference import parse
from kit.versions import ExpectedVersion
from services.complaints.access import Reference
from services.complaints.lifecycle.access import WorkerDesk, post
from services.complaints.lifecycle.protection import service
from services.complaints.lifecycle.protection.schemas import (
    DueRow,
    EmptiedOut,
    GlassIn,
    GlassOut,
    GlassRow,
    HoldIn,
    ReadRow,
)
from services.complaints.lifecycle.rules import Action
from services.complaints.lifecycle.schemas import ReasonIn
from services.complaints.rules import PREFIX
from services.complaints.views import office_name

router = APIRouter(prefix="/v1/complaints", tags=["complaints: protection"])
procedure = APIRouter(prefix="/v1/complaints/{reference}", tags=["complaints: protection"])

Rescuer = Annotated[Caller, allow("agent", "supervisor", "officer", "demo", "wing", "wewb")]
Watcher = Annotated[Caller, allow("supervisor", "auditor", "admin")]
Auditor = Annotated[Caller, allow("auditor", "admin")]
Keeper = Annotated[Caller, allow("admin")]
OfReference = Annotated[str, Query(max_length=40), AfterValidator(lambda text: parse(text, PREFIX))]


@post(procedure, Action.RESTRICT)
async def restrict(desk: WorkerDesk, asked: ReasonIn) -> Response:
    return await desk.act(Action.RESTRICT, partial(service.restrict_in_hand, asked=asked))


@procedure.post("/break-glass", status_code=201, response_model=GlassOut)
async def break_glass(
    reference: Reference, asked: GlassIn, caller: Rescuer, session: SessionDep, keyring: KeyringDep, once: OnceDep
) -> Response:
    async def effect() -> GlassOut:
        return await service.break_glass(session, keyring, caller, reference, asked)

    return await once(caller.subject, effect, location=lambda done: f"/v1/complaints/{done.reference}")


@router.get("/break-glass")
async def list_broken(caller: Watcher, session: SessionDep, keyring: KeyringDep, paging: PagingDep) -> Page[GlassRow]:
    rows = await service.list_broken(session, caller, paging)
    return paging.page(
        rows,
        lambda row: Position(row[0].at, row[0].id),
        lambda row: GlassRow(
            **row[0].model_dump(include={"id", "account", "roles", "at", "until"}),
            reference=row[1],
            office_name=Bilingual.model_validate(office_name(row[2]), from_attributes=True),
            reason=keyring.open(row[0].reason, "break_glass.reason"),
        ),
    )


@router.get("/reads")
async def list_reads(
    caller: Auditor,
    session: SessionDep,
    paging: PagingDep,
    reference: OfReference | None = None,
    of: Annotated[str | None, Query(alias="caller", max_length=100)] = None,
) -> Page[ReadRow]:
    """Who was shown which record, newest first: of one complaint, or of one person who reads."""
    rows = await service.list_reads(session, caller, reference, of, paging)
    return paging.page(rows, lambda row: Position(row.at, row.id), lambda row: ReadRow.model_validate(row, from_attributes=True))


@router.get("/retention")
async def list_due(caller: Keeper, session: SessionDep, paging: PagingDep) -> Page[DueRow]:
    """Whose words are past their time, the longest first."""
    rows = await service.list_due(session, caller, paging)
    return paging.page(
        rows,
        lambda row: Position(row[0].due_at, row[0].complaint_id),
        lambda row: DueRow.model_validate({**row[1].model_dump(), "due_at": row[0].due_at}),
    )


@procedure.post("/hold", status_code=201, response_model=EmptiedOut)
async def hold(
    reference: Reference,
    asked: HoldIn,
    caller: Watcher,
    session: SessionDep,
    keyring: KeyringDep,
    once: OnceDep,
    expected: ExpectedVersion,
) -> Response:
    async def effect() -> EmptiedOut:
        return await service.hold(session, keyring, caller, reference, expected, asked)

    return await once(caller.subject, effect, location=lambda done: f"/v1/complaints/{done.reference}")


@procedure.post("/emptying", status_code=201, response_model=EmptiedOut)
async def empty(
    reference: Reference, caller: Keeper, session: SessionDep, keyring: KeyringDep, once: OnceDep, expected: ExpectedVersion
) -> Response:
    """An administrator confirms what the timer listed. Figures stay."""

    async def effect() -> EmptiedOut:
        return await service.empty(session, keyring, caller, reference, expected)

    return await once(caller.subject, effect, location=lambda done: f"/v1/complaints/{done.reference}")
