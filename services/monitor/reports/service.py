"""Use cases of reports: draft one from the facts, have another person approve it, publish it, correct it by an edition that follows."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from contracts.text import Bilingual
from kit.counts import SMALLEST
from kit.ids import new_id
from kit.paging import Paging
from kit.quarters import months_of
from kit.spreadsheet import as_csv
from kit.versions import check_version
from services.monitor.evidence import lists as publication
from services.monitor.evidence.rules import published_from
from services.monitor.reports import lists, repository, rules
from services.monitor.reports.models import Report
from services.monitor.reports.rules import Counts, State
from services.monitor.reports.schemas import Change, NewReport, QuarterTold, ReportContent, ReportRow, TableTold

_LINKED: Final = 6


def newest_period() -> str:
    """The last half-year that is over and whose late returns are in."""
    day = datetime.now(DHAKA).date() - timedelta(days=publication.load().cut_off_days)
    return f"{day.year}-H1" if day >= date(day.year, 7, 1) else f"{day.year - 1}-H2"


async def draft(session: AsyncSession, by: str, wanted: NewReport) -> Report:
    """A first edition, or a correction of the one that is published.

    Raises `UnknownReportError`, `PeriodNotOverError`, `OpenReportError`, `CutOffError`, `NothingToCorrectError`.
    """
    if wanted.report not in lists.load().reports:
        raise rules.UnknownReportError
    today = datetime.now(DHAKA).date()
    first_day = _first_cut_off(wanted.period)
    if today < first_day:
        raise rules.PeriodNotOverError
    await repository.lock_period(session, wanted.report, wanted.period)
    before = await repository.newest(session, wanted.report, wanted.period)
    cut_off = _cut_off(before, wanted.cut_off, first_day, today)
    content = await _counted(session, wanted.report, wanted.period, cut_off, before)
    if before is not None and not content.changes:
        raise rules.NothingToCorrectError
    written = as_bytes(content)
    report = Report(
        id=new_id(),
        version=1,
        report=wanted.report,
        period=wanted.period,
        edition=content.edition,
        state=State.DRAFT,
        cut_off=cut_off,
        content=written,
        digest=sha256(written).hexdigest(),
        drafted_by=by,
        drafted_at=datetime.now(UTC),
    )
    await repository.add(session, report)
    return report


def _first_cut_off(period: str) -> date:
    return published_from(months_of(rules.quarters_of(period)[1])[1], publication.load().cut_off_days)


def _cut_off(before: Report | None, wanted: date | None, first_day: date, today: date) -> date:
    if before is None:
        if wanted not in {None, first_day}:
            raise rules.CutOffError
        return first_day
    if before.state != State.PUBLISHED:
        raise rules.OpenReportError
    cut_off = wanted or today
    if not before.cut_off < cut_off <= today:
        raise rules.CutOffError
    return cut_off


async def step(session: AsyncSession, identity: UUID, to: State, by: str, expected: int) -> Report:
    """One step on. Who approves has it counted again first.

    Raises `UnknownReportError`, `WrongStateError`, `AnotherPersonError`, `NotReproducedError`, `StaleVersionError`.
    """
    report = await repository.find(session, identity, lock=True)
    if report is None:
        raise rules.UnknownReportError
    check_version(expected, report.version)
    rules.check_step(report.state, to, drafted_by=report.drafted_by, by=by)
    now = datetime.now(UTC)
    if to is State.APPROVED:
        await _check_reproduced(session, report)
        report.approved_by, report.approved_at = by, now
    if to is State.PUBLISHED:
        report.published_by, report.published_at = by, now
    report.state = to
    report.version += 1
    await session.flush()
    return report


async def _check_reproduced(session: AsyncSession, report: Report) -> None:
    before = await repository.published(session, report.report, report.period, report.edition - 1) if report.edition > 1 else None
    again = as_bytes(await _counted(session, report.report, report.period, report.cut_off, before))
    if sha256(again).hexdigest() != report.digest:
        raise rules.NotReproducedError


def as_bytes(content: ReportContent) -> bytes:
    """The same figures are the same bytes."""
    return orjson.dumps(content.model_dump(mode="json"), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)


class _Asked:
    """Counts by quarter and day, each asked of the database once."""

    def __init__(self, session: AsyncSession, kinds: Sequence[str]) -> None:
        self._session = session
        self._kinds = kinds
        self._known: dict[tuple[str, date], Mapping[str, Counts]] = {}

    async def __call__(self, kind: str, quarter: str, until: date) -> Counts:
        if (quarter, until) not in self._known:
            self._known[quarter, until] = await repository.counts(self._session, self._kinds, months_of(quarter), until)
        return self._known[quarter, until][kind]


async def _counted(session: AsyncSession, name: str, period: str, cut_off: date, before: Report | None) -> ReportContent:
    known = lists.load()
    definition = known.reports[name]
    asked = _Asked(session, [one.event for one in definition.tables])
    old = ReportContent.model_validate_json(before.content) if before else None
    told = {(one.event_type, each.quarter): each for one in (old.tables if old else ()) for each in one.quarters}
    # A correction divides as the edition did that it corrects: a division of another day beside it could be subtracted.
    ways = {one.event_type: one.by for one in (old.tables if old else ())}
    tables = []
    for table in definition.tables:
        quarters = [
            await _quarter(asked, table.event, quarter, cut_off, told.get((table.event, quarter))) for quarter in rules.quarters_of(period)
        ]
        divided = ways.get(table.event, list(table.by))
        for each in quarters:
            each.parts = {by: dict(sorted(each.parts.get(by, {}).items())) for by in divided}
        tables.append(TableTold(event_type=table.event, title=Bilingual.of(table.title), by=divided, quarters=quarters))
    return ReportContent(
        report=name,
        activity=definition.activity,
        title=Bilingual.of(definition.title),
        period=period,
        edition=old.edition + 1 if old else 1,
        cut_off=cut_off,
        definition=known.version,
        label=known.label,
        smallest=SMALLEST,
        tables=tables,
        changes=_changes(told, tables),
        not_counted=[Bilingual.of(one) for one in definition.not_counted],
        notes=[Bilingual.of(one) for one in known.notes],
    )


async def _quarter(asked: _Asked, kind: str, quarter: str, cut_off: date, before: QuarterTold | None) -> QuarterTold:
    """A first edition tells the quarter as it was at the quarter's own cut-off; a later one perhaps what came since."""
    now = await asked(kind, quarter, cut_off)
    if before is None:
        until = published_from(months_of(quarter)[1], publication.load().cut_off_days)
        told = rules.first_told(await asked(kind, quarter, until), until)
    else:
        told = rules.corrected(before.as_told(), now, cut_off) or before.as_told()
    in_it = (await asked(kind, quarter, told.until)).whole
    return QuarterTold.model_validate(
        {"quarter": quarter, "facts": told.facts, "parts": told.parts, "until": told.until, "late": rules.late_of(now.whole - in_it)}
    )


def _changes(told: Mapping[tuple[str, str], QuarterTold], tables: Sequence[TableTold]) -> list[Change]:
    found: list[Change] = []
    for table in tables:
        for now in table.quarters:
            old = told.get((table.event_type, now.quarter))
            if old is None or old.until == now.until:
                continue
            found.append(Change(event_type=table.event_type, quarter=now.quarter, before=old.facts, after=now.facts))
            found += [
                Change(
                    event_type=table.event_type,
                    quarter=now.quarter,
                    by=by,
                    code=code,
                    before=old.parts.get(by, {}).get(code, 0),
                    after=facts,
                )
                for by, cells in now.parts.items()
                for code, facts in cells.items()
                if facts != old.parts.get(by, {}).get(code, 0)
            ]
    return found


async def read_published(session: AsyncSession, name: str, period: str, edition: int | None) -> tuple[Report, int]:
    """The edition, or the newest; and the number of the newest. Raises `UnknownReportError`."""
    newest = await repository.published(session, name, period, None)
    found = newest if edition is None else await repository.published(session, name, period, edition)
    if newest is None or found is None:
        raise rules.UnknownReportError
    return found, newest.edition


async def read_table(session: AsyncSession, name: str, period: str, edition: int | None, kind: str) -> tuple[Report, str]:
    """The edition, and one of its tables as CSV: made of what was published, so that it never changes. Raises `UnknownReportError`."""
    report, _ = await read_published(session, name, period, edition)
    table = next((one for one in ReportContent.model_validate_json(report.content).tables if one.event_type == kind), None)
    if table is None:
        raise rules.UnknownReportError
    rows = [row for one in table.quarters for row in rules.told_rows(kind, one.quarter, one.as_told())]
    return report, as_csv([rules.COLUMNS, *rows])


async def newest_of(session: AsyncSession, activity: str) -> list[ReportRow]:
    """Of the reports that an activity asks for: the edition that counts now of each half-year, the newest half-years first."""
    names = [name for name, one in lists.load().reports.items() if one.activity == activity]
    found = await repository.newest_published(session, names, _LINKED) if names else []
    return [ReportRow.of(one) for one in found]


async def read_draft(session: AsyncSession, identity: UUID) -> Report:
    """Raises `UnknownReportError`."""
    found = await repository.find(session, identity)
    if found is None:
        raise rules.UnknownReportError
    return found


async def list_published(session: AsyncSession, paging: Paging) -> Sequence[Report]:
    return await repository.list_published(session, paging)


async def list_drafts(session: AsyncSession, paging: Paging) -> Sequence[Report]:
    return await repository.list_drafts(session, paging)
