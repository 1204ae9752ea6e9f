"""The HTTP edge of reports: what is published is open, what is prepared is its editors'."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from contracts.text import Bilingual
from kit.auth import public
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.spreadsheet import csv_file
from kit.versions import ExpectedVersion, etag
from services.monitor.reports import lists, service
from services.monitor.reports.access import Editor
from services.monitor.reports.models import Report
from services.monitor.reports.rules import PERIOD, State
from services.monitor.reports.schemas import DraftOut, DraftRow, KindOut, KindsOut, NewReport, ReportContent, ReportOut, ReportRow

router = APIRouter(prefix="/v1/framework", tags=["framework"])
Name = Annotated[str, Path(pattern=r"^[a-z-]{1,40}$", description="counter-trafficking, migration-profile")]
Period = Annotated[str, Path(pattern=PERIOD, description="A half-year: 2026-H1.")]
Kind = Annotated[str, Path(pattern=r"^[a-z0-9.-]{1,100}$", description="The type of event that a table counts.")]
Edition = Annotated[str, Path(pattern=r"^(latest|[1-9]\d{0,3})$", description="Its number, whose content never changes; or latest.")]


@router.get("/reports", dependencies=[public(kept_s=0)])
async def list_reports(session: SessionDep, paging: PagingDep) -> Page[ReportRow]:
    """Published editions, the newest first."""
    rows = await service.list_published(session, paging)
    return paging.page(rows, lambda one: Position(one.published_at or one.drafted_at, one.id), ReportRow.of)


@router.get("/report-kinds", dependencies=[public(kept_s=300)])
async def list_kinds() -> KindsOut:
    kinds = [KindOut(code=code, activity=one.activity, title=Bilingual.of(one.title)) for code, one in lists.load().reports.items()]
    return KindsOut(items=kinds, newest_period=service.newest_period())


@router.get("/reports/{name}/{period}/{edition}", dependencies=[public()])
async def read_report(name: Name, period: Period, edition: Edition, session: SessionDep) -> ReportOut:
    report, newest = await service.read_published(session, name, period, _number(edition))
    return ReportOut(about=ReportRow.of(report), newest=newest, content=ReportContent.model_validate_json(report.content))


@router.get(
    "/reports/{name}/{period}/{edition}/data.json",
    dependencies=[public()],
    response_class=Response,
    responses={200: {"content": {"application/json": {}}, "description": "The edition, byte by byte as it was approved."}},
)
async def read_report_data(name: Name, period: Period, edition: Edition, session: SessionDep) -> Response:
    report, _ = await service.read_published(session, name, period, _number(edition))
    kept = {"ETag": f'"{report.digest}"', "Content-Disposition": f'inline; filename="{name}-{period}-{report.edition}.json"'}
    return Response(report.content, media_type="application/json", headers=kept)


@router.get(
    "/reports/{name}/{period}/{edition}/tables/{kind}.csv",
    dependencies=[public()],
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}, "description": "One table of the edition."}},
)
async def read_report_table(name: Name, period: Period, edition: Edition, kind: Kind, session: SessionDep) -> Response:
    """Of a number that is left out `suppressed` is true and the cell is empty; a code that does not stand there counts nobody."""
    report, table = await service.read_table(session, name, period, _number(edition), kind)
    return csv_file(table, f"{name}-{period}-{report.edition}-{kind}.csv")


def _number(edition: str) -> int | None:
    return None if edition == "latest" else int(edition)


@router.get("/report-drafts")
async def list_drafts(caller: Editor, session: SessionDep, paging: PagingDep) -> Page[DraftRow]:
    rows = await service.list_drafts(session, paging)
    return paging.page(rows, lambda one: Position(one.drafted_at, one.id), lambda one: DraftRow.seen(one, caller.subject))


@router.post("/report-drafts", status_code=201, response_model=DraftRow)
async def draft_report(wanted: NewReport, caller: Editor, session: SessionDep, once: OnceDep) -> Response:
    """Counts the half-year from its facts. Where an edition is published, this drafts its correction."""

    async def effect() -> DraftRow:
        return DraftRow.seen(await service.draft(session, caller.subject, wanted), caller.subject)

    return await once(caller.subject, effect, location=lambda made: f"/v1/framework/report-drafts/{made.id}")


@router.get("/report-drafts/{report_id}")
async def read_draft(report_id: UUID, caller: Editor, session: SessionDep, response: Response) -> DraftOut:
    report = await service.read_draft(session, report_id)
    response.headers["ETag"] = etag(report.version)
    return _draft(report, caller)


@router.post("/report-drafts/{report_id}/approval")
async def approve(report_id: UUID, caller: Editor, session: SessionDep, expected: ExpectedVersion) -> DraftOut:
    """By another person than who drafted it. It is counted again: other figures are refused."""
    return _draft(await service.step(session, report_id, State.APPROVED, caller.subject, expected), caller)


@router.post("/report-drafts/{report_id}/publication")
async def publish(report_id: UUID, caller: Editor, session: SessionDep, expected: ExpectedVersion) -> DraftOut:
    return _draft(await service.step(session, report_id, State.PUBLISHED, caller.subject, expected), caller)


@router.post("/report-drafts/{report_id}/withdrawal")
async def withdraw(report_id: UUID, caller: Editor, session: SessionDep, expected: ExpectedVersion) -> DraftOut:
    """Of what is not published yet."""
    return _draft(await service.step(session, report_id, State.WITHDRAWN, caller.subject, expected), caller)


def _draft(report: Report, caller: Editor) -> DraftOut:
    return DraftOut(draft=DraftRow.seen(report, caller.subject), content=ReportContent.model_validate_json(report.content))
