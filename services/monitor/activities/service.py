"""Use cases of activities: what leads say of them, what civil society answers, and who does what."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from contracts.framework.register import Activity, load
from kit.auth import Caller
from kit.ids import new_id
from kit.paging import Paging
from kit.versions import check_version
from services.monitor.activities import lists, repository, rules
from services.monitor.activities.models import Comment, Report
from services.monitor.activities.schemas import (
    ActivityDetail,
    ActivityOut,
    ActorOut,
    ActorRow,
    CommentIn,
    DutyOut,
    ReportIn,
    body,
)
from services.monitor.evidence import repository as evidence
from services.monitor.evidence.rules import UnknownActivityError


async def list_activities(session: AsyncSession, *, goal: str | None = None, overdue: bool = False) -> list[ActivityOut]:
    """All activities of the framework, or those of one goal, with what was reported and the evidence found for each."""
    chosen = [one for one in load().activities if goal is None or one.goal == goal]
    shown = await _shown(session, chosen)
    return [one for one in shown if one.progress.overdue or not overdue]


async def read_activity(session: AsyncSession, number: str) -> ActivityDetail:
    """Raises `UnknownActivityError`."""
    activity = _activity(number)
    [shown] = await _shown(session, [activity])
    return ActivityDetail.whole(activity, shown)


async def report(session: AsyncSession, caller: Caller, number: str, given: ReportIn, expected: int) -> Report:
    """Adds to the history and changes nothing in it. Raises `StaleVersionError` where another lead has reported meanwhile."""
    activity, reporting, now = _activity(number), lists.load(), datetime.now(UTC)
    today = now.astimezone(DHAKA).date()
    rules.state_of(reporting.states, given.state)
    if given.as_of > today:
        raise rules.DayToComeError
    rules.judge_text(given.text)
    spoken_for = rules.speaks_for(caller.roles, caller.org, reporting.offices, today)
    is_own = rules.judge_reporter(activity.lead, given.actor, spoken_for, names_paper=given.document is not None)
    await repository.lock(session, number)
    version = await repository.last_version(session, _pairs(number)) + 1
    check_version(expected, version)
    if given.corrects is not None and not await repository.has_report(session, _pairs(number), given.corrects):
        raise rules.NothingToCorrectError
    row = Report(
        id=new_id(),
        edition=reporting.edition,
        activity=number,
        version=version,
        **given.model_dump(exclude={"document_url"}),
        from_paper=not is_own,
        document_url=given.address(),
        reported_at=now,
        reported_by=caller.subject,
    )
    await repository.add(session, row)
    return row


async def comment(session: AsyncSession, caller: Caller, number: str, given: CommentIn) -> Comment:
    """Raises `NoSuchReportError`, `NoOrganisationError` for an account of none."""
    _activity(number)
    rules.judge_text(given.text)
    if given.report is not None and not await repository.has_report(session, _pairs(number), given.report):
        raise rules.NoSuchReportError
    row = Comment(
        id=new_id(),
        edition=lists.load().edition,
        activity=number,
        org=rules.org_of(caller.org),
        **given.model_dump(exclude={"document_url"}),
        document_url=given.address(),
        written_at=datetime.now(UTC),
        written_by=caller.subject,
    )
    await repository.add(session, row)
    return row


async def list_reports(session: AsyncSession, number: str, paging: Paging) -> Sequence[Report]:
    _activity(number)
    return await repository.reports(session, _pairs(number), paging)


async def list_comments(session: AsyncSession, number: str, paging: Paging) -> Sequence[Comment]:
    _activity(number)
    return await repository.comments(session, _pairs(number), paging)


async def list_actors(session: AsyncSession) -> list[ActorRow]:
    last = await _last(session)
    activities = load().activities
    return [
        ActorRow(
            **body(one.id).model_dump(),
            leads=sum(one.id in each.lead for each in activities),
            co_leads=sum(one.id in each.co_lead for each in activities),
            reported=sum(one.id in each.lead and each.id in last for each in activities),
        )
        for one in load().actors
    ]


async def read_actor(session: AsyncSession, actor: str) -> ActorOut:
    """Raises `UnknownActorError`."""
    if all(one.id != actor for one in load().actors):
        raise rules.UnknownActorError
    shown = await _shown(session, load().activities)
    led, helped = [one for one in shown if actor in one.lead], [one for one in shown if actor in one.co_lead]
    return ActorOut(**body(actor).model_dump(), leads=led, co_leads=helped)


async def duties(session: AsyncSession, caller: Caller) -> list[DutyOut]:
    """What the caller may report on: of their own body first, then what is awaited longest."""
    spoken_for = rules.speaks_for(caller.roles, caller.org, lists.load().offices, _today())
    found = []
    for one in await _shown(session, load().activities):
        own = [actor for actor in one.lead if actor in spoken_for]
        if own or lists.ANY_LEAD in spoken_for:
            found.append(DutyOut(activity=one, actors=own or one.lead, from_paper=not own))
    return sorted(found, key=lambda one: (one.from_paper, one.activity.progress.report_due or date.max))


async def _shown(session: AsyncSession, activities: Iterable[Activity]) -> list[ActivityOut]:
    found, last, today = await evidence.totals(session), await _last(session), _today()
    return [ActivityOut.of(one, found.get(one.id), last.get(one.id), today) for one in activities]


async def _last(session: AsyncSession) -> Mapping[str, Report]:
    """By the number of the current edition: what was said under an earlier number stays with the activity."""
    reporting = lists.load()
    found: dict[str, Report] = {}
    for row in sorted(await repository.latest(session), key=lambda one: one.version):
        if number := rules.now_called(row.edition, row.activity, reporting.edition, reporting.renumbered):
            found[number] = row
    return found


def _activity(number: str) -> Activity:
    found = next((one for one in load().activities if one.id == number), None)
    if found is None:
        raise UnknownActivityError
    return found


def _pairs(number: str) -> frozenset[tuple[str, str]]:
    reporting = lists.load()
    return rules.known_as(number, reporting.edition, reporting.renumbered)


def _today() -> date:
    return datetime.now(DHAKA).date()
