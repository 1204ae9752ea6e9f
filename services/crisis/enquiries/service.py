"""Use cases: an agent takes a family's question, somebody recognises whom it is about, the family is told what may be told."""

import json
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from contracts.crisis import EnquiryAnswered
from contracts.days import DHAKA
from kit.access_log import record_access
from kit.calls import AwayError, Calls, RefusedCallError
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.paging import Paging
from kit.reference import make
from kit.versions import check_version
from services.crisis.enquiries import clients, matching, repository, rules
from services.crisis.enquiries.matching import Candidate
from services.crisis.enquiries.models import FamilyAnswer, FamilyEnquiry
from services.crisis.enquiries.schemas import AnswerIn, EnquiryIn, FindIn, MatchIn, SoughtIn
from services.crisis.incidents.access import Desk
from services.crisis.incidents.models import Incident
from services.crisis.incidents.rules import check_open
from services.crisis.incidents.service import acts, seen, sight_of, status_of
from services.crisis.indexes import Marks, marks_of

log = logging.getLogger(__name__)

DATA: Final = "family_enquiry.data"
WORDS: Final = "family_answer.words"
FIELDS: Final = ("asker", "sought", "note")


async def take(desk: Desk, incident_id: UUID, said: EnquiryIn) -> tuple[FamilyEnquiry, Incident]:
    """No document is needed, and no match: what the caller knows is enough. Raises `NotFoundError`, `IncidentClosedError`."""
    incident = await seen(desk, incident_id)
    acts(desk, incident.country)
    check_open(incident.state)
    sought = said.sought
    data = said.model_dump(mode="json", include={"asker", "sought", "note"})
    asker = marks_of(desk.keyring, Marks(phone=said.asker.phone))
    marks = marks_of(desk.keyring, Marks(sought.name, sought.phone, sought.passport))
    enquiry = FamilyEnquiry(
        id=new_id(),
        incident_id=incident.id,
        is_drill=incident.is_drill,
        version=1,
        reference=make(rules.PREFIX),
        state=rules.State.OPEN,
        relation=said.asker.relation,
        sex=sought.sex,
        age_band=sought.age_band,
        may_tell=said.may_tell,
        data=desk.keyring.seal(json.dumps(data, ensure_ascii=False), DATA),
        name_index=marks["name_index"],
        phone_index=marks["phone_index"],
        document_index=marks["document_index"],
        asker_index=asker["phone_index"],
        last_contact_on=said.last_contact_on,
        taken_by=desk.caller.subject,
        taken_at=datetime.now(UTC),
    )
    desk.session.add(enquiry)
    await desk.session.flush()
    return enquiry, incident


async def list_of(desk: Desk, incident_id: UUID, paging: Paging, *, waiting: bool) -> list[FamilyEnquiry]:
    incident = await seen(desk, incident_id)
    return await repository.list_of(desk.session, incident.id, paging, waiting=waiting)


async def search(desk: Desk, incident_id: UUID, said: FindIn) -> list[FamilyEnquiry]:
    """A family that calls again: those of its number, or the one that it names."""
    incident = await seen(desk, incident_id)
    if said.reference is not None:
        rows = await repository.with_reference(desk.session, incident.id, said.reference)
    else:
        index = marks_of(desk.keyring, Marks(phone=said.phone))["phone_index"]
        rows = await repository.with_number(desk.session, incident.id, index or b"")
    await record_access(desk.session, desk.caller, [one.id for one in rows], record_type="enquiry", purpose="search", fields=("phone",))
    return rows


async def read(desk: Desk, enquiry_id: UUID) -> tuple[FamilyEnquiry, Sequence[FamilyAnswer]]:
    enquiry, _ = await _found(desk, enquiry_id, "read")
    return enquiry, await repository.answers_of(desk.session, enquiry.id)


async def _found(desk: Desk, enquiry_id: UUID, purpose: str, *, lock: bool = False) -> tuple[FamilyEnquiry, Incident]:
    found = await repository.find(desk.session, enquiry_id, sight_of(desk), lock=lock)
    if found is None:
        raise NotFoundError
    await record_access(desk.session, desk.caller, [enquiry_id], record_type="enquiry", purpose=purpose, fields=FIELDS)
    return found


async def _ongoing(desk: Desk, enquiry_id: UUID, expected: int, purpose: str) -> tuple[FamilyEnquiry, Incident]:
    enquiry, incident = await _found(desk, enquiry_id, purpose, lock=True)
    acts(desk, incident.country)
    rules.check_ongoing(enquiry.state)
    check_open(incident.state)
    check_version(expected, enquiry.version)
    return enquiry, incident


async def candidates(desk: Desk, calls: Calls, enquiry_id: UUID) -> tuple[list[Candidate], bool]:
    """Proposals for a person's eye. Whether the register did not answer: then who is only there is missing."""
    enquiry, _ = await _found(desk, enquiry_id, "match")
    found = await matching.candidates(desk.session, enquiry)
    sought = sought_of(desk, enquiry)
    if sought is None or not (sought.phone or sought.passport):
        return found, False
    try:
        people = await clients.lookup(calls, sought.phone, sought.passport)
    except (AwayError, RefusedCallError) as error:
        log.warning("the register gave no answer on whom a family seeks: %s", type(error).__name__)
        return found, True
    return [*found, *await matching.nationals(desk.session, enquiry.incident_id, people)], False


def sought_of(desk: Desk, enquiry: FamilyEnquiry) -> SoughtIn | None:
    return SoughtIn.model_validate(json.loads(desk.keyring.open(enquiry.data, DATA))["sought"]) if enquiry.data else None


async def match(desk: Desk, enquiry_id: UUID, expected: int, said: MatchIn) -> FamilyEnquiry:
    """A person has looked. Raises `NotFoundError` for somebody of another incident."""
    enquiry, incident = await _ongoing(desk, enquiry_id, expected, "match")
    if said.kind == "evacuee" and not await matching.is_evacuee(desk.session, incident.id, said.id):
        raise NotFoundError
    if said.kind == "worker" and not await matching.is_worker(desk.session, incident.id, said.id):
        raise NotFoundError
    enquiry.match_kind, enquiry.match_id = said.kind, said.id
    enquiry.matched_by, enquiry.matched_at = desk.caller.subject, datetime.now(UTC)
    enquiry.state, enquiry.version = rules.State.MATCHED, enquiry.version + 1
    await desk.session.flush()
    return enquiry


async def answer(desk: Desk, enquiry_id: UUID, expected: int, said: AnswerIn) -> FamilyEnquiry:
    """Raises what `rules.check_telling` and `rules.check_contact` refuse."""
    enquiry, incident = await _ongoing(desk, enquiry_id, expected, "answer")
    now = datetime.now(UTC)
    if said.told:
        _check(desk, enquiry, said, now)
    words = desk.keyring.seal(said.words, WORDS) if said.words else None
    channel = said.channel if said.told else None
    desk.session.add(
        FamilyAnswer(
            id=new_id(),
            enquiry_id=enquiry.id,
            status=said.status,
            told=said.told,
            channel=channel,
            words=words,
            by=desk.caller.subject,
            at=now,
        )
    )
    enquiry.version += 1
    if said.told and said.status is not rules.Status.SOUGHT:
        enquiry.state = rules.State.ANSWERED
        event = EnquiryAnswered(
            message_status=status_of(incident),
            country=incident.country,
            status=said.status,
            relation=enquiry.relation,
            taken_at=enquiry.taken_at,
            answered_at=now,
        )
        await emit(desk.session, event, subject=enquiry.id, sequence=enquiry.version)
    await desk.session.flush()
    return enquiry


def _check(desk: Desk, enquiry: FamilyEnquiry, said: AnswerIn, now: datetime) -> None:
    is_officer = desk.caller.has("wing", "supervisor")
    rules.check_telling(said.status, rules.MayTell(enquiry.may_tell), matched=enquiry.match_id is not None, is_officer=is_officer)
    asker = json.loads(desk.keyring.open(enquiry.data, DATA))["asker"] if enquiry.data else {}
    rules.check_contact(said.channel or rules.Channel.CALL, asker.get("safe", {}), now.astimezone(DHAKA))


async def end(desk: Desk, enquiry_id: UUID, expected: int, outcome: rules.Outcome) -> FamilyEnquiry:
    enquiry, _ = await _ongoing(desk, enquiry_id, expected, "end")
    enquiry.state, enquiry.outcome, enquiry.ended_at = rules.State.CLOSED, outcome, datetime.now(UTC)
    enquiry.version += 1
    await desk.session.flush()
    return enquiry
