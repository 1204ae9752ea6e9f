"""Use cases: ask agencies for the workers they sent, take their word, list who is silent."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from kit.access_log import record_access
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.paging import Paging
from kit.versions import StaleVersionError
from services.crisis.deployed import repository, rules
from services.crisis.deployed.models import DeployedRequest, DeployedWorker
from services.crisis.deployed.repository import Asked
from services.crisis.deployed.schemas import AnswerIn, AskIn, WorkerIn
from services.crisis.incidents import journal
from services.crisis.incidents.access import Desk
from services.crisis.incidents.rules import check_open
from services.crisis.incidents.schemas import LISTS
from services.crisis.incidents.service import led, seen, sight_of
from services.crisis.indexes import Marks, marks_of

DATA: Final = "deployed_worker.data"
WORKER_FIELDS: Final = ("name", "phone", "passport", "place", "employer")
Answer = tuple[Asked, Sequence[DeployedWorker]]


async def ask(desk: Desk, incident_id: UUID, said: AskIn) -> Sequence[Asked]:
    incident, now = await led(desk, incident_id), datetime.now(UTC)
    due = said.due or now + timedelta(hours=LISTS.answer_hours)
    await repository.ask(desk.session, incident, sorted(set(said.licences)), desk.caller.subject, now, due)
    await journal.write(desk, incident, "agencies-asked", now, {"licences": len(said.licences)})
    return await repository.of_incident(desk.session, incident_id)


async def list_asked(desk: Desk, incident_id: UUID) -> Sequence[Asked]:
    incident = await seen(desk, incident_id)
    return await repository.of_incident(desk.session, incident.id)


async def list_own(desk: Desk, paging: Paging) -> list[Asked]:
    return await repository.of_licences(desk.session, desk.caller.licence, paging)


async def read(desk: Desk, request_id: UUID) -> Answer:
    """An agency its own, an officer those of their countries. Raises `NotFoundError`."""
    own = desk.caller.licence if desk.caller.has("agency") else None
    asked = await repository.one_of(desk.session, request_id, own)
    if asked is None or (own is None and not sight_of(desk).covers(asked[1].country)):
        raise NotFoundError
    await record_access(desk.session, desk.caller, [request_id], record_type="deployed", purpose="read", fields=WORKER_FIELDS)
    return asked, await repository.workers_of(desk.session, request_id)


async def answer(desk: Desk, request_id: UUID, said: AnswerIn) -> Answer:
    """Replaces what the agency said before; may be sent as often as something changes.

    Raises `NotFoundError`, `IncidentClosedError`, `StaleVersionError`.
    """
    asked = await repository.one_of(desk.session, request_id, desk.caller.licence, lock=True)
    if asked is None:
        raise NotFoundError
    request, incident, _ = asked
    check_open(incident.state)
    if "seen" in said.model_fields_set and said.seen != request.answered_at:
        raise StaleVersionError
    now = datetime.now(UTC)
    request.answered_at, request.answered_by, request.has_none = now, desk.caller.subject, said.none
    workers = [_worker(desk, request, one, now) for one in said.workers]
    await repository.replace_workers(desk.session, request.id, workers)
    return (request, incident, Counter(one.state for one in workers)), workers


def _worker(desk: Desk, request: DeployedRequest, said: WorkerIn, now: datetime) -> DeployedWorker:
    marks = marks_of(desk.keyring, Marks(said.name, said.phone, said.passport))
    data = json.dumps(said.model_dump(include=set(WORKER_FIELDS)), ensure_ascii=False)
    return DeployedWorker(
        id=new_id(), request_id=request.id, state=said.state, data=desk.keyring.seal(data, DATA), confirmed_at=now, **marks
    )


def standing(asked: Asked, now: datetime) -> rules.Standing:
    return rules.standing(asked[0].answered_at, asked[0].due, now)
