"""Use cases of activities: what leads say of them, what civil society answers, and who does what."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from contracts.framework.register import Activity, load
from kit.auth import Caller
from kit.ids import new_id
from kit.paging import Paging
from kit.timer import DueTimer, cancel, schedule
from kit.versions import check_version
from services.monitor.activities import lists, repository, rules
from services.monitor.activities.models import Comment, Reminder, Report
from services.monitor.activities.schemas import (
    ActivityDetail,
    ActivityOut,
    ActorOut,
    ActorRow,
    CommentIn,
    CountedFrom,
    DutyOut,
    PublishedOut,
    ReminderOut,
    ReportIn,
    body,
)
from services.monitor.committees.lists import load as committees
from services.monitor.evidence import repository as evidence
from services.monitor.evidence.rules import UnknownActivityError
from services.monitor.papers import service as papers
from services.monitor.reports.service import newest_of

REMIND: Final = "activity-reminder"
_AT: Final = time(9, tzinfo=DHAKA)


async def list_activities(session: AsyncSession, *, goal: str | None = None, overdue: bool = False) -> list[ActivityOut]:
    """All activities of the framework, or those of one goal, with what was reported and the evidence found for each."""
    chosen = [one for one in load().activities if goal is None or one.goal == goal]
    shown = await _shown(session, chosen)
    return [one for one in shown if one.progress.overdue or not overdue]


async def read_activity(session: AsyncSession, number: str) -> ActivityDetail:
    """Raises `UnknownActivityError`."""
    activity = _activity(number)
    [shown] = await _shown(session, [activity])
    published = [PublishedOut(**one.model_dump(include=set(PublishedOut.model_fields))) for one in await newest_of(session, number)]
    return ActivityDetail.whole(activity, shown, published, has_committees=committees().activity == number)


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
    await papers.name(session, caller, given.paper)
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
    await cancel(session, REMIND, _record(number))
    await _schedule(session, activity, row, None)
    return row


async def comment(session: AsyncSession, caller: Caller, number: str, given: CommentIn) -> Comment:
    """Raises `NoSuchReportError`, `NoOrganisationError` for an account of none."""
    _activity(number)
    rules.judge_text(given.text)
    if given.report is not None and not await repository.has_report(session, _pairs(number), given.report):
        raise rules.NoSuchReportError
    await papers.name(session, caller, given.paper)
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
    return ActorOut(**body(actor).model_dump(), leads=led, co_leads=helped, **CountedFrom.here().model_dump())


async def duties(session: AsyncSession, caller: Caller) -> list[DutyOut]:
    """What the caller may report on: of their own body first, then what is awaited longest."""
    spoken_for = rules.speaks_for(caller.roles, caller.org, lists.load().offices, _today())
    reminders, found = await repository.last_reminders(session, lists.load().edition), []
    for one in await _shown(session, load().activities):
        own = [actor for actor in one.lead if actor in spoken_for]
        if own or lists.ANY_LEAD in spoken_for:
            reminded = _reminded(one, reminders)
            found.append(DutyOut(activity=one, actors=own or one.lead, from_paper=not own, reminded=reminded))
    return sorted(found, key=lambda one: (one.from_paper, one.activity.progress.report_due or date.max))


def _reminded(activity: ActivityOut, reminders: Mapping[tuple[str, date], Reminder]) -> ReminderOut | None:
    """Of the report that is awaited now: what was said of an earlier one is over."""
    due = activity.progress.report_due
    last = reminders.get((activity.id, due)) if due else None
    return ReminderOut(number=last.number, overdue=last.on_day > last.report_due, reminded_at=last.reminded_at) if last else None


async def keep_reminders(state: Mapping[str, Any]) -> None:
    """At each start of a process: whatever report is awaited has its next reminder, also under a rhythm that this release brings."""
    async with state["sessions"].begin() as session:
        last, reminders = await _last(session), await repository.last_reminders(session, lists.load().edition)
        for one in load().activities:
            due = _report_due(one, last.get(one.id))
            await _schedule(session, one, last.get(one.id), reminders.get((one.id, due)) if due else None)


async def remind(session: AsyncSession, timer: DueTimer) -> None:
    """A report that came meanwhile has moved the day on which the next is due, and so stops this; a comment does not."""
    activity = next((one for one in load().activities if one.id == timer.payload["activity"]), None)
    if activity is None or timer.payload["edition"] != lists.load().edition:
        return  # of an earlier edition: its activity has a reminder of its own under the number that it has now
    report = (await _last(session)).get(activity.id)
    due = _report_due(activity, report)
    if due is None or due.isoformat() != timer.payload["report_due"]:
        return
    before = (await repository.last_reminders(session, timer.payload["edition"])).get((activity.id, due))
    row = Reminder(
        id=new_id(),
        edition=timer.payload["edition"],
        activity=activity.id,
        report_due=due,
        number=before.number + 1 if before else 1,
        on_day=timer.due.astimezone(DHAKA).date(),
        reminded_at=datetime.now(UTC),
    )
    await repository.add(session, row)
    await _schedule(session, activity, report, row)


async def _schedule(session: AsyncSession, activity: Activity, report: Report | None, reminder: Reminder | None) -> None:
    """The reminder that follows `reminder`; none where no report is awaited."""
    due, reporting = _report_due(activity, report), lists.load()
    if due is None:
        return
    day = rules.next_reminder(due, reminder.on_day if reminder else None, reporting)
    payload = {"edition": reporting.edition, "activity": activity.id, "report_due": due.isoformat()}
    await schedule(session, datetime.combine(day, _AT), REMIND, _record(activity.id), payload)


def _report_due(activity: Activity, report: Report | None) -> date | None:
    reporting = lists.load()
    state = next((one for one in reporting.states if report and one.code == report.state), None)
    return rules.report_due(report.as_of if report else None, state, activity.timeline, reporting)


def _record(number: str) -> UUID:
    """Timers know records by an id; an activity has a number in its edition."""
    return uuid5(NAMESPACE_OID, f"activity {lists.load().edition} {number}")


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
