"""Use cases: open and close registration, register who wants to leave, work off the queues."""

import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from contracts.persons import AgeBand, Sex
from kit.access_log import record_access
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.reference import make
from kit.versions import check_version
from services.crisis.evacuation import repository, rules
from services.crisis.evacuation.models import EvacuationSeat, EvacuationWindow, Evacuee
from services.crisis.evacuation.rules import Papers, State
from services.crisis.evacuation.schemas import LISTS, DocumentIn, EvacueeIn, FindEvacueeIn, GuardianIn, MoveIn, PapersIn, WindowIn
from services.crisis.incidents import journal
from services.crisis.incidents.access import Desk
from services.crisis.incidents.models import Incident
from services.crisis.incidents.rules import check_open
from services.crisis.incidents.service import leads, led, seen, sight_of
from services.crisis.indexes import Marks, marks_of

DATA: Final = "evacuee.data"
ESCORT: Final = "evacuee.escort"
PROOF: Final = "evacuee.proof"
KEPT: Final = ("name", "name_bn", "phone", "document", "place", "next_of_kin", "medical")


async def open_window(desk: Desk, incident_id: UUID, said: WindowIn) -> list[EvacuationWindow]:
    """Also again after it was closed. Raises `WindowOpenError`."""
    incident, now = await led(desk, incident_id), datetime.now(UTC)
    before = await repository.open_window(desk.session, incident.id)
    if before is not None:
        if is_open(before, now):
            raise rules.WindowOpenError
        before.closed_by, before.closed_at = desk.caller.subject, max(before.opened_at, before.closes_at or now)
        await desk.session.flush()
    window = EvacuationWindow(
        id=new_id(),
        incident_id=incident.id,
        is_drill=incident.is_drill,
        opened_by=desk.caller.subject,
        opened_at=now,
        closes_at=said.closes_at,
    )
    desk.session.add(window)
    await desk.session.flush()
    await journal.write(desk, incident, "registration-opened", now)
    return await repository.windows_of(desk.session, incident.id)


async def close_window(desk: Desk, incident_id: UUID) -> list[EvacuationWindow]:
    incident, now = await led(desk, incident_id), datetime.now(UTC)
    window = await repository.open_window(desk.session, incident.id)
    if window is None:
        raise rules.NoWindowError
    window.closed_by, window.closed_at = desk.caller.subject, now
    await desk.session.flush()
    await journal.write(desk, incident, "registration-closed", now)
    return await repository.windows_of(desk.session, incident.id)


async def windows_of(desk: Desk, incident_id: UUID) -> list[EvacuationWindow]:
    incident = await seen(desk, incident_id)
    return await repository.windows_of(desk.session, incident.id)


def is_open(window: EvacuationWindow | None, now: datetime) -> bool:
    return window is not None and window.closed_at is None and (window.closes_at is None or now < window.closes_at)


async def register(desk: Desk, incident_id: UUID, said: EvacueeIn) -> Evacuee:
    """Raises `NoWindowError`, `KnownAlreadyError`, and `NotFoundError` for a guardian of another incident."""
    incident = await seen(desk, incident_id)
    leads_or_answers(desk, incident)
    check_open(incident.state)
    now = datetime.now(UTC)
    window = await repository.open_window(desk.session, incident.id)
    if window is None or not is_open(window, now):
        raise rules.NoWindowError
    if said.guardian and not await repository.is_of(desk.session, incident.id, said.guardian):
        raise NotFoundError
    evacuee = _evacuee(desk, incident, window, said, now)
    await _refuse_known(desk, evacuee)
    if not await repository.add(desk.session, evacuee):
        await _refuse_known(desk, evacuee)
        raise rules.KnownAlreadyError
    return evacuee


def leads_or_answers(desk: Desk, incident: Incident) -> None:
    """Families register at the call centre too (Iran 2025); everything else is for who leads. Raises `NotYourIncidentError`."""
    if not desk.caller.has("agent"):
        leads(desk, incident.country)


async def _refuse_known(desk: Desk, evacuee: Evacuee) -> None:
    """The same person stands on the form, the embassy's list and the manifest: once here."""
    known = await repository.known(desk.session, evacuee.incident_id, evacuee.person, evacuee.document_index)
    if known is not None:
        raise rules.KnownAlreadyError(evacuee=str(known.id))


def _evacuee(desk: Desk, incident: Incident, window: EvacuationWindow, said: EvacueeIn, now: datetime) -> Evacuee:
    reasons = rules.reasons_of(said.reasons, Sex(said.sex), AgeBand(said.age_band))
    document = said.document.number if said.document else None
    marks = marks_of(desk.keyring, Marks(said.name, said.phone, document))
    return Evacuee(
        id=new_id(),
        incident_id=incident.id,
        is_drill=incident.is_drill,
        version=1,
        window_id=window.id,
        person=said.person,
        reference=make(rules.PREFIX),
        state=State.REGISTERED,
        papers=said.papers,
        papers_since=now,
        **said.model_dump(include={"sex", "age_band", "district"}),
        reasons=reasons,
        priority=rules.priority(LISTS.reason(one).rank for one in reasons),
        guardian_id=said.guardian,
        escort=desk.keyring.seal(said.escort, ESCORT) if said.escort else None,
        data=_sealed(desk, said.model_dump(mode="json", include=set(KEPT))),
        name_index=marks["name_index"],
        phone_index=marks["phone_index"],
        document_index=marks["document_index"],
        consent_at=now if said.consented else None,
        registered_by=desk.caller.subject,
        registered_at=now,
    )


def _sealed(desk: Desk, data: dict[str, Any]) -> bytes:
    return desk.keyring.seal(json.dumps(data, ensure_ascii=False), DATA)


def data_of(desk: Desk, evacuee: Evacuee) -> dict[str, Any]:
    return json.loads(desk.keyring.open(evacuee.data, DATA)) if evacuee.data else {}


async def note_read(desk: Desk, evacuees: Collection[UUID], purpose: str) -> None:
    await record_access(desk.session, desk.caller, evacuees, record_type="evacuee", purpose=purpose, fields=KEPT)


async def queue(
    desk: Desk, incident_id: UUID, *, states: Collection[State], papers: Papers | None, offset: int, limit: int
) -> list[Evacuee]:
    """Of a queue of papers those who still wait, as they are counted, where no state is asked for."""
    incident = await seen(desk, incident_id)
    if papers is not None and not states:
        states = rules.WANTS_SEAT
    rows = await repository.queue(desk.session, incident.id, states=states, papers=papers, offset=offset, limit=limit)
    await note_read(desk, [one.id for one in rows[:limit]], "list")
    return rows


async def search(desk: Desk, incident_id: UUID, said: FindEvacueeIn) -> list[Evacuee]:
    incident = await seen(desk, incident_id)
    if said.reference is not None:
        rows = await repository.with_reference(desk.session, incident.id, said.reference)
    else:
        marks = marks_of(desk.keyring, Marks(said.name, said.phone, said.document))
        known = {name.removesuffix("_index"): mark for name, mark in marks.items() if mark}
        rows = await repository.with_marks(desk.session, incident.id, known)
    await note_read(desk, [one.id for one in rows], "search")
    return rows


async def read(desk: Desk, evacuee_id: UUID) -> tuple[Evacuee, EvacuationSeat | None]:
    """Raises `NotFoundError` also for one out of sight."""
    found = await repository.find(desk.session, evacuee_id, sight_of(desk))
    if found is None:
        raise NotFoundError
    await note_read(desk, [evacuee_id], "read")
    return found[0], await repository.live_seat(desk.session, evacuee_id)


async def _for_change(desk: Desk, evacuee_id: UUID, expected: int) -> Evacuee:
    found = await repository.find(desk.session, evacuee_id, sight_of(desk), lock=True)
    if found is None:
        raise NotFoundError
    evacuee, incident = found
    leads(desk, incident.country)
    check_open(incident.state)
    check_version(expected, evacuee.version)
    await note_read(desk, [evacuee_id], "change")
    evacuee.version += 1
    return evacuee


async def move(desk: Desk, evacuee_id: UUID, expected: int, said: MoveIn) -> Evacuee:
    """By hand. Raises what `rules.check_move` refuses."""
    evacuee = await _for_change(desk, evacuee_id, expected)
    rules.check_move(State(evacuee.state), said.to, has_proof=said.proof is not None)
    if said.proof is not None:
        evacuee.proof = desk.keyring.seal(said.proof, PROOF)
    evacuee.state = said.to
    await desk.session.flush()
    return evacuee


async def set_papers(desk: Desk, evacuee_id: UUID, expected: int, said: PapersIn) -> Evacuee:
    """A paper that was made, or is still wanted: who needs one stands in the queue of that kind since now."""
    evacuee = await _for_change(desk, evacuee_id, expected)
    if evacuee.papers != said.papers:
        evacuee.papers, evacuee.papers_since = said.papers, datetime.now(UTC)
    if said.document is not None:
        await _name_document(desk, evacuee, said.document)
    if said.papers in {Papers.TRAVEL_PAPER, Papers.EXIT_CLEARANCE} and evacuee.state in {State.REGISTERED, State.CONTACTED}:
        evacuee.state = State.PAPERS
    await desk.session.flush()
    return evacuee


async def _name_document(desk: Desk, evacuee: Evacuee, document: DocumentIn) -> None:
    index = marks_of(desk.keyring, Marks(document=document.number))["document_index"]
    known = await repository.known(desk.session, evacuee.incident_id, None, index)
    if known is not None and known.id != evacuee.id:
        raise rules.KnownAlreadyError(evacuee=str(known.id))
    evacuee.document_index = index
    evacuee.data = _sealed(desk, {**data_of(desk, evacuee), "document": document.model_dump()})


async def set_guardian(desk: Desk, evacuee_id: UUID, expected: int, said: GuardianIn) -> Evacuee:
    evacuee = await _for_change(desk, evacuee_id, expected)
    if said.guardian and (said.guardian == evacuee.id or not await repository.is_of(desk.session, evacuee.incident_id, said.guardian)):
        raise NotFoundError
    evacuee.guardian_id = said.guardian
    evacuee.escort = desk.keyring.seal(said.escort, ESCORT) if said.escort else None
    await desk.session.flush()
    return evacuee


async def papers_waiting(desk: Desk, incident_id: UUID) -> tuple[dict[str, int], dict[str, int]]:
    """How many stand in each state, and in each queue of papers."""
    incident = await seen(desk, incident_id)
    states = await repository.counts(desk.session, incident.id)
    return dict(states), dict(await repository.waiting_papers(desk.session, incident.id))
