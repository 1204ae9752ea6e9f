"""The log of an incident: each row hashed over the one before. Written while the incident's row is locked, so that none is lost."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from contracts.text import Bilingual, Text
from kit.crypto import Keyring
from services.crisis.incidents import repository, rules
from services.crisis.incidents.access import Desk
from services.crisis.incidents.models import Incident, IncidentLog
from services.crisis.incidents.rules import FIRST_HASH, chained
from services.crisis.incidents.schemas import LISTS, LogOut, LogRow

NOTE: Final = "incident_log.note"


async def write(
    desk: Desk, incident: Incident, kind: str, at: datetime, detail: Mapping[str, Any] | None = None, *, note: str | None = None
) -> None:
    """`detail`: codes and numbers only. What an officer says in words is sealed, and covered by the chain through a keyed hash."""
    last = await repository.last_log(desk.session, incident.id)
    before = last.hash if last else FIRST_HASH
    row = IncidentLog(
        incident_id=incident.id,
        is_drill=incident.is_drill,
        position=last.position + 1 if last else 1,
        at=at,
        by=desk.caller.subject,
        kind=kind,
        detail=dict(detail or {}),
        note=desk.keyring.seal(note, NOTE) if note else None,
        before=before,
        hash=b"",
    )
    row.hash = chained(before, _entry(row, desk.keyring, note))
    desk.session.add(row)
    await desk.session.flush()


def _entry(row: IncidentLog, keyring: Keyring, note: str | None) -> Mapping[str, Any]:
    said = keyring.blind_index(note, NOTE).hex() if note else None
    return {
        "incident": str(row.incident_id),
        "position": row.position,
        "at": row.at.isoformat(),
        "by": row.by,
        "kind": row.kind,
        "detail": row.detail,
        "note": said,
    }


def shown(rows: Sequence[IncidentLog], keyring: Keyring) -> LogOut:
    before, intact, items = FIRST_HASH, True, []
    for place, row in enumerate(rows, 1):
        note = keyring.open(row.note, NOTE) if row.note else None
        intact = intact and row.position == place and row.before == before and chained(before, _entry(row, keyring, note)) == row.hash
        before = row.hash
        about = _about(row.kind, row.detail)
        told = row.model_dump(include={"position", "at", "kind", "by", "detail"})
        items.append(LogRow(**told, about=Bilingual.of(about) if about else None, note=note, hash=row.hash.hex()))
    return LogOut(items=items[::-1], intact=intact)


def _about(kind: str, detail: Mapping[str, Any]) -> Text | None:
    """In words, of a task what became of it, of a change where the incident stands now."""
    if kind == "task":
        item = next((one for one in LISTS.items if one.code == detail.get("task")), None)
        state = rules.TASK_WORDS[rules.TaskState(detail.get("state", rules.TaskState.OPEN))]
        if item is None:
            return state
        en, bn = f"{item.en}: {state.en}", f"{item.bn}: {state.bn}"
        return Text(en, bn)
    if kind != "changed":
        return None
    known: list[Text] = []
    if "phase" in detail:
        known.append(rules.PHASE_WORDS[rules.Phase(detail["phase"])])
    if "state" in detail:
        known.append(rules.STATE_WORDS[rules.State(detail["state"])])
    return Text(", ".join(one.en for one in known), ", ".join(one.bn for one in known)) if known else None
