"""An incident as it is shown."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from contracts.text import Bilingual, Text
from kit.crypto import Keyring
from kit.dated import Choice
from services.crisis.handover.schemas import MissionOut
from services.crisis.incidents import rules
from services.crisis.incidents.models import Incident, IncidentErrand, IncidentTask
from services.crisis.incidents.repository import END_ACCESS, OPEN_ACCESS
from services.crisis.incidents.schemas import (
    LISTS,
    ChecklistOut,
    ChoiceOut,
    CountedOut,
    IncidentDetail,
    IncidentOut,
    ListsOut,
    SectorOut,
    TaskOut,
)
from services.crisis.incidents.service import WORDS
from services.crisis.paging.models import Alarm


def choice(code: str, words: Text) -> ChoiceOut:
    return ChoiceOut(code=code, name=Bilingual.of(words))


def lists_out() -> ListsOut:
    def choices(of: Sequence[Choice]) -> list[ChoiceOut]:
        return [choice(one.code, one.words) for one in of]

    return ListsOut(
        version=LISTS.version,
        illustrative=LISTS.illustrative,
        hazards=choices(LISTS.hazards),
        sectors=choices(LISTS.sectors),
        counts=[CountedOut(code=one.code, name=Bilingual.of(one.words), kind=one.kind) for one in LISTS.counts],
        phases=[choice(code, words) for code, words in rules.PHASE_WORDS.items()],
        states=[choice(code, words) for code, words in rules.STATE_WORDS.items()],
    )


def _common(incident: Incident) -> dict[str, Any]:
    return {
        **incident.model_dump(
            include={
                *("id", "version", "is_drill", "country", "phase", "state", "opened_from", "signal_id"),
                *("commander", "liaison", "scribe", "opened_at", "closed_at"),
            }
        ),
        "hazard": choice(incident.hazard, LISTS.hazard(incident.hazard)),
        "phase_label": Bilingual.of(rules.PHASE_WORDS[rules.Phase(incident.phase)]),
        "state_label": Bilingual.of(rules.STATE_WORDS[rules.State(incident.state)]),
    }


def incident_out(incident: Incident) -> IncidentOut:
    return IncidentOut(**_common(incident))


def detail(incident: Incident, alerts: Sequence[UUID], errands: Sequence[IncidentErrand], duty_with: MissionOut | None) -> IncidentDetail:
    return IncidentDetail(
        **_common(incident),
        alerts=list(alerts),
        access=access_of(errands),
        access_until=incident.access_until,
        closed_reason=incident.closed_reason,
        may_act=duty_with is None,
        duty_with=duty_with,
    )


def access_of(errands: Sequence[IncidentErrand]) -> Literal["owed", "open", "ending", "ended"]:
    ending = [one for one in errands if one.kind == END_ACCESS]
    if ending:
        return "ended" if ending[-1].done_at else "ending"
    return "open" if any(one.kind == OPEN_ACCESS and one.done_at for one in errands) else "owed"


def task_out(task: IncidentTask, keyring: Keyring, now: datetime, alarm: Alarm | None = None) -> TaskOut:
    said = keyring.open(task.words, WORDS) if task.words else ""
    words = LISTS.item(task.item).words if task.item else Text(said, said)
    kept = {"id", "version", "sector", "phase", "owner", "owner_shift", "is_urgent", "due", "state", "ended_at"}
    shown = task.model_dump(include=kept)
    shown["paging"] = (alarm.closed_because or "rings") if alarm is not None else None
    return TaskOut(**shown, words=Bilingual.of(words), overdue=rules.is_overdue(task.state, task.due, now))


def checklist_out(tasks: Sequence[IncidentTask], alarms: Mapping[UUID, Alarm], keyring: Keyring, now: datetime) -> ChecklistOut:
    """`alarms`: by the assignment that they were raised for."""
    shown = [task_out(one, keyring, now, alarms.get(one.assignment) if one.assignment else None) for one in tasks]
    return ChecklistOut(
        sectors=[
            SectorOut(code=one.code, name=Bilingual.of(one.words), tasks=[task for task in shown if task.sector == one.code])
            for one in LISTS.sectors
        ]
    )
