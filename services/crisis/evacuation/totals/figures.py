"""After the action: how long each warning of an incident took, and whom it reached. Time that people took is told apart by `by_itself`."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.crisis.decisions import repository as decisions
from services.crisis.evacuation.totals.schemas import WarningFigures
from services.crisis.incidents import repository as incidents
from services.crisis.incidents.models import Incident
from services.crisis.outreach import figures
from services.crisis.outreach.repository import root_of
from services.crisis.warnings import repository as warnings
from services.crisis.warnings.repository import Record
from services.crisis.warnings.rules import Sight


async def of_incident(session: AsyncSession, incident: Incident) -> list[WarningFigures]:
    found = []
    for alert in await incidents.alerts_of(session, incident.id):
        record = await warnings.find_alert(session, alert, Sight(everything=True))
        if record is not None:
            found.append(await _of(session, record))
    return found


async def _of(session: AsyncSession, record: Record) -> WarningFigures:
    alert, since = record.alert, record.alert.raised_at
    decision = await decisions.find(session, alert.id)
    first, parts = await figures.handed(session, alert.id, None)
    half, most, nearly_all = parts
    root = await root_of(session, alert.id)
    totals = await figures.totals(session, root, None) if root else []
    acknowledged = [one.acknowledged_at for one in record.acknowledgements.values()]
    return WarningFigures(
        alert=alert.id,
        decided_s=_seconds(since, decision.decided_at if decision else None),
        by_itself=bool(decision and decision.decided_at and decision.decided_by is None),
        acknowledged_s=_seconds(since, min(acknowledged, default=None)),
        first_handed_s=_seconds(since, first),
        handed_50_s=_seconds(since, half),
        handed_90_s=_seconds(since, most),
        handed_99_s=_seconds(since, nearly_all),
        warned=sum(row.people for row in totals),
        handed=sum(row.handed for row in totals),
        answered=sum(row.people for row in totals if row.status != "unreached"),
    )


def _seconds(since: datetime, at: datetime | None) -> float | None:
    return None if at is None else (at - since).total_seconds()
