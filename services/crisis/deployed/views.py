"""What agencies said, as it is shown."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from contracts.text import Bilingual
from kit.crypto import Keyring
from services.crisis.deployed import rules, service
from services.crisis.deployed.models import DeployedWorker
from services.crisis.deployed.repository import Asked
from services.crisis.deployed.schemas import DeployedListOut, DeployedOut, RequestOut, StateOut, WorkerOut
from services.crisis.incidents.schemas import LISTS


def _common(asked: Asked, now: datetime) -> dict[str, Any]:
    request, incident, states = asked
    shown = request.model_dump(include={"id", "incident_id", "is_drill", "licence", "asked_at", "due", "answered_at", "has_none"})
    hazard = Bilingual.of(LISTS.hazard(incident.hazard))
    counted = [StateOut(code=one, name=Bilingual.of(words), people=states.get(one, 0)) for one, words in rules.WORDS.items()]
    told = {"standing": service.standing(asked, now), "workers": sum(states.values()), "states": counted}
    return {**shown, "country": incident.country, "hazard": hazard, "is_open": incident.closed_at is None, **told}


def request_out(asked: Asked, now: datetime) -> RequestOut:
    return RequestOut(**_common(asked, now))


def list_out(rows: Sequence[Asked], now: datetime) -> DeployedListOut:
    """The silent first: they are called next."""
    shown = sorted((request_out(one, now) for one in rows), key=lambda one: (one.standing != rules.Standing.SILENT, one.licence))
    return DeployedListOut(items=shown, silent=sum(one.standing == rules.Standing.SILENT for one in shown))


def answer_out(asked: Asked, workers: Sequence[DeployedWorker], keyring: Keyring, now: datetime) -> DeployedOut:
    return DeployedOut(**_common(asked, now), people=[worker_out(one, keyring) for one in workers])


def worker_out(worker: DeployedWorker, keyring: Keyring) -> WorkerOut:
    data = json.loads(keyring.open(worker.data, service.DATA)) if worker.data else dict.fromkeys(service.WORKER_FIELDS)
    data["name"] = data["name"] or ""
    state = rules.WorkerState(worker.state)
    return WorkerOut(id=worker.id, **data, state=state, state_label=Bilingual.of(rules.WORDS[state]))
