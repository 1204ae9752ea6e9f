"""After the action: how long a warning took, and whom it reached. Time that people took is told apart by `by_itself`."""

from collections.abc import Set as AbstractSet
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.crisis import MessageStatus, Severity
from contracts.text import Bilingual
from kit.auth import Caller
from kit.errors import NotFoundError
from services.crisis.decisions import repository as decisions
from services.crisis.decisions.rules import Outcome
from services.crisis.evacuation.totals.schemas import WarningFigures
from services.crisis.incidents import repository as incidents
from services.crisis.incidents.models import Incident
from services.crisis.outreach import figures
from services.crisis.outreach.access import countries_of
from services.crisis.outreach.repository import root_of
from services.crisis.warnings import repository as warnings
from services.crisis.warnings import rules
from services.crisis.warnings.repository import Record
from services.crisis.warnings.rules import Sight


async def of_incident(session: AsyncSession, incident: Incident) -> list[WarningFigures]:
    """Of the people in the country of the incident: a warning may concern others too."""
    found = []
    for alert in await incidents.alerts_of(session, incident.id):
        record = await warnings.find_alert(session, alert, Sight(everything=True))
        if record is not None:
            found.append(await _of(session, record, frozenset({incident.country})))
    return found


async def of_warning(session: AsyncSession, caller: Caller, alert_id: UUID) -> WarningFigures:
    """Of the people whom the caller answers for. Raises `NotFoundError`."""
    record = await warnings.find_alert(session, alert_id, rules.sight(caller.roles, caller.countries))
    if record is None:
        raise NotFoundError
    return await _of(session, record, countries_of(caller))


async def _of(session: AsyncSession, record: Record, countries: AbstractSet[str] | None) -> WarningFigures:
    alert, since = record.alert, record.alert.raised_at
    whose = None if countries is None else frozenset(countries)
    decision = await decisions.find(session, alert.id)
    first, parts = await figures.handed(session, alert.id, whose)
    half, most, nearly_all = parts
    root = await root_of(session, alert.id)
    totals = await figures.totals(session, root, whose) if root else []
    acknowledged = [one.acknowledged_at for one in record.acknowledgements.values()]
    return WarningFigures(
        alert=alert.id,
        title=Bilingual.of(rules.title(Severity(alert.severity), MessageStatus(alert.message_status), record.countries)),
        raised_at=since,
        people=None if whose is None else sorted(whose),
        level=decision.level if decision else None,
        outcome=Outcome(decision.outcome) if decision else None,
        decided_s=_seconds(since, decision.decided_at if decision else None),
        by_itself=bool(decision and decision.outcome == Outcome.RELEASED and decision.decided_by is None),
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
