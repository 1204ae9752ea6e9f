"""Use cases: register a returnee, open a case, read, list and search, each within the caller's scope."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from contracts.reintegration import CaseOpened, ReturneeRegistered
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.paging import Paging
from services.reintegration import repository, rules, views
from services.reintegration.models import ReintegrationCase, Returnee
from services.reintegration.repository import Record
from services.reintegration.rules import Visibility
from services.reintegration.schemas import (
    LISTS,
    CaseIn,
    CaseReceiptOut,
    DocumentIn,
    FoundOut,
    ReceiptOut,
    ReturneeIn,
    ReturneeOut,
    SearchIn,
)

PREFIX: Final = "R"
CASE_PREFIX: Final = "K"


async def register_returnee(session: AsyncSession, keyring: Keyring, caller: Caller, returnee: ReturneeIn) -> ReceiptOut:
    """Stores the returnee and tells of it in one transaction."""
    now, returnee_id = datetime.now(UTC), new_id()
    values = {
        "id": returnee_id,
        "version": 1,
        **_sealed(keyring, returnee),
        **returnee.model_dump(include={"sex", "age_band", "district", "country", "returned_on", "return_reason"}),
        "lists_version": LISTS.version,
        "registered_by": caller.subject,
        "registered_by_org": min(caller.org, default=None),
        "registered_at": now,
    }
    papers = [_document(keyring, returnee_id, one) for one in returnee.documents]
    reference = await repository.add_returnee(session, PREFIX, values, papers)
    event = ReturneeRegistered(
        district=returnee.district,
        country=returnee.country,
        sex=returnee.sex,
        age_band=returnee.age_band,
        reason=returnee.return_reason,
        returned_on=returnee.returned_on,
        registered_at=now,
    )
    await emit(session, event, subject=returnee_id, sequence=1)
    return views.receipt_of(returnee_id, reference, now)


async def open_case(session: AsyncSession, caller: Caller, visible: Visibility, who: UUID | str, opening: CaseIn) -> CaseReceiptOut:
    """Raises `NotFoundError` also for a returnee out of sight, `CaseAlreadyOpenError`. Locks the returnee."""
    returnee = await repository.lock(session, who, visible)
    if returnee is None:
        raise NotFoundError
    if (current := await repository.find_open_case(session, returnee.id)) is not None:
        raise rules.CaseAlreadyOpenError(case=current.reference)
    case = _new_case(returnee, caller, opening)
    case.reference = await repository.add_case(session, CASE_PREFIX, case.model_dump(exclude={"reference"}))
    if opening.consent is not None:
        asked = {"id": new_id(), "case_id": case.id, "taken_by": caller.subject, "taken_at": case.opened_at}
        await repository.add_consent(session, asked | opening.consent.model_dump())
    event = CaseOpened(district=returnee.district, needs=tuple(case.needs), plan_due=case.plan_due, opened_at=case.opened_at)
    await emit(session, event, subject=case.id, sequence=1)
    return views.case_receipt_of(case, returnee.reference)


def _new_case(returnee: Returnee, caller: Caller, opening: CaseIn) -> ReintegrationCase:
    now = datetime.now(UTC)
    registered_on = returnee.registered_at.astimezone(DHAKA).date()
    return ReintegrationCase(
        id=new_id(),
        reference="",
        version=1,
        returnee_id=returnee.id,
        status=rules.CaseStatus.OPEN,
        needs=opening.needs,
        plan_due=rules.plan_due(returnee.returned_on, registered_on, LISTS.plan_due_days),
        opened_by=caller.subject,
        opened_at=now,
        closed_at=None,
    )


async def get_returnee(session: AsyncSession, keyring: Keyring, caller: Caller, visible: Visibility, who: UUID | str) -> ReturneeOut:
    """Writes the access log in the same transaction: no record, no data. Raises `NotFoundError` also for one out of sight."""
    record = await repository.find(session, who, visible)
    if record is None:
        raise NotFoundError
    papers = await repository.list_documents(session, record.returnee.id)
    await record_access(session, caller, [record.returnee.id], record_type="returnee", purpose="read", fields=views.SHOWN)
    return views.view_of(record, papers, keyring)


async def list_returnees(session: AsyncSession, caller: Caller, visible: Visibility, paging: Paging) -> Sequence[Record]:
    """Logged as `get_returnee` is."""
    records = await repository.list_returnees(session, visible, paging)
    await _note(session, caller, records[: paging.limit], "list")
    return records


async def search_returnees(session: AsyncSession, keyring: Keyring, caller: Caller, visible: Visibility, asked: SearchIn) -> FoundOut:
    """Candidates with this phone or document within the caller's scope, newest first. Logged as `get_returnee` is."""
    if asked.phone is not None:
        records = await repository.search_by_phone(session, visible, keyring.blind_index(asked.phone, "phone"))
    else:
        key = rules.document_key(asked.document or "")
        records = await repository.search_by_document(session, visible, keyring.blind_index(key, "document")) if key else []
    await _note(session, caller, records, "search")
    return FoundOut(items=[views.row_of(record, keyring) for record in records])


async def _note(session: AsyncSession, caller: Caller, records: Sequence[Record], purpose: str) -> None:
    shown = [record.returnee.id for record in records]
    await record_access(session, caller, shown, record_type="returnee", purpose=purpose, fields=views.LISTED)


def _sealed(keyring: Keyring, returnee: ReturneeIn) -> dict[str, bytes | None]:
    personal = {"name": returnee.name, "name_bn": returnee.name_bn, "phone": returnee.phone}
    sealed = {name: keyring.seal(value, f"returnee.{name}") if value else None for name, value in personal.items()}
    return sealed | {"phone_index": keyring.blind_index(returnee.phone, "phone") if returnee.phone else None}


def _document(keyring: Keyring, returnee_id: UUID, paper: DocumentIn) -> dict[str, Any]:
    key = rules.document_key(paper.number or "")
    return {
        "id": new_id(),
        "returnee_id": returnee_id,
        "kind": paper.kind,
        "number": keyring.seal(paper.number, "returnee_document.number") if paper.number else None,
        "number_index": keyring.blind_index(key, "document") if key else None,
    }
