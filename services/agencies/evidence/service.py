"""Use cases of evidence: note what officers found, strike out and bring back, show an agency its file."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.files import Files, one_part
from kit.ids import new_id
from kit.media import Kind as MediaKind
from kit.paging import Paging
from services.agencies import ceilings
from services.agencies.evidence import repository, rules
from services.agencies.evidence.models import Document, Fact, FactAnswer, Strike
from services.agencies.evidence.repository import Measures
from services.agencies.evidence.rules import Kind
from services.agencies.evidence.schemas import AnswerIn, FactIn, ReasonIn
from services.agencies.models import Agency
from services.agencies.rules import UnknownLicenceError
from services.agencies.service import classify_some

CEILINGS: Final = ceilings.load()
MOST_FACTS: Final = 500
MOST_DOCUMENTS: Final = 200
MOST_BYTES: Final = 5 * 1024 * 1024
TAKEN: Final[frozenset[MediaKind]] = frozenset({"application/pdf", "image/jpeg", "image/png"})
ANSWER: Final = "fact_answer.words"
NAME: Final = "agency_document.name"


@dataclass(frozen=True, slots=True)
class File:
    """All that an agency's file is made of; `strikes` by fact."""

    agency: Agency
    since: date
    until: date
    measures: Measures
    deployed: Sequence[tuple[int, int]]
    facts: Sequence[Fact]
    strikes: Mapping[UUID, Strike]
    answers: Sequence[FactAnswer]
    documents: Sequence[Document]


async def touch(session: AsyncSession, licences: Collection[str], now: datetime) -> None:
    """Called in the transaction of every change of evidence: what was computed from it is to be computed again."""
    if licences:
        await repository.mark_changed(session, licences, now)
        await classify_some(session, now, licences)


async def note_fact(session: AsyncSession, caller: Caller, licence: str, given: FactIn) -> Fact:
    """Raises `UnknownLicenceError`, `OutOfScopeError`, `NotAnOffenceError`. A fee is noted with the ceiling that was lawful on its day."""
    agency = await _agency(session, licence)
    _judge_scope(caller, agency, given)
    if given.about is not None:
        offence = await repository.find_fact(session, given.about)
        if offence is None or offence.licence != licence or offence.kind != Kind.OFFENCE:
            raise rules.NotAnOffenceError
    now = datetime.now(UTC)
    fact = Fact(
        id=new_id(),
        licence=licence,
        record=given.complaint,
        recorded_at=now,
        recorded_by=caller.subject,
        **given.model_dump(exclude={"complaint", "work"}),
        **_ceiling(given),
    )
    await repository.add(session, fact)
    await touch(session, [licence], now)
    return fact


def _ceiling(given: FactIn) -> dict[str, Any]:
    if given.kind is not Kind.FEE_CHARGED or given.country is None:
        return {}
    lawful = CEILINGS.lawful(given.country, given.sex, given.work or "any", given.happened_on)
    return {"currency": "BDT"} | ({"ceiling": lawful.minor, "ceiling_rule": lawful.id} if lawful else {})


def _judge_scope(caller: Caller, agency: Agency, given: FactIn) -> None:
    """A wing notes what happened in its countries, a district office what concerns an agency of its districts."""
    if caller.has("admin", "decider"):
        return
    in_country = caller.has("wing") and caller.covers_country(given.country)
    if not in_country and not (caller.has("demo") and caller.covers_district(agency.district)):
        raise rules.OutOfScopeError


async def strike(session: AsyncSession, caller: Caller, fact: UUID, given: ReasonIn, *, struck: bool) -> Strike:
    """Strikes a fact or a line of deployments out, or brings it back. Raises `UnknownFactError`, `StruckAlreadyError`, `NotStruckError`."""
    await repository.lock_fact(session, fact)
    is_known, licence = await repository.licence_of(session, fact)
    if not is_known:
        raise rules.UnknownFactError
    latest = (await repository.strikes_of(session, [fact])).get(fact)
    if struck == (latest is not None and latest.struck):
        raise rules.StruckAlreadyError if struck else rules.NotStruckError
    now = datetime.now(UTC)
    row = Strike(id=new_id(), fact=fact, struck=struck, reason=given.reason, made_at=now, made_by=caller.subject)
    await repository.add(session, row)
    await touch(session, [licence] if licence else [], now)
    return row


async def list_facts(session: AsyncSession, caller: Caller, licence: str, paging: Paging) -> tuple[Sequence[Fact], Mapping[UUID, Strike]]:
    """For officers, those that rest on complaints too; noted in the access log, for a fact may lead to a complaint."""
    await _agency(session, licence)
    facts = await repository.list_facts(session, licence, paging)
    shown = [fact.id for fact in facts[: paging.limit]]
    await record_access(session, caller, shown, record_type="agency_fact", purpose="oversight", fields=["record", "source_ref"])
    return facts, await repository.strikes_of(session, shown)


async def read_file(session: AsyncSession, caller: Caller, licence: str) -> File:
    """Raises `UnknownLicenceError`. What the agency wrote may name people: that an officer reads it is noted."""
    agency = await _agency(session, licence)
    now = datetime.now(UTC)
    today = now.astimezone(DHAKA).date()
    since = date(today.year - 1, 1, 1)
    (measures,) = await repository.measures(session, since=since, until=today, known_at=now, licences=[licence])
    facts = await repository.own_facts(session, licence, MOST_FACTS)
    answers = await repository.list_answers(session, licence)
    if not caller.has("agency"):
        await record_access(session, caller, [one.id for one in answers], record_type="fact_answer", purpose="oversight", fields=["words"])
    return File(
        agency,
        since,
        today,
        measures,
        await repository.deployed_by_year(session, licence),
        facts,
        await repository.strikes_of(session, [fact.id for fact in facts]),
        answers,
        await repository.list_documents(session, licence),
    )


async def answer_fact(session: AsyncSession, keyring: Keyring, caller: Caller, licence: str, fact: UUID, given: AnswerIn) -> FactAnswer:
    """Raises `UnknownFactError` for a fact of another agency, and for one that rests on a complaint: that is answered there."""
    await _own_fact(session, licence, fact)
    row = FactAnswer(
        id=new_id(),
        fact=fact,
        licence=licence,
        words=keyring.seal(given.words, ANSWER),
        answered_at=datetime.now(UTC),
        answered_by=caller.subject,
    )
    await repository.add(session, row)
    return row


async def upload(session: AsyncSession, keyring: Keyring, files: Files, caller: Caller, licence: str, sent: "Upload") -> Document:
    """Raises what `kit.files` refuses, `UnknownFactError`, `TooManyDocumentsError`."""
    await _agency(session, licence)
    if sent.fact is not None:
        await _own_fact(session, licence, sent.fact)
    if len(await repository.list_documents(session, licence)) >= MOST_DOCUMENTS:
        raise rules.TooManyDocumentsError
    stored = await files.put(one_part(sent.content), most=MOST_BYTES, kinds=TAKEN)
    row = Document(
        id=stored.id,
        licence=licence,
        fact=sent.fact,
        name=keyring.seal(sent.name, NAME),
        media_type=stored.media_type,
        size=stored.size,
        hash=stored.sha256,
        place=str(stored.id),
        uploaded_at=datetime.now(UTC),
        uploaded_by=caller.subject,
    )
    await repository.add(session, row)
    return row


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    content: bytes
    fact: UUID | None


async def get_document(session: AsyncSession, caller: Caller, licence: str, document: UUID) -> Document:
    found = await repository.find_document(session, licence, document)
    if found is None:
        raise rules.UnknownFactError
    if not caller.has("agency"):
        await record_access(session, caller, [found.id], record_type="agency_document", purpose="oversight", fields=["content", "name"])
    return found


async def _own_fact(session: AsyncSession, licence: str, identity: UUID) -> Fact:
    fact = await repository.find_fact(session, identity)
    if fact is None or fact.licence != licence or fact.record is not None:
        raise rules.UnknownFactError
    return fact


async def _agency(session: AsyncSession, licence: str) -> Agency:
    agency = await repository.find_agency(session, licence)
    if agency is None:
        raise UnknownLicenceError
    return agency
