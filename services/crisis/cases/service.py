"""Use cases of a wing's cases: open, take on, write down, visit, answer the family, close. What a request does is one transaction."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, cast
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.crisis import CaseClosed, CaseOpened, FamilyAnswered, PlaceVisited
from contracts.text import Text
from kit import timer
from kit.access_log import record_access
from kit.crypto import Keyring
from kit.errors import ForbiddenError, NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.reference import make
from kit.text import clean_line
from kit.timer import DueTimer
from kit.versions import check_version
from kit.working_time import Calendar
from services.crisis.cases import repository, rules
from services.crisis.cases.access import PREFIX, Desk
from services.crisis.cases.clients import OfComplaint
from services.crisis.cases.lists import KINDS, Kind, Origin
from services.crisis.cases.models import WingCase, WingHappening, WingVisit, WingWorker
from services.crisis.cases.rules import State
from services.crisis.cases.schemas import AnswerIn, CaseIn, ClosingIn, DetailsIn, PersonIn, StepIn, VisitIn, WorkerIn
from services.crisis.cases.working_days import calendar_of
from services.crisis.handover.service import MISSIONS

STEP_DUE: Final = "wing.step.due"
RECORD: Final = "wing_case"
PURPOSE: Final = "case"


class NotYourCountryError(ForbiddenError):
    slug = "not-your-country"
    title = Text("This country is not in your charge.", "এই দেশ আপনার দায়িত্বের আওতায় নেই।")


class NoSuchStepError(rules.NotInTheListError):
    slug = "no-such-wing-step"
    title = Text("This kind of case has no such step.", "এ ধরনের কেসে এই ধাপ নেই।")


async def open_case(desk: Desk, said: CaseIn, complaint: OfComplaint | None) -> WingCase:
    """At the counter, or out of a complaint that the officer may read. A complaint has one open case of a kind: it is shown again.

    Raises `NotYourCountryError`, `NotInTheListError`.
    """
    country = complaint.country if complaint else said.country
    if country is None or (not desk.sight.everything and country not in desk.caller.countries):
        raise NotYourCountryError
    if complaint is not None and (known := await repository.find_open_of_complaint(desk.session, complaint.reference, said.kind)):
        return await read(desk, known.reference)
    facts = rules.checked(KINDS.by_code[said.kind], KINDS, said.details)
    opening = Opening(desk.session, desk.keyring, desk.by, desk.now)
    found = opening.case(said.kind, country, "complaint" if complaint else "counter", facts)
    found.complaint = complaint.reference if complaint else None
    found.sex, found.age_band = (complaint.sex, complaint.age_band) if complaint else (said.sex, said.age_band)
    found.restricted = found.restricted or said.restricted or (complaint is not None and complaint.restricted)
    set_person(desk.keyring, found, said.person)
    await opening.store(found, said.note)
    return found


class Opening:
    """A new case on its way into the table: for an officer, or for a family without an account."""

    def __init__(self, session: AsyncSession, keyring: Keyring, by: str, now: datetime) -> None:
        self.session, self.keyring, self.by, self.now = session, keyring, by, now

    def case(self, kind: str, country: str, origin: Origin, facts: rules.Facts) -> WingCase:
        return WingCase(
            id=new_id(),
            reference=make(PREFIX),
            version=1,
            kind=kind,
            state=State.WAITING,
            origin=origin,
            country=country,
            mission=MISSIONS.responsible(country, self.now.date()).code,
            sex="unknown",
            age_band="unknown",
            restricted=KINDS.by_code[kind].restricted,
            complaint=None,
            facts=facts.codes,
            words=_sealed(self.keyring, facts.words, "wing_case.words"),
            opened_by=self.by,
            opened_at=self.now,
            kinds_version=KINDS.version,
        )

    async def store(self, found: WingCase, note: str | None) -> None:
        self.session.add(found)
        await self.session.flush()
        detail = {"facts": found.facts, "restricted": found.restricted}
        await _note(self.session, self.keyring, found, "opened", by=self.by, at=self.now, detail=detail, note=note)
        await _follow(self.session, found, self.now)
        event = CaseOpened(
            kind=found.kind,
            origin=found.origin,
            country=found.country,
            mission=found.mission,
            sex=found.sex,
            age_band=found.age_band,
            opened_at=found.opened_at,
        )
        await emit(self.session, event, subject=found.id, sequence=1, restricted=found.restricted)


def set_person(keyring: Keyring, found: WingCase, person: PersonIn) -> None:
    known = {**opened(keyring, found.person, "wing_case.person"), **person.model_dump(exclude_none=True)}
    found.person = _sealed(keyring, known, "wing_case.person")
    found.person_index = passport_index(keyring, known.get("passport"))


def passport_index(keyring: Keyring, number: str | None) -> bytes | None:
    """Capitals and digits only, so that spaces and dashes do not hide it."""
    folded = "".join(char for char in clean_line(number or "").upper() if char.isalnum())
    return keyring.blind_index(folded, "passport") if folded else None


def opened(keyring: Keyring, sealed: bytes | None, column: str) -> dict[str, str]:
    return {} if sealed is None else cast("dict[str, str]", orjson.loads(keyring.open(sealed, column)))


def _sealed(keyring: Keyring, values: Mapping[str, str], column: str) -> bytes | None:
    return keyring.seal(orjson.dumps(dict(values)).decode(), column) if values else None


async def read(desk: Desk, reference: str, *, lock: bool = False, purpose: str = PURPOSE) -> WingCase:
    """Raises `NotFoundError` also for a case that the caller may not see. The reading is logged."""
    found = await repository.find(desk.session, reference, desk.sight, lock=lock)
    if found is None:
        raise NotFoundError
    await record_access(desk.session, desk.caller, [found.id], record_type=RECORD, purpose=purpose, fields=("case", "person", "words"))
    return found


async def begin(desk: Desk, reference: str, expected: int, *, even_closed: bool = False, even_waiting: bool = False) -> WingCase:
    """A case that this caller changes, locked. Raises `NotFoundError`, `StaleVersionError`, `CaseClosedError`, `NotTakenError`."""
    found = await read(desk, reference, lock=True)
    check_version(expected, found.version)
    if not even_closed and found.state == State.CLOSED:
        raise rules.CaseClosedError
    if not even_waiting and found.state == State.WAITING:
        raise rules.NotTakenError
    found.version += 1
    return found


async def take(desk: Desk, reference: str, expected: int) -> WingCase:
    """The caller works on it from now on, also where a colleague did: who falls ill stops nobody's case."""
    found = await begin(desk, reference, expected, even_waiting=True)
    found.state, found.officer, found.officer_name = State.OPEN, desk.by, desk.caller.username
    found.taken_at = found.taken_at or desk.now
    await note(desk, found, "taken")
    return found


async def change_details(desk: Desk, reference: str, expected: int, said: DetailsIn) -> WingCase:
    """Raises `NotInTheListError` and those of `begin`."""
    found = await begin(desk, reference, expected)
    facts = rules.checked(KINDS.by_code[found.kind], KINDS, said.details)
    found.facts = rules.merged(found.facts, facts.codes)
    words = {**opened(desk.keyring, found.words, "wing_case.words"), **facts.words}
    found.words = _sealed(desk.keyring, words, "wing_case.words")
    if said.person is not None:
        set_person(desk.keyring, found, said.person)
    found.sex, found.age_band = said.sex or found.sex, said.age_band or found.age_band
    detail: dict[str, Any] = {"facts": facts.codes} if facts.codes else {}
    await note(desk, found, "details", detail={**detail, "words": sorted(facts.words)})
    if said.restricted is not None and said.restricted != found.restricted:
        found.restricted = said.restricted
        await note(desk, found, "restricted", detail={"restricted": said.restricted})
    return found


async def do_step(desk: Desk, reference: str, expected: int, said: StepIn) -> WingCase:
    """Raises `NoSuchStepError`; `PersonSaidNoError`, `PersonNotAskedError` where the person decides; and those of `begin`."""
    found = await begin(desk, reference, expected)
    step = kind_of(found).step(said.step)
    if step is None or step.visit or step.code == rules.FAMILY_ANSWERED or found.origin not in step.origins:
        raise NoSuchStepError
    if step.needs_consent:
        rules.refuse_telling(found.facts.get(rules.MAY_KNOW))
    await note(desk, found, "step", done_on=said.done_on, detail={"step": step.code}, words=said.note)
    return found


async def visit(desk: Desk, reference: str, expected: int, said: VisitIn) -> WingCase:
    """What was found where; each worker who was spoken with is a line of the list of OEMA s.24(2)(a). Raises those of `begin`."""
    found = await begin(desk, reference, expected)
    row = WingVisit(
        id=new_id(),
        case_id=found.id,
        **said.model_dump(include={"place_kind", "visited_on", "found"}),
        words=desk.keyring.seal(said.words, "wing_visit.words") if said.words else None,
        by=desk.by,
        at=desk.now,
    )
    desk.session.add(row)
    await desk.session.flush()
    _add_workers(desk, row.id, said.workers)
    await note(desk, found, "visit", done_on=said.visited_on, detail={"place": said.place_kind, "step": rules.VISITED})
    event = PlaceVisited(
        place_kind=said.place_kind,
        country=found.country,
        mission=found.mission,
        workers=len(said.workers),
        visited_on=said.visited_on,
    )
    await emit(desk.session, event, subject=row.id, sequence=1, restricted=found.restricted)
    return found


async def add_workers(desk: Desk, reference: str, expected: int, visit_id: UUID, workers: Sequence[WorkerIn]) -> WingCase:
    """At the next table of the same workplace. Raises `NotFoundError` where the visit is of another case, and those of `begin`."""
    found = await begin(desk, reference, expected)
    if visit_id not in {one.id for one in await repository.visits(desk.session, found.id)}:
        raise NotFoundError
    _add_workers(desk, visit_id, workers)
    return found


def _add_workers(desk: Desk, visit_id: UUID, workers: Sequence[WorkerIn]) -> None:
    desk.session.add_all(WingWorker(id=new_id(), visit_id=visit_id, at=desk.now, **one.model_dump()) for one in workers)


async def answer_family(desk: Desk, reference: str, expected: int, said: AnswerIn) -> WingCase:
    """The family reads it with reference and secret. Raises `NoSuchStepError` where no family asked, and what `refuse_telling` refuses."""
    found = await begin(desk, reference, expected)
    if found.origin != "family":
        raise NoSuchStepError
    if not said.handled_only:
        rules.refuse_telling(found.facts.get(rules.MAY_KNOW))
    found.answer = desk.keyring.seal(said.words, "wing_case.answer") if said.words and not said.handled_only else None
    is_first = rules.FAMILY_ANSWERED not in await done_steps(desk.session, found.id)
    due = next((one.due for one in await steps_of(desk.session, found) if one.step.code == rules.FAMILY_ANSWERED), None)
    await note(desk, found, "answered", done_on=desk.today, detail={"step": rules.FAMILY_ANSWERED, "handled_only": said.handled_only})
    if is_first and due is not None:
        event = FamilyAnswered(
            kind=found.kind, country=found.country, asked_at=found.opened_at, answered_at=desk.now, in_time=desk.now <= due
        )
        await emit(desk.session, event, subject=found.id, sequence=found.version, restricted=found.restricted)
    return found


async def close(desk: Desk, reference: str, expected: int, said: ClosingIn) -> WingCase:
    """Raises `NotInTheListError`, `StepsMissingError` and those of `begin`."""
    found = await begin(desk, reference, expected)
    outcome = kind_of(found).outcome(said.outcome)
    if outcome is None:
        raise rules.NotInTheListError
    rules.refuse_ending(outcome, await done_steps(desk.session, found.id), await steps_of(desk.session, found))
    found.facts = rules.merged(found.facts, outcome.sets)
    found.state, found.outcome, found.closed_at = State.CLOSED, outcome.code, desk.now
    await note(desk, found, "closed", detail={"outcome": outcome.code, "facts": dict(outcome.sets)}, words=said.note)
    event = CaseClosed(
        **found.model_dump(include={"kind", "outcome", "country", "mission", "sex", "age_band", "opened_at", "closed_at"}),
        hours_to_taken=rules.in_hours(found.opened_at, found.taken_at) if found.taken_at else None,
    )
    await emit(desk.session, event, subject=found.id, sequence=found.version, restricted=found.restricted)
    return found


async def reopen(desk: Desk, reference: str, expected: int, reason: str) -> WingCase:
    found = await begin(desk, reference, expected, even_closed=True, even_waiting=True)
    if found.state != State.CLOSED:
        raise rules.NotClosedError
    found.state = State.OPEN if found.officer else State.WAITING
    found.outcome = found.closed_at = None
    await note(desk, found, "reopened", words=reason)
    return found


def kind_of(found: WingCase) -> Kind:
    return KINDS.by_code[found.kind]


async def note(
    desk: Desk,
    found: WingCase,
    what: str,
    *,
    done_on: date | None = None,
    detail: Mapping[str, Any] | None = None,
    words: str | None = None,
) -> None:
    """Writes down what happened, and what is owed from now on."""
    await _note(desk.session, desk.keyring, found, what, by=desk.by, at=desk.now, done_on=done_on, detail=detail or {}, note=words)
    await _follow(desk.session, found, desk.now)


async def _note(
    session: AsyncSession, keyring: Keyring, found: WingCase, what: str, *, by: str, at: datetime, note: str | None, **known: Any
) -> None:
    sealed = keyring.seal(note, "wing_happening.note") if note else None
    session.add(WingHappening(case_id=found.id, what=what, by=by, at=at, note=sealed, **{"detail": {}, **known}))
    await session.flush()


async def _follow(session: AsyncSession, found: WingCase, now: datetime) -> None:
    """The step that is owed first stands in the row, and a timer says when it was not done."""
    await timer.cancel(session, STEP_DUE, found.id)
    owed = None if found.state == State.CLOSED else rules.next_due(await steps_of(session, found))
    found.next_due, found.next_step = (owed.due, owed.step.code) if owed else (None, None)
    if owed is not None and owed.due is not None and owed.due > now:
        await timer.schedule(session, owed.due, STEP_DUE, found.id)


async def note_overdue(session: AsyncSession, due: DueTimer) -> None:
    """A step was not done in time: that is a fact of the case, whoever does it later."""
    found = await repository.find_any(session, due.record, lock=True)
    if found is None or found.state == State.CLOSED or found.next_due is None or found.next_due > due.due:
        return
    session.add(
        WingHappening(
            case_id=found.id, what="overdue", by="timer", at=due.due, detail={"step": found.next_step, "due": due.due.isoformat()}
        )
    )


async def done_steps(session: AsyncSession, case_id: UUID) -> dict[str, datetime]:
    """The last time of each step."""
    return {
        one.detail["step"]: one.at for one in await repository.happenings(session, case_id) if one.what in {"step", "visit", "answered"}
    }


async def steps_of(session: AsyncSession, found: WingCase) -> list[rules.Due]:
    done = await done_steps(session, found.id)
    return steps_from(found, done)


def steps_from(found: WingCase, done: Mapping[str, datetime]) -> list[rules.Due]:
    linked = found.complaint is not None
    return rules.dues(kind_of(found), cast("Origin", found.origin), found.opened_at, done, calendar_for(found), linked=linked)


def calendar_for(found: WingCase) -> Calendar:
    return calendar_of(found.country, found.opened_at.date())


TIMERS: Final = {STEP_DUE: note_overdue}
