"""Use cases: register a returnee, open a case, read, list and search, each within the caller's scope."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from contracts.persons import AgeBand
from contracts.reintegration import ArrivalServiceNoted, CaseOpened, ReturneeRegistered
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.paging import Paging
from kit.papers import document_key
from services.reintegration import repository, rules, views
from services.reintegration.abroad import repository as abroad
from services.reintegration.consents.rules import check_guardian
from services.reintegration.expected.rules import check_expected
from services.reintegration.expected.service import note_expected
from services.reintegration.matching import service as matching
from services.reintegration.matching.models import MatchProposal
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
from services.reintegration.tasks import service as tasks
from services.reintegration.tasks.rules import flags_of

PREFIX: Final = "R"
CASE_PREFIX: Final = "K"


async def register_returnee(
    session: AsyncSession, keyring: Keyring, caller: Caller, returnee: ReturneeIn, wanted: str | None = None
) -> ReceiptOut:
    """Stores the returnee, opens a task for what cannot wait, proposes who it may be, and tells of it: in one transaction.

    Raises `InvalidError` for a return that lies ahead where no wing registers it.

    `wanted`: the reference that a device without a connection put on the person's slip; another is drawn where somebody has it.
    """
    now = datetime.now(UTC)
    lies_ahead = check_expected(returnee.returned_on, now.astimezone(DHAKA).date(), caller.roles, LISTS.expected_ahead_days)
    person = _record(keyring, caller, returnee, now)
    papers = [document_row(keyring, person.id, one) for one in returnee.documents]
    values = person.model_dump(exclude={"reference"})
    person.reference = await repository.add_returnee(session, PREFIX, values, papers, wanted)
    if lies_ahead:
        await note_expected(session, person)
    await _tell(session, person)
    await note_arrival(session, caller, person, returnee, now)
    await tasks.open_tasks(session, person, now)
    matches = await matching.propose_matches(session, keyring, person.id, compared(returnee), now)
    await abroad.ask(session, person.id, now)
    return views.receipt_of(person, views.notes_on(returnee, now), matches if caller.has("supervisor", "demo", "wewb") else 0)


def _record(keyring: Keyring, caller: Caller, returnee: ReturneeIn, now: datetime) -> Returnee:
    flags = flags_of(returnee.flags, is_child=returnee.age_band == AgeBand.UNDER_18, has_guardian=returnee.guardian is not None)
    return Returnee(
        id=new_id(),
        reference="",
        version=1,
        **_sealed(keyring, returnee),
        **returnee.model_dump(include=_PLAIN),
        owed=list(dict.fromkeys(returnee.owed)),
        flags=flags,
        restricted=any(LISTS.flag(one).restricted for one in flags),
        same_as=None,
        lists_version=LISTS.version,
        registered_by=caller.subject,
        registered_by_org=min(caller.org, default=None),
        registered_at=now,
    )


_PLAIN: Final = {
    *(
        "sex",
        "age_band",
        "disability",
        "district",
        "country",
        "returned_on",
        "return_reason",
        "birth_year",
        "upazila",
        "departed_on",
        "proof",
    ),
    *("neutral_slip", "device_at"),
}


async def _tell(session: AsyncSession, person: Returnee) -> None:
    event = ReturneeRegistered(
        district=person.district,
        country=person.country,
        sex=person.sex,
        age_band=person.age_band,
        reason=person.return_reason,
        returned_on=person.returned_on,
        registered_at=person.registered_at,
    )
    await emit(session, event, subject=person.id, sequence=1, restricted=person.restricted)


async def note_arrival(session: AsyncSession, caller: Caller, person: Returnee, returnee: ReturneeIn, now: datetime) -> None:
    """Help on arrival, and the event of each. Added to, never changed."""
    rows = [
        {"id": new_id(), "returnee_id": person.id, "kind": one.kind, "outcome": one.outcome, "noted_by": caller.subject, "noted_at": now}
        for one in returnee.arrival
    ]
    await repository.add_arrival_services(session, rows)
    for one in returnee.arrival:
        event = ArrivalServiceNoted(
            service=one.kind,
            outcome=one.outcome,
            district=person.district,
            country=person.country,
            sex=person.sex,
            age_band=person.age_band,
            noted_at=now,
        )
        await emit(session, event, subject=person.id, sequence=1, restricted=person.restricted)


def compared(returnee: ReturneeIn) -> matching.Person:
    return matching.Person(
        names=tuple(one for one in (returnee.name, returnee.name_bn) if one),
        father=returnee.father,
        mother=returnee.mother,
        village=returnee.village,
        phones=tuple(one for one in (returnee.phone, returnee.second_phone) if one),
        birth_year=returnee.birth_year,
        district=returnee.district,
        sex=returnee.sex,
        papers=tuple((one.kind, one.number) for one in returnee.documents if one.number),
    )


async def open_case(
    session: AsyncSession, keyring: Keyring, caller: Caller, visible: Visibility, who: UUID | str, opening: CaseIn
) -> CaseReceiptOut:
    """Raises `NotFoundError` also for a returnee out of sight, `CaseAlreadyOpenError`, `GuardianNeededError`. Locks the returnee."""
    returnee = await repository.lock(session, who, visible)
    if returnee is None:
        raise NotFoundError
    if (current := await repository.find_open_case(session, returnee.id)) is not None:
        raise rules.CaseAlreadyOpenError(case=current.reference)
    case = _new_case(returnee, caller, opening)
    case.reference = await repository.add_case(session, CASE_PREFIX, case.model_dump(exclude={"reference"}))
    if opening.consent is not None:
        check_guardian(returnee.age_band, opening.consent, has_guardian=returnee.guardian is not None)
        asked = {"id": new_id(), "case_id": case.id, "taken_by": caller.subject, "taken_at": case.opened_at}
        witness = keyring.seal(opening.consent.witness, "case_consent.witness") if opening.consent.witness else None
        await repository.add_consent(session, asked | opening.consent.model_dump() | {"witness": witness})
    event = CaseOpened(district=returnee.district, needs=tuple(case.needs), plan_due=case.plan_due, opened_at=case.opened_at)
    await emit(session, event, subject=case.id, sequence=1)
    return views.case_receipt_of(case, returnee.reference)


def _new_case(returnee: Returnee, caller: Caller, opening: CaseIn) -> ReintegrationCase:
    now = datetime.now(UTC)
    return ReintegrationCase(
        id=new_id(),
        reference="",
        version=1,
        returnee_id=returnee.id,
        status=rules.CaseStatus.OPEN,
        needs=opening.needs,
        plan_due=rules.plan_due_of(returnee.returned_on, returnee.registered_at, LISTS.plan_due_days),
        opened_by=caller.subject,
        opened_at=now,
        closed_at=None,
        closing_reason=None,
        closing_note=None,
        closing_proposed_by=None,
        closing_proposed_at=None,
        closed_by=None,
    )


async def get_returnee(session: AsyncSession, keyring: Keyring, caller: Caller, visible: Visibility, who: UUID | str) -> ReturneeOut:
    """Writes the access log in the same transaction: no record, no data. Raises `NotFoundError` also for one out of sight."""
    record = await repository.find(session, who, visible)
    if record is None:
        raise NotFoundError
    papers = await repository.list_documents(session, record.returnee.id)
    arrival = await repository.list_arrival_services(session, record.returnee.id)
    await record_access(session, caller, [record.returnee.id], record_type="returnee", purpose="read", fields=views.SHOWN)
    return views.view_of(record, papers, arrival, keyring)


async def list_matches(session: AsyncSession, caller: Caller, visible: Visibility, who: UUID | str) -> Sequence[MatchProposal]:
    """Raises `NotFoundError`."""
    record = await repository.find(session, who, visible)
    if record is None:
        raise NotFoundError
    return await matching.list_of(session, caller, visible, record.returnee.id)


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
        key = document_key(asked.document or "")
        records = await repository.search_by_document(session, visible, keyring.blind_index(key, "document")) if key else []
    await _note(session, caller, records, "search")
    return FoundOut(items=[views.row_of(record, keyring) for record in records])


async def _note(session: AsyncSession, caller: Caller, records: Sequence[Record], purpose: str) -> None:
    shown = [record.returnee.id for record in records]
    await record_access(session, caller, shown, record_type="returnee", purpose=purpose, fields=views.LISTED)


def _sealed(keyring: Keyring, returnee: ReturneeIn) -> dict[str, Any]:
    personal = {
        **returnee.model_dump(include={"name", "name_bn", "phone", "second_phone", "father", "mother", "village"}),
        "guardian": returnee.guardian.model_dump_json() if returnee.guardian else None,
    }
    sealed = {name: keyring.seal(value, f"returnee.{name}") if value else None for name, value in personal.items()}
    return sealed | {"phone_index": keyring.blind_index(returnee.phone, "phone") if returnee.phone else None}


def document_row(keyring: Keyring, returnee_id: UUID, paper: DocumentIn) -> dict[str, Any]:
    key = document_key(paper.number or "")
    return {
        "id": new_id(),
        "returnee_id": returnee_id,
        "kind": paper.kind,
        "number": keyring.seal(paper.number, "returnee_document.number") if paper.number else None,
        "number_index": keyring.blind_index(key, "document") if key else None,
    }
