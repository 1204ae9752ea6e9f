"""The December report as it is shown, and as a file."""

from collections.abc import Mapping
from typing import Final

from contracts.text import Bilingual, Text
from services.crisis.cases.access import Desk
from services.crisis.cases.december import repository, rules, service
from services.crisis.cases.december.models import DecemberReport
from services.crisis.cases.december.schemas import LineOut, PointOut, ReportOut, ReportRow, ReportsOut, TableOut, TypedOut
from services.crisis.handover.service import MISSIONS

STATES: Final[Mapping[str, Text]] = {
    "not_begun": Text("Not begun", "শুরু হয়নি"),
    "draft": Text("Draft", "খসড়া"),
    "approved": Text("Approved", "অনুমোদিত"),
    "sent": Text("Sent to the ministry", "মন্ত্রণালয়ে পাঠানো হয়েছে"),
}
_WORDS: Final = {"e": "market", "g": "other"}


async def reports_out(desk: Desk, year: int) -> ReportsOut:
    missions = [code for code in service.missions_of(desk) if MISSIONS.countries_of(code, desk.today)]
    begun = {one.mission: one.state for one in await repository.list_of_year(desk.session, missions, year)}
    return ReportsOut(year=year, items=[_row(code, begun.get(code, "not_begun")) for code in missions])


def _row(code: str, state: str) -> ReportRow:
    return ReportRow(mission=code, mission_name=Bilingual.of(MISSIONS.name_of(code)), state=state, state_label=Bilingual.of(STATES[state]))


async def report_out(desk: Desk, mission: str, year: int, found: DecemberReport | None) -> ReportOut:
    """Of one that nobody began: what it would count now."""
    service.check_mission(desk, mission)
    cutoff = found.cutoff if found else desk.now
    counted = await service.count(desk, mission, year, cutoff)
    state = found.state if found else "not_begun"
    writers = {found.drafted_by, found.market_by, found.other_by} if found else set()
    return ReportOut(
        mission=mission,
        mission_name=Bilingual.of(MISSIONS.name_of(mission)),
        countries=MISSIONS.countries_of(mission, desk.today),
        year=year,
        version=found.version if found else 0,
        state=state,  # type: ignore[arg-type]  # the database holds no other
        state_label=Bilingual.of(STATES[state]),
        cutoff=cutoff,
        points=[_point(point, title, counted, found, desk) for point, title in rules.POINTS.items()],
        digest=counted.digest,
        stands=found is None or found.digest in {None, counted.digest},
        drafted_by=found.names.get("drafted") if found else None,
        approved_by=found.names.get("approved") if found else None,
        approved_at=found.approved_at if found else None,
        sent_at=found.sent_at if found else None,
        may_approve=state == service.DRAFT and desk.by not in writers,
    )


def _point(point: str, title: Text, counted: service.Counted, found: DecemberReport | None, desk: Desk) -> PointOut:
    column = _WORDS.get(point)
    sealed = getattr(found, column) if found and column else None
    typed = (
        TypedOut(words=desk.keyring.open(sealed, f"december_report.{column}"), by=found.names[column])
        if found and column and sealed
        else None
    )
    return PointOut(
        point=point,  # type: ignore[arg-type]  # a key of POINTS
        title=Bilingual.of(title),
        counted=[_table(one) for one in counted.tables if one.point == point],
        typed=typed,
        asks_for_words=column is not None,
    )


def _table(table: rules.Table) -> TableOut:
    lines = [LineOut(code=one.code, label=Bilingual.of(one.words), count=one.count) for one in table.lines]
    return TableOut(title=Bilingual.of(table.title), lines=lines)


def csv_rows(report: ReportOut, language: str) -> list[list[str]]:
    """One line a figure; words with who wrote them."""

    def said(words: Bilingual) -> str:
        return words.bn if language == "bn" else words.en

    rows = [["point", "title", "line", "count", "typed_by"]]
    for point in report.points:
        rows += [[point.point, said(table.title), said(line.label), str(line.count), ""] for table in point.counted for line in table.lines]
        if point.typed:
            rows.append([point.point, said(point.title), point.typed.words, "", point.typed.by])
    return rows
