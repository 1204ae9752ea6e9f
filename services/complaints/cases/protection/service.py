"""Use cases of protection: who is threatened, how much, the plan, and the next visit, which a timer watches."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import DateTime, Row, cast, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from contracts.complaints import ProtectionOpened
from contracts.days import DHAKA
from contracts.text import Bilingual
from kit.access_log import record_access
from kit.ids import new_id
from kit.outbox import emit
from kit.paging import Page, Paging, Position
from kit.timer import DueTimer, cancel, schedule
from services.complaints import service as complaints
from services.complaints.cases import rules as case_rules
from services.complaints.cases.lists import LEVELS, RISKS, Level, words_of
from services.complaints.cases.protection import rules
from services.complaints.cases.protection.models import Assessment, ProtectionFile, Visit
from services.complaints.cases.protection.schemas import (
    AssessmentIn,
    AssessmentOut,
    ProtectionIn,
    ProtectionOut,
    VisitIn,
    VisitOut,
    VisitRow,
)
from services.complaints.cases.repository import ended
from services.complaints.cases.schemas import ChangedOut
from services.complaints.cases.service import Desk, begin, changed, has_ended, note, opened
from services.complaints.models import Complaint
from services.complaints.repository import seen_by

KIND: Final = "protection"
TIMER = "protection_visit"
R = TypeVar("R", Assessment, Visit)


async def describe(desk: Desk, reference: str, facts: ProtectionIn, *, expected: int) -> ChangedOut:
    rules.reached(facts.reach_through, facts.abuser)
    complaint = await begin(desk, reference, kind=KIND, expected=expected)
    known = await desk.session.get(ProtectionFile, complaint.id)
    none: dict[str, Any] = dict.fromkeys(("level", "plan", "next_visit"))
    row = known or ProtectionFile(complaint_id=complaint.id, opened_at=desk.now, opened_by=desk.by, **none, **_said(desk, facts))
    for name, value in _said(desk, facts).items():
        setattr(row, name, value)
    desk.session.add(row)
    await note(desk, complaint, "protection_described" if known else "protection_opened", who=facts.who, issues=facts.issues)
    return changed(complaint, complaint.id)


def _said(desk: Desk, facts: ProtectionIn) -> dict[str, Any]:
    return {**facts.model_dump(exclude={"guardian"}), "guardian": desk.seal(facts.guardian, "protection_file.guardian")}


async def assess(desk: Desk, reference: str, assessment: AssessmentIn) -> ChangedOut:
    """A person decides the level. The first decision tells the others that a family is in protection."""
    complaint = await begin(desk, reference, kind=KIND)
    row = await opened(desk, ProtectionFile, complaint)
    reading = rules.read_answers(RISKS, assessment.answers)
    is_first = row.level is None
    decided = Assessment(
        id=new_id(),
        complaint_id=complaint.id,
        instrument=RISKS.version,
        answers=sorted(set(assessment.answers)),
        points=reading.points,
        speaks_for=reading.speaks_for,
        level=assessment.level,
        reason=desk.keyring.seal(assessment.reason, "protection_assessment.reason"),
        decided_at=desk.now,
        decided_by=desk.by,
    )
    desk.session.add(decided)
    row.level = assessment.level
    if assessment.plan is not None:
        row.plan = desk.seal(assessment.plan, "protection_file.plan")
    await _plan_visit(desk, complaint, row, rules.planned_visit(RISKS, assessment.level, desk.today, assessment.next_visit))
    await note(desk, complaint, "risk_decided", level=assessment.level, speaks_for=reading.speaks_for)
    if is_first:
        await _tell(desk, complaint, row)
    return changed(complaint, decided.id)


async def _tell(desk: Desk, complaint: Complaint, row: ProtectionFile) -> None:
    event = ProtectionOpened(who=row.who, risk=row.level or "", district=complaint.district, opened_at=desk.now)
    await emit(desk.session, event, subject=complaint.id, sequence=complaint.version, restricted=complaint.restricted)


async def visit(desk: Desk, reference: str, done: VisitIn) -> ChangedOut:
    """A visit plans the next one: sooner if wanted, never later than the level allows."""
    complaint = await begin(desk, reference, kind=KIND)
    row = await opened(desk, ProtectionFile, complaint)
    planned = rules.planned_visit(RISKS, _level(row), desk.today, done.next_visit)
    findings = desk.seal(done.findings, "protection_visit.findings")
    visited = Visit(
        id=new_id(),
        complaint_id=complaint.id,
        done_on=done.done_on,
        seen_alone=done.seen_alone,
        findings=findings,
        next_visit=planned,
        recorded_at=desk.now,
        recorded_by=desk.by,
    )
    desk.session.add(visited)
    await _plan_visit(desk, complaint, row, planned)
    await note(desk, complaint, "family_visited", alone=done.seen_alone)
    return changed(complaint, visited.id)


def _level(row: ProtectionFile) -> Level:
    """Not assessed yet: treated as high until somebody has looked."""
    return next((one for one in LEVELS if one == row.level), "high")


async def _plan_visit(desk: Desk, complaint: Complaint, row: ProtectionFile, planned: date) -> None:
    row.next_visit = planned
    await cancel(desk.session, TIMER, complaint.id)
    await schedule(desk.session, _morning_after(planned), TIMER, complaint.id)


def _morning_after(planned: date) -> datetime:
    return datetime.combine(planned + timedelta(days=1), time(9), DHAKA).astimezone(UTC)


async def visit_is_overdue(session: AsyncSession, due: DueTimer) -> None:
    """Writes the lapse into the history, where clocks and ladders read: nobody's memory is asked for."""
    complaint = await session.get(Complaint, due.record, with_for_update=True)
    row = await session.get(ProtectionFile, due.record)
    if complaint is None or row is None or row.next_visit is None or has_ended(complaint) or _morning_after(row.next_visit) > due.due:
        return
    detail = {"planned": row.next_visit.isoformat(), "level": row.level}
    await complaints.note_happening(session, complaint, "visit_overdue", by=complaints.SYSTEM, at=datetime.now(UTC), detail=detail)


async def list_visits(desk: Desk, paging: Paging) -> Page[VisitRow]:
    """Families of the district by the day of their next visit, the overdue first, whatever page that fills."""
    found = await _due(desk, paging)
    shown = [complaint.id for complaint, _ in found[: paging.limit]]
    await record_access(desk.session, desk.caller, shown, record_type="complaint", purpose="visits", fields=("reference", "risk"))
    return paging.page(found, lambda one: Position(_midnight(one[1].next_visit), one[0].id), lambda one: _visit_row(desk, *one))


async def _due(desk: Desk, paging: Paging) -> Sequence[Row[Complaint, ProtectionFile]]:
    """Those at risk in one district are hundreds, not millions: sorted as they are."""
    at = col(ProtectionFile.next_visit)
    rows = select(Complaint, ProtectionFile).join(ProtectionFile, col(ProtectionFile.complaint_id) == col(Complaint.id))
    rows = rows.where(seen_by(desk.visible), at.is_not(None), ~ended())
    # The session's time zone is UTC: midnight there, as `_midnight` says it.
    moment = cast(at, DateTime(timezone=True))
    return (await desk.session.execute(paging.of(rows, moment, col(Complaint.id), newest_first=False))).all()


def _midnight(day: date | None) -> datetime:
    return datetime.combine(day or date.max, time(), UTC)


def _visit_row(desk: Desk, complaint: Complaint, row: ProtectionFile) -> VisitRow:
    return VisitRow.model_validate(
        {
            "id": complaint.id,
            "reference": complaint.reference,
            "district": complaint.district,
            "who": row.who,
            "level": row.level,
            "level_label": _label(row),
            "next_visit": row.next_visit,
            "overdue": _is_overdue(desk, row),
            "assigned": complaint.assignee is not None,
        }
    )


def _is_overdue(desk: Desk, row: ProtectionFile) -> bool:
    return row.next_visit is not None and row.next_visit < desk.today


def _label(row: ProtectionFile) -> Bilingual | None:
    return Bilingual.of(rules.LEVEL_WORDS[_level(row)]) if row.level else None


async def _rows(session: AsyncSession, kind: type[R], complaint_id: UUID, by: object) -> Sequence[R]:
    mine = select(kind).where(col(kind.complaint_id) == complaint_id)
    return (await session.execute(mine.order_by(by, col(kind.id)))).scalars().all()  # type: ignore[arg-type]  # a column of either


async def facts_of(session: AsyncSession, complaint: Complaint, known: case_rules.Facts) -> rules.ProtectionFacts:
    row = await session.get(ProtectionFile, complaint.id)
    visits = await _rows(session, Visit, complaint.id, col(Visit.done_on))
    return rules.ProtectionFacts(known, row.level if row else None, len(visits))


async def show(desk: Desk, complaint: Complaint, *, personal: bool) -> ProtectionOut | None:
    row = await desk.session.get(ProtectionFile, complaint.id)
    if row is None:
        return None
    assessments = await _rows(desk.session, Assessment, complaint.id, col(Assessment.decided_at))
    visits = await _rows(desk.session, Visit, complaint.id, col(Visit.done_on))
    more = {
        "issue_labels": [Bilingual.of(words_of(RISKS.issues, code)) for code in row.issues],
        "guardian": desk.open(row.guardian, "protection_file.guardian") if personal else None,
        "plan": desk.open(row.plan, "protection_file.plan") if personal else None,
        "level_label": _label(row),
        "overdue": _is_overdue(desk, row) and not has_ended(complaint),
        "basis": Bilingual(en=RISKS.basis.en, bn=RISKS.basis.bn),
        "assessments": [_assessment_out(desk, one, personal=personal) for one in assessments],
        "visits": [_visit_out(desk, one, personal=personal) for one in visits],
    }
    return ProtectionOut.model_validate({**row.model_dump(exclude={"guardian", "plan"}), **more})


def _assessment_out(desk: Desk, row: Assessment, *, personal: bool) -> AssessmentOut:
    more = {
        "answers": [Bilingual.of(words_of(RISKS.items, code)) for code in row.answers],
        "level_label": Bilingual.of(next(words for level, words in rules.LEVEL_WORDS.items() if level == row.level)),
        "reason": desk.open(row.reason, "protection_assessment.reason") if personal else None,
    }
    return AssessmentOut.model_validate({**row.model_dump(exclude={"reason"}), **more})


def _visit_out(desk: Desk, row: Visit, *, personal: bool) -> VisitOut:
    findings = desk.open(row.findings, "protection_visit.findings") if personal else None
    return VisitOut.model_validate({**row.model_dump(exclude={"findings"}), "findings": findings})


TIMERS: Final = {TIMER: visit_is_overdue}
