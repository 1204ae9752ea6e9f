"""Use cases of the December report: count it, begin it, write its words, approve it by a second person, send it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy.exc import IntegrityError

from contracts.crisis import DecemberReportSent
from contracts.days import DHAKA
from kit.access_log import record_access
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.versions import check_version
from services.crisis.cases.access import Desk
from services.crisis.cases.december import repository, rules
from services.crisis.cases.december.models import DecemberReport
from services.crisis.cases.december.schemas import WordsIn
from services.crisis.cases.lists import KINDS
from services.crisis.handover.rules import own
from services.crisis.handover.service import MISSIONS

RECORD: Final = "december_report"
DRAFT, APPROVED, SENT = "draft", "approved", "sent"


@dataclass(frozen=True, slots=True)
class Counted:
    tables: list[rules.Table]
    digest: str


def missions_of(desk: Desk) -> list[str]:
    """Whose reports the caller sees: Dhaka's all, an officer's their mission's."""
    if desk.sight.everything:
        return list(MISSIONS.by_code)
    return sorted(own(desk.caller.countries, MISSIONS, desk.today))


def check_mission(desk: Desk, mission: str) -> None:
    """Raises `NotFoundError` also for another mission's."""
    if mission not in missions_of(desk):
        raise NotFoundError


async def count(desk: Desk, mission: str, year: int, cutoff: datetime) -> Counted:
    """The same year at the same cut-off counts the same for ever."""
    began, ends = (datetime(one, 1, 1, tzinfo=DHAKA) for one in (year, year + 1))
    rows = await repository.happened(desk.session, mission, cutoff)
    cases: dict[UUID, rules.Known] = {}
    for _, group in groupby(rows, key=lambda pair: pair[0].id):
        pairs = list(group)
        happened = (rules.Happening(one.at, one.what, one.done_on, one.detail) for _, one in pairs)
        known = rules.known_at(pairs[0][0].kind, happened, cutoff)
        if known is not None:
            cases[pairs[0][0].id] = known
    days = (date(year, 1, 1), date(year, 12, 31))
    spoken = await repository.spoken(desk.session, mission, *days, cutoff)
    made = {one.id: one for one in await repository.visits(desk.session, mission, *days, cutoff)}
    at_work = {one.id for one in made.values() if one.place_kind in rules.AT_WORK}
    heard = [rules.Spoken(one.trade, one.conditions, one.benefits, one.problems, at_work=one.visit_id in at_work) for one in spoken]
    visits = [rules.Visit(one.place_kind, one.found) for one in made.values() if one.case_id in cases and not cases[one.case_id].restricted]
    tables = rules.tables(list(cases.values()), heard, visits, KINDS, (began, ends))
    return Counted(tables, _digest(tables))


def _digest(tables: Sequence[rules.Table]) -> str:
    figures = [[table.point, table.title.en, [[line.code, line.count] for line in table.lines]] for table in tables]
    return hashlib.sha256(orjson.dumps(figures)).hexdigest()


async def find(desk: Desk, mission: str, year: int) -> DecemberReport | None:
    check_mission(desk, mission)
    found = await repository.find(desk.session, mission, year)
    if found is not None:
        await record_access(desk.session, desk.caller, [found.id], record_type=RECORD, purpose="report", fields=("figures", "words"))
    return found


async def begin(desk: Desk, mission: str, year: int) -> DecemberReport:
    """A draft that counts up to now; the one that is there already is answered again."""
    check_mission(desk, mission)
    found = await repository.find(desk.session, mission, year)
    if found is not None:
        return found
    made = DecemberReport(
        id=new_id(),
        mission=mission,
        year=year,
        version=1,
        state=DRAFT,
        cutoff=desk.now,
        drafted_by=desk.by,
        drafted_at=desk.now,
        names={"drafted": desk.caller.username},
    )
    try:
        async with desk.session.begin_nested():
            desk.session.add(made)
    except IntegrityError:
        return await _locked(desk, mission, year)
    return made


async def write(desk: Desk, mission: str, year: int, expected: int, said: WordsIn) -> DecemberReport:
    """Raises `NotFoundError`, `StaleVersionError`, `ReportNotDraftError`."""
    found = await _draft(desk, mission, year, expected)
    if said.market is not None:
        found.market, found.market_by = desk.keyring.seal(said.market, "december_report.market"), desk.by
        _sign(desk, found, "market")
    if said.other is not None:
        found.other, found.other_by = desk.keyring.seal(said.other, "december_report.other"), desk.by
        _sign(desk, found, "other")
    return found


async def count_again(desk: Desk, mission: str, year: int, expected: int) -> DecemberReport:
    """The cut-off of a draft is now."""
    found = await _draft(desk, mission, year, expected)
    found.cutoff = desk.now
    return found


async def approve(desk: Desk, mission: str, year: int, expected: int) -> DecemberReport:
    """By a second person, who drafted nothing of it. Raises `OwnReportError` and those of `write`."""
    found = await _draft(desk, mission, year, expected)
    rules.refuse_own(desk.by, (found.drafted_by, found.market_by, found.other_by))
    counted = await count(desk, mission, year, found.cutoff)
    found.state, found.approved_by, found.approved_at, found.digest = APPROVED, desk.by, desk.now, counted.digest
    _sign(desk, found, "approved")
    return found


async def send(desk: Desk, mission: str, year: int, expected: int) -> DecemberReport:
    """To the ministry, which reads it here. Raises `NotApprovedError` and those of `_locked`."""
    found = await _locked(desk, mission, year)
    check_version(expected, found.version)
    if found.state != APPROVED:
        raise rules.NotApprovedError
    found.version += 1
    found.state, found.sent_by, found.sent_at = SENT, desk.by, desk.now
    event = DecemberReportSent(mission=mission, year=year, sent_at=desk.now)
    await emit(desk.session, event, subject=found.id, sequence=found.version)
    return found


def _sign(desk: Desk, found: DecemberReport, what: str) -> None:
    found.names = {**found.names, what: desk.caller.username}


async def _draft(desk: Desk, mission: str, year: int, expected: int) -> DecemberReport:
    found = await _locked(desk, mission, year)
    check_version(expected, found.version)
    if found.state != DRAFT:
        raise rules.ReportNotDraftError
    found.version += 1
    return found


async def _locked(desk: Desk, mission: str, year: int) -> DecemberReport:
    check_mission(desk, mission)
    found = await repository.find(desk.session, mission, year, lock=True)
    if found is None:
        raise NotFoundError
    await record_access(desk.session, desk.caller, [found.id], record_type=RECORD, purpose="report", fields=("figures", "words"))
    return found
