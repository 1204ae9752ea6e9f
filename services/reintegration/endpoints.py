"""The HTTP edge: one call into `service` each."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import AfterValidator

from kit.auth import public
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.dated import Choice
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.reference import parse
from services.reintegration import service, views
from services.reintegration.access import Desk, Officer, what_is_visible
from services.reintegration.matching.schemas import MatchesOut
from services.reintegration.matching.views import match_of
from services.reintegration.schemas import (
    LISTS,
    CaseIn,
    CaseReceiptOut,
    ChoiceOut,
    ChoicesOut,
    FoundOut,
    ReceiptOut,
    ReturneeIn,
    ReturneeOut,
    ReturneeRow,
    SearchIn,
)
from services.reintegration.tasks import service as tasks
from services.reintegration.tasks.schemas import TasksOut
from services.reintegration.tasks.views import task_of

router = APIRouter(prefix="/v1/returnees", tags=["returnees"])


def _id_or_reference(written: str) -> UUID | str:
    try:
        return UUID(written)
    except ValueError:
        return parse(written, service.PREFIX)


Who = Annotated[str, Path(max_length=40, description="Reference or id."), AfterValidator(_id_or_reference)]


@router.post("", status_code=201, response_model=ReceiptOut)
async def register_returnee(returnee: ReturneeIn, caller: Desk, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    async def effect() -> ReceiptOut:
        return await service.register_returnee(session, keyring, caller, returnee)

    return await once(caller.subject, effect, location=lambda receipt: f"/v1/returnees/{receipt.reference}")


@router.get("")
async def list_returnees(caller: Desk, session: SessionDep, keyring: KeyringDep, paging: PagingDep) -> Page[ReturneeRow]:
    records = await service.list_returnees(session, caller, what_is_visible(caller), paging)
    return paging.page(records, lambda one: Position(one.returnee.registered_at, one.returnee.id), lambda one: views.row_of(one, keyring))


@router.post("/search")
async def search_returnees(asked: SearchIn, caller: Desk, session: SessionDep, keyring: KeyringDep) -> FoundOut:
    return await service.search_returnees(session, keyring, caller, what_is_visible(caller), asked)


@router.get("/reasons", dependencies=[public(kept_s=300)])
async def list_reasons() -> ChoicesOut:
    return _choices(LISTS.reasons)


@router.get("/needs", dependencies=[public(kept_s=300)])
async def list_needs() -> ChoicesOut:
    return _choices(LISTS.needs)


@router.get("/document-kinds", dependencies=[public(kept_s=300)])
async def list_document_kinds() -> ChoicesOut:
    return _choices(LISTS.document_kinds)


@router.get("/consent-purposes", dependencies=[public(kept_s=300)])
async def list_consent_purposes() -> ChoicesOut:
    return _choices(LISTS.consent_purposes)


@router.get("/proofs", dependencies=[public(kept_s=300)])
async def list_proofs() -> ChoicesOut:
    return _choices(LISTS.proofs)


@router.get("/owed", dependencies=[public(kept_s=300)])
async def list_owed() -> ChoicesOut:
    return _choices(LISTS.owed)


@router.get("/flags", dependencies=[public(kept_s=300)])
async def list_flags() -> ChoicesOut:
    return _choices(LISTS.flags)


@router.get("/arrival-services", dependencies=[public(kept_s=300)])
async def list_arrival_services() -> ChoicesOut:
    return _choices(LISTS.arrival_services)


@router.get("/{who}/matches")
async def list_matches_of(who: Who, caller: Officer, session: SessionDep) -> MatchesOut:
    return MatchesOut(items=[match_of(one) for one in await service.list_matches(session, caller, what_is_visible(caller), who)])


@router.get("/{who}/tasks")
async def list_urgent_tasks_of(who: Who, caller: Officer, session: SessionDep, keyring: KeyringDep) -> TasksOut:
    rows = await tasks.list_of(session, caller, what_is_visible(caller), who)
    return TasksOut(items=[task_of(*one, caller, keyring) for one in rows])


@router.get("/{who}")
async def read_returnee(who: Who, caller: Desk, session: SessionDep, keyring: KeyringDep) -> ReturneeOut:
    return await service.get_returnee(session, keyring, caller, what_is_visible(caller), who)


@router.post("/{who}/cases", status_code=201, response_model=CaseReceiptOut)
async def open_case(who: Who, opening: CaseIn, caller: Desk, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    async def effect() -> CaseReceiptOut:
        return await service.open_case(session, keyring, caller, what_is_visible(caller), who, opening)

    return await once(caller.subject, effect, location=lambda case: f"/v1/returnees/{case.returnee_reference}")


def _choices(choices: Sequence[Choice]) -> ChoicesOut:
    return ChoicesOut(version=LISTS.version, items=[ChoiceOut.chosen(one) for one in choices])
