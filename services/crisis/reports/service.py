"""Use cases: report on the situation, count what there is, write what callers are told, attach the plan."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from kit.access_log import record_access
from kit.errors import NotFoundError
from kit.files import StoredFile
from kit.ids import new_id
from kit.paging import Paging
from services.crisis.incidents import journal
from services.crisis.incidents import repository as incidents
from services.crisis.incidents.access import Desk
from services.crisis.incidents.models import Incident
from services.crisis.incidents.service import led, seen, sight_of
from services.crisis.reports import repository
from services.crisis.reports.models import IncidentCount, IncidentPlan, IncidentScript, SituationReport
from services.crisis.reports.schemas import CountIn, ReportIn, ScriptIn

SUMMARY: Final = "situation_report.summary"
Report = tuple[SituationReport, Sequence[IncidentCount]]


async def report(desk: Desk, incident_id: UUID, said: ReportIn) -> Report:
    incident, now = await led(desk, incident_id), datetime.now(UTC)
    made = SituationReport(
        id=new_id(),
        incident_id=incident.id,
        is_drill=incident.is_drill,
        number=await repository.next_number(desk.session, incident.id),
        made_at=now,
        made_by=desk.caller.subject,
        summary=desk.keyring.seal(said.summary, SUMMARY),
    )
    desk.session.add(made)
    await desk.session.flush()
    counts = await _count(desk, incident, said.counts, now, made.id)
    await journal.write(desk, incident, "report", now, {"number": made.number, "counts": len(counts)})
    return made, counts


async def count(desk: Desk, incident_id: UUID, said: Sequence[CountIn]) -> list[IncidentCount]:
    incident, now = await led(desk, incident_id), datetime.now(UTC)
    counts = await _count(desk, incident, said, now, None)
    await journal.write(desk, incident, "counts", now, {"counts": len(counts)})
    return await counts_of(desk, incident_id)


async def _count(desk: Desk, incident: Incident, said: Iterable[CountIn], now: datetime, report_id: UUID | None) -> list[IncidentCount]:
    rows = [
        IncidentCount(
            id=new_id(),
            incident_id=incident.id,
            is_drill=incident.is_drill,
            report_id=report_id,
            **one.model_dump(),
            entered_by=desk.caller.subject,
            entered_at=now,
        )
        for one in said
    ]
    desk.session.add_all(rows)
    await desk.session.flush()
    return rows


async def list_reports(desk: Desk, incident_id: UUID, paging: Paging) -> list[Report]:
    incident = await seen(desk, incident_id)
    reports = await repository.reports_of(desk.session, incident.id, paging)
    await record_access(desk.session, desk.caller, [incident.id], record_type="incident", purpose="reports", fields=("summary",))
    counts = await repository.counts_in(desk.session, [one.id for one in reports])
    return [(one, [count for count in counts if count.report_id == one.id]) for one in reports]


async def counts_of(desk: Desk, incident_id: UUID) -> list[IncidentCount]:
    incident = await seen(desk, incident_id)
    return await repository.newest_counts(desk.session, [incident.id])


async def write_script(desk: Desk, incident_id: UUID, said: ScriptIn) -> None:
    incident, now = await led(desk, incident_id), datetime.now(UTC)
    script = IncidentScript(
        id=new_id(),
        incident_id=incident.id,
        is_drill=incident.is_drill,
        en=said.en,
        bn=said.bn,
        written_by=desk.caller.subject,
        written_at=now,
    )
    desk.session.add(script)
    await desk.session.flush()
    await journal.write(desk, incident, "script", now)


async def attach(desk: Desk, incident_id: UUID, title: str, stored: StoredFile) -> IncidentPlan:
    incident, now = await led(desk, incident_id), datetime.now(UTC)
    plan = IncidentPlan(
        id=new_id(),
        incident_id=incident.id,
        is_drill=incident.is_drill,
        file_id=stored.id,
        title=title,
        size=stored.size,
        sha256=stored.sha256,
        media_type=stored.media_type,
        attached_by=desk.caller.subject,
        attached_at=now,
    )
    desk.session.add(plan)
    await desk.session.flush()
    await journal.write(desk, incident, "plan", now, {"sha256": stored.sha256.hex()})
    return plan


async def plans_of(desk: Desk, incident_id: UUID) -> list[IncidentPlan]:
    incident = await seen(desk, incident_id)
    return await repository.plans_of(desk.session, incident.id)


async def plan(desk: Desk, incident_id: UUID, plan_id: UUID) -> IncidentPlan:
    incident = await seen(desk, incident_id)
    found = await repository.plan(desk.session, incident.id, plan_id)
    if found is None:
        raise NotFoundError
    return found


async def briefed(desk: Desk) -> tuple[list[Incident], list[IncidentCount], dict[UUID, IncidentScript]]:
    open_ = await incidents.list_open(desk.session, sight_of(desk))
    ids = [one.id for one in open_]
    facts = await repository.newest_counts(desk.session, ids, told_only=True)
    return open_, facts, await repository.newest_scripts(desk.session, ids)
