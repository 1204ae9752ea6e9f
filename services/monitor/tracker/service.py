"""Use cases of what is tracked: what stands, what was told by whom, what is late."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from contracts.framework.register import load as register
from contracts.text import Bilingual, Text
from kit.auth import Caller
from kit.ids import new_id
from kit.paging import Paging, Position
from kit.versions import check_version
from services.monitor.activities.lists import load as reporting
from services.monitor.activities.rules import judge_reporter, judge_text, speaks_for
from services.monitor.papers import service as papers
from services.monitor.tracker import lists, repository, rules
from services.monitor.tracker.models import OpenedMatter, ToldAction, ToldStep
from services.monitor.tracker.schemas import (
    ActionChangeIn,
    ActionDetail,
    ActionIn,
    ActionOut,
    KindOut,
    MatterIn,
    MatterOut,
    MatterRow,
    Spoken,
    StepIn,
    StepOut,
    opened_title,
)


@dataclass(frozen=True, slots=True)
class Matter:
    """What is tracked, whether the framework names it or an office opened it."""

    code: str
    kind: str
    title: Text
    country: str | None
    activities: Sequence[str]
    owners: Sequence[str]
    position: Position
    said: Text | None = None
    found: Text | None = None
    opened: OpenedMatter | None = None

    def kind_data(self) -> lists.Kind | None:
        return lists.load().kind(self.kind)


async def list_matters(
    session: AsyncSession, after: Position | None, limit: int, *, kind: str | None, activity: str | None, late: bool
) -> list[tuple[Position, MatterRow]]:
    """At most one more than `limit`, after that place, each with its own: what the framework names first, then what was opened, by day."""
    chosen = [
        one
        for one in await _matters(session)
        if (kind is None or one.kind == kind)
        and (activity is None or activity in one.activities)
        and (after is None or one.position > after)
    ]
    shown = await _rows(session, chosen if late else chosen[: limit + 1])
    placed = zip((one.position for one in chosen), shown, strict=False)  # of a list that is not narrowed further a page is shown
    return [(place, one) for place, one in placed if one.late or one.actions_late or not late][: limit + 1]


async def read_matter(session: AsyncSession, code: str) -> MatterOut:
    """Raises `UnknownMatterError`."""
    matter = await _matter(session, code)
    [row] = await _rows(session, [matter])
    return _whole(matter, row, await repository.standing(session, [code]))


def _whole(matter: Matter, row: MatterRow, standing: Sequence[ToldStep]) -> MatterOut:
    kind, opened = matter.kind_data(), matter.opened
    return MatterOut(
        **row.model_dump(),
        said=Bilingual.of(matter.said) if matter.said else None,
        found=Bilingual.of(matter.found) if matter.found else None,
        text=opened.text if opened else None,
        document=opened.document if opened else None,
        document_url=opened.document_url if opened else None,
        paper=opened.paper if opened else None,
        opened_at=opened.opened_at if opened else None,
        steps=[StepOut.of(one, kind, this_day()) for one in standing],
        of_kind=KindOut.of(kind, matter.kind),
        label=lists.load().label,
    )


async def open_matter(session: AsyncSession, caller: Caller, given: MatterIn) -> MatterOut:
    """What the framework does not name, linked to activities that it does. Raises why it may not be opened."""
    rules.kind_of(lists.load().kinds, given.kind)
    rules.judge_links(given.activities, frozenset(one.id for one in register().activities))
    judge_text(f"{given.title_en}\n{given.title_bn}")
    identity, now = new_id(), datetime.now(UTC)
    leads = {actor for one in given.activities for actor in (*register().activity(one).lead, *register().activity(one).co_lead)}
    row = OpenedMatter(
        id=identity,
        code=str(identity),
        **given.model_dump(exclude={"document_url"}),
        **await _spoken(session, caller, given, leads),
        opened_at=now,
        opened_by=caller.subject,
    )
    await repository.add(session, row)
    return await read_matter(session, row.code)


async def tell_step(session: AsyncSession, caller: Caller, code: str, given: StepIn, expected: int) -> StepOut:
    """Adds to the history and changes nothing in it. Raises `StaleVersionError` where somebody else told of the matter meanwhile."""
    matter = await _matter(session, code)
    kind = rules.kind_of(lists.load().kinds, matter.kind)
    spoken = await _spoken(session, caller, given, matter.owners)
    await repository.lock(session, code)
    standing, today = await repository.standing(session, [code]), this_day()
    version = _next_version(standing)
    check_version(expected, version)
    rules.judge_step(kind, standing, given.told(version), today)
    row = ToldStep(
        id=new_id(),
        matter=code,
        version=version,
        **given.model_dump(exclude={"document_url"}),
        **spoken,
        told_at=datetime.now(UTC),
        told_by=caller.subject,
    )
    await repository.add(session, row)
    return StepOut.of(row, kind, today)


async def history(session: AsyncSession, code: str, paging: Paging) -> tuple[lists.Kind | None, Sequence[ToldStep]]:
    """The kind of the matter, and what was told of it. Raises `UnknownMatterError`."""
    matter = await _matter(session, code)
    return matter.kind_data(), await repository.history(session, code, paging)


async def list_actions(
    session: AsyncSession, paging: Paging, *, matter: str | None, owner: str | None, state: str | None, late: bool
) -> Sequence[ToldAction]:
    before = this_day() if late else None
    return await repository.actions(session, paging, matter=matter, owner=owner, state=state, due_before=before)


async def read_action(session: AsyncSession, action: UUID) -> ActionDetail:
    return ActionDetail.whole(await _versions(session, action), this_day())


async def decide_action(session: AsyncSession, caller: Caller, code: str, given: ActionIn) -> ActionOut:
    """Writes down what a committee decided. Raises why it may not be written so."""
    matter, today = await _matter(session, code), this_day()
    rules.judge_action(rules.kind_of(lists.load().kinds, matter.kind), given.owner, _actors())
    rules.judge_days(given.as_of, given.due, given.as_of, today)
    judge_text(given.task)
    spoken = await _spoken(session, caller, given, matter.owners)
    await repository.lock(session, code)
    identity = new_id()
    row = ToldAction(
        id=identity,
        action=identity,
        matter=code,
        number=await repository.last_number(session, code) + 1,
        version=1,
        state=rules.OPEN,
        **given.model_dump(exclude={"document_url"}),
        **spoken,
        told_at=datetime.now(UTC),
        told_by=caller.subject,
    )
    await repository.add(session, row)
    return ActionOut.shown(row, today)


async def change_action(session: AsyncSession, caller: Caller, action: UUID, given: ActionChangeIn, expected: int) -> ActionDetail:
    """The body that is to do it may say how it stands, and the committee. Raises `StaleVersionError`, and why it may not stand so."""
    [found, *_] = await _versions(session, action)
    await repository.lock(session, found.matter)
    newest, *before = await _versions(session, action)
    check_version(expected, newest.version)
    matter, today = await _matter(session, newest.matter), this_day()
    spoken = await _spoken(session, caller, given, {*matter.owners, newest.owner})
    owner, due = given.owner or newest.owner, given.due or newest.due
    rules.judge_owner(owner, _actors())
    rules.judge_days(given.as_of, due, (before[-1] if before else newest).as_of, today)
    row = ToldAction(
        id=new_id(),
        **newest.model_dump(include={"action", "matter", "number", "task"}),
        version=newest.version + 1,
        owner=owner,
        due=due,
        **given.model_dump(exclude={"document_url", "owner", "due"}),
        **spoken,
        told_at=datetime.now(UTC),
        told_by=caller.subject,
    )
    await repository.add(session, row)
    return ActionDetail.whole([row, newest, *before], today)


async def _spoken(session: AsyncSession, caller: Caller, given: Spoken, leads: Collection[str]) -> dict[str, Any]:
    """For whom the caller speaks, judged. Raises `NotTheLeadError`, `PaperNeededError`, `PersonalError`, `NotYourPaperError`."""
    judge_text(f"{given.text}\n{given.document or ''}")
    spoken_for = speaks_for(caller.roles, caller.org, reporting().offices, this_day())
    is_own = judge_reporter(leads, given.actor, spoken_for, names_paper=given.document is not None)
    await papers.name(session, caller, given.paper)
    return {"from_paper": not is_own, "document_url": given.address()}


async def _matters(session: AsyncSession) -> list[Matter]:
    named = [
        Matter(one.code, one.kind, one.title, one.country, one.activities, one.owners, _named(place), one.said, one.found)
        for place, one in enumerate(lists.load().matters, start=1)
    ]
    return named + [
        Matter(one.code, one.kind, opened_title(one), one.country, one.activities, [one.actor], Position(one.opened_at, one.id), opened=one)
        for one in await repository.opened(session)
    ]


def _named(place: int) -> Position:
    """Before whatever an office opened, in the order of the list."""
    return Position(datetime.fromtimestamp(place, UTC), UUID(int=place))


async def _matter(session: AsyncSession, code: str) -> Matter:
    found = next((one for one in await _matters(session) if one.code == code), None)
    if found is None:
        raise rules.UnknownMatterError
    return found


async def _rows(session: AsyncSession, matters: Sequence[Matter]) -> list[MatterRow]:
    codes, today = [one.code for one in matters], this_day()
    told: dict[str, list[ToldStep]] = {}
    for step in await repository.standing(session, codes):
        told.setdefault(step.matter, []).append(step)
    due: dict[str, list[date]] = {}
    for matter, day in await repository.open_actions(session, codes):
        due.setdefault(matter, []).append(day)
    return [_row(one, told.get(one.code, []), due.get(one.code, []), today) for one in matters]


def _row(matter: Matter, told: Sequence[ToldStep], due: Sequence[date], today: date) -> MatterRow:
    kind = matter.kind_data()
    stands, by_version = rules.standing_of(kind, told, today), {one.version: one for one in told}
    last, following = (StepOut.of(by_version[one.version], kind, today) if one else None for one in (stands.last, stands.next))
    return MatterRow(
        code=matter.code,
        kind=matter.kind,
        kind_title=KindOut.of(kind, matter.kind).title,
        title=Bilingual.of(matter.title),
        country=matter.country,
        activities=list(matter.activities),
        owners=list(matter.owners),
        last=last,
        next=following,
        late=stands.late,
        ended=stands.ended,
        actions_open=len(due),
        actions_late=sum(rules.is_overdue(rules.OPEN, day, today) for day in due),
        version=_next_version(told),
    )


def _next_version(standing: Sequence[ToldStep]) -> int:
    """The newest word is never replaced, so that it stands."""
    return max((one.version for one in standing), default=0) + 1


async def _versions(session: AsyncSession, action: UUID) -> Sequence[ToldAction]:
    found = await repository.action_versions(session, action)
    if not found:
        raise rules.UnknownActionError
    return found


def _actors() -> frozenset[str]:
    return frozenset(one.id for one in register().actors)


def this_day() -> date:
    return datetime.now(DHAKA).date()
