"""The log of an incident: each row hashed over the one before. Written while the incident's row is locked, so that none is lost."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from kit.crypto import Keyring
from services.crisis.incidents import repository
from services.crisis.incidents.access import Desk
from services.crisis.incidents.models import Incident, IncidentLog
from services.crisis.incidents.rules import FIRST_HASH, chained
from services.crisis.incidents.schemas import LogOut, LogRow

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
        items.append(LogRow(position=row.position, at=row.at, kind=row.kind, detail=row.detail, note=note, hash=row.hash.hex()))
    return LogOut(items=items[::-1], intact=intact)
