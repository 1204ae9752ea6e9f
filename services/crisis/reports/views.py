"""Reports and figures as they are shown."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from contracts.text import Bilingual
from kit.crypto import Keyring
from services.crisis.incidents.models import Incident
from services.crisis.incidents.schemas import LISTS
from services.crisis.reports import rules
from services.crisis.reports.models import IncidentCount, IncidentPlan, IncidentScript
from services.crisis.reports.schemas import BesideOut, BriefingOut, FigureOut, PlanOut, ReportOut
from services.crisis.reports.service import SUMMARY, Report


def beside_out(counts: Iterable[IncidentCount]) -> list[BesideOut]:
    """In the order of the list of what is counted."""
    order = [one.code for one in LISTS.counts]
    rows = sorted(rules.beside(counts), key=lambda one: order.index(one.what))
    return [_beside(one) for one in rows]


def _beside(one: rules.Beside) -> BesideOut:
    known = LISTS.counted(one.what)
    figures = [FigureOut.model_validate(figure, from_attributes=True) for figure in one.figures]
    return BesideOut(what=one.what, name=Bilingual.of(known.words), kind=known.kind, differ=one.differ, figures=figures)


def report_out(report: Report, keyring: Keyring) -> ReportOut:
    made, counts = report
    summary = keyring.open(made.summary, SUMMARY)
    return ReportOut(id=made.id, number=made.number, made_at=made.made_at, summary=summary, counts=beside_out(counts))


def plan_out(plan: IncidentPlan) -> PlanOut:
    shown: dict[str, Any] = plan.model_dump(include={"id", "title", "size", "media_type", "attached_at"})
    return PlanOut(**shown, sha256=plan.sha256.hex())


def briefing_out(
    incident: Incident, facts: Sequence[IncidentCount], scripts: Mapping[UUID, IncidentScript], waiting: Mapping[UUID, int]
) -> BriefingOut:
    script = scripts.get(incident.id)
    return BriefingOut(
        incident=incident.id,
        is_drill=incident.is_drill,
        country=incident.country,
        hazard=Bilingual.of(LISTS.hazard(incident.hazard)),
        script=Bilingual(en=script.en, bn=script.bn) if script else None,
        script_at=script.written_at if script else None,
        facts=beside_out(one for one in facts if one.incident_id == incident.id),
        enquiries_waiting=waiting.get(incident.id, 0),
    )
