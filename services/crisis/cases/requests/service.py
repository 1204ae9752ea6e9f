"""Use cases of a family without an account: ask for the ministry's service, and follow it with reference and secret."""

import hmac
import secrets
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Bilingual
from kit import strangers
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.database import Sessions
from kit.ids import new_id
from kit.spoken import spoken
from kit.strangers import SECRET_DIGITS, hashed_secret, read_secret, written_secret
from services.crisis.cases import rules as cases
from services.crisis.cases import service
from services.crisis.cases.lists import KINDS
from services.crisis.cases.models import WingCase, WingRequestFailure
from services.crisis.cases.requests import repository, rules
from services.crisis.cases.requests.schemas import EntryIn, RequestedOut, RequestIn, StatusOut
from services.crisis.cases.schemas import PersonIn
from services.crisis.handover import service as handovers

FAMILY: Final = "family"
SALT: Final = "wing_case.secret"
READER: Final = Caller(subject=FAMILY, username="", client_id="web", roles=frozenset())


async def ask(session: AsyncSession, keyring: Keyring, said: RequestIn) -> RequestedOut:
    """One case of the mission that answers for the country, and its five working days. Raises `NotAPersonError`."""
    if said.website:
        raise rules.NotAPersonError
    kind, now = rules.KIND_OF[said.need], datetime.now(UTC)
    place = {"place": said.person.place} if said.person.place and KINDS.by_code[kind].field("place") else {}
    opening = service.Opening(session, keyring, FAMILY, now)
    found = opening.case(kind, said.country, "family", cases.checked(KINDS.by_code[kind], KINDS, place))
    found.sex, found.age_band = said.person.sex, said.person.age_band
    service.set_person(keyring, found, PersonIn(**said.person.model_dump(include={"name", "passport", "phone"})))
    applicant = {**said.applicant.model_dump(exclude_none=True), **({"words": said.words} if said.words else {})}
    if said.person.place and not place:
        applicant["words"] = "\n".join(filter(None, [said.words, said.person.place]))
    found.applicant = keyring.seal(orjson.dumps(applicant).decode(), "wing_case.applicant")
    found.phone_index = keyring.blind_index(said.applicant.phone, "phone")
    secret = written_secret(secrets.randbelow(10**SECRET_DIGITS))
    found.secret_hash = await hashed_secret(keyring, found.id, read_secret(secret), SALT)
    await opening.store(found, None)
    return RequestedOut(
        reference=found.reference,
        secret=secret,
        spoken_reference=Bilingual.of(spoken(found.reference)),
        spoken_secret=Bilingual.of(spoken(secret)),
        due=_due(found),
        due_on=service.calendar_for(found).day_of(_due(found)),
        office=await _office(session, found, now),
    )


async def follow(sessions: Sessions, keyring: Keyring, entry: EntryIn, address: str) -> StatusOut:
    """Raises `WrongKeyError`, `TooManyTriesError`, `PhoneNeededError`. Sessions of its own: a wrong attempt is counted."""
    now, index = datetime.now(UTC), keyring.blind_index(address, "tracking.address")
    async with sessions.begin() as session:
        await repository.sweep(session, now - strangers.FORGOTTEN_AFTER)
        found = await repository.find(session, entry.reference)
        failures = await repository.count_failures(session, index, found.id if found else None, now)
    _refuse(strangers.judge(failures), found, keyring, entry.phone)
    # Worked out for a reference that is none too: the time that an answer takes tells nothing.
    tried = await hashed_secret(keyring, found.id if found else UUID(int=0), entry.secret, SALT)
    if found is None or found.secret_hash is None or not hmac.compare_digest(tried, found.secret_hash):
        async with sessions.begin() as session:
            session.add(WingRequestFailure(id=new_id(), case_id=found.id if found else None, address_index=index, at=now))
        raise strangers.WrongKeyError
    async with sessions.begin() as session:
        await record_access(session, READER, [found.id], record_type=service.RECORD, purpose="own", fields=("state", "answer"))
        return await _status(session, keyring, found, now)


def _refuse(judgement: strangers.Judgement, found: WingCase | None, keyring: Keyring, phone: str | None) -> None:
    if judgement is strangers.Judgement.MUST_WAIT:
        raise strangers.TooManyTriesError
    if judgement is strangers.Judgement.NEEDS_PHONE and found is not None:
        index = keyring.blind_index(phone, "phone") if phone else b""
        if not hmac.compare_digest(index, found.phone_index or b"-"):
            raise strangers.PhoneNeededError


async def _status(session: AsyncSession, keyring: Keyring, found: WingCase, now: datetime) -> StatusOut:
    answered = (await service.done_steps(session, found.id)).get(cases.FAMILY_ANSWERED)
    state = rules.standing(taken=found.taken_at is not None, answered=answered is not None)
    calendar = service.calendar_for(found)
    return StatusOut(
        reference=found.reference,
        state=state,
        state_label=Bilingual.of(rules.LABELS[state]),
        words=Bilingual.of(rules.WORDS[state]),
        office=await _office(session, found, now),
        asked_at=found.opened_at,
        due_on=calendar.day_of(_due(found)),
        is_late=answered is None and now > _due(found),
        answered_on=calendar.day_of(answered) if answered else None,
        answer=keyring.open(found.answer, "wing_case.answer") if found.answer else None,
    )


def _due(found: WingCase) -> datetime:
    """Of the answer, whatever was done since."""
    return next(one.due for one in service.steps_from(found, {}) if one.step.code == cases.FAMILY_ANSWERED and one.due is not None)


async def _office(session: AsyncSession, found: WingCase, now: datetime) -> Bilingual:
    return Bilingual.of((await handovers.answering(session, found.country, now)).name)
