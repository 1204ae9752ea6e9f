"""Use cases of oversight: compare rule sets before one is adopted, plan inspections, watch, see what changed, hear those concerned."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.ids import new_id
from kit.paging import Paging
from services.agencies.oversight import repository, rules
from services.agencies.oversight.models import Comment
from services.agencies.oversight.repository import Changed, Row
from services.agencies.oversight.risk import RISKS, Factor
from services.agencies.oversight.schemas import CommentIn
from services.agencies.ratings import repository as ratings
from services.agencies.ratings import rules as method
from services.agencies.ratings.rule_set import RuleSet
from services.agencies.ratings.service import find_rule_set, find_whole, in_force
from services.agencies.rules import ClassCode
from services.agencies.runs.service import day_of


class Compared(NamedTuple):
    """`pairs` counts each class before and after; `moves` in the order of licence numbers."""

    day: date
    agencies: int
    pairs: Counter[tuple[ClassCode, ClassCode]]
    moves: list[method.Move]


class Planned(NamedTuple):
    visit: rules.Visit
    row: Row


class Watched(NamedTuple):
    row: Row
    factors: Sequence[Factor]


async def compare(session: AsyncSession, before: str, after: str | RuleSet) -> tuple[RuleSet, RuleSet, Compared]:
    """Both on today's evidence. Raises `UnknownRuleSetError`, `IncompleteRuleSetError`, `SameRuleSetError`."""
    one = find_whole(before)
    other = after if isinstance(after, RuleSet) else find_whole(after)
    if one == other:
        raise rules.SameRuleSetError
    now = datetime.now(UTC)
    day = day_of(now)
    results = [await _results(session, rule_set, day, now) for rule_set in (one, other)]
    known = {result.licence: result for result in results[1]}
    pairs = Counter((result.class_code, known[result.licence].class_code) for result in results[0])
    return one, other, Compared(day, len(results[0]), pairs, method.moves(*results))


async def plan_inspections(session: AsyncSession, visits: int) -> list[Planned]:
    seen = await _all_seen(session)
    rows = {row.agency.licence: row for row, _ in seen}
    planned = rules.plan([one for _, one in seen], RISKS, _today(), visits)
    return [Planned(visit, rows[visit.licence]) for visit in planned]


async def watch(session: AsyncSession) -> list[Watched]:
    """In the order of registration."""
    found = [Watched(row, rules.watched(seen, RISKS)) for row, seen in await _all_seen(session)]
    return [one for one in found if one.factors]


async def list_changed(session: AsyncSession, paging: Paging) -> list[Changed]:
    """Since what the last published run knew; all that ever changed where none was published."""
    run = await repository.find_last_published(session)
    return await repository.list_changed(session, run, run.known_at if run is not None else None, paging)


async def renewals_due(session: AsyncSession) -> list[Row]:
    """The soonest first."""
    today = _today()
    due = [row for row in await repository.list_all(session) if rules.is_due(row.agency.valid_until, today, RISKS)]
    return sorted(due, key=lambda row: (row.agency.valid_until, row.agency.id))


async def comment(session: AsyncSession, caller: Caller, name: str, version: str, said: CommentIn) -> Comment:
    """On the record, of any rule set that is known. Raises `UnknownRuleSetError`."""
    find_rule_set(f"{name}@{version}")
    role = next(role for role in ("association", "decider", "analyst") if role in caller.roles)
    made = Comment(
        id=new_id(),
        rule_set=name,
        rule_set_version=version,
        words=said.words,
        org=next(iter(sorted(caller.org)), None),
        role=role,
        said_by=caller.subject,
        said_at=datetime.now(UTC),
    )
    await repository.add_comment(session, made)
    return made


async def list_comments(session: AsyncSession, name: str, version: str, paging: Paging) -> Sequence[Comment]:
    """Raises `UnknownRuleSetError`."""
    find_rule_set(f"{name}@{version}")
    return await repository.list_comments(session, name, version, paging)


async def _results(session: AsyncSession, rule_set: RuleSet, day: date, now: datetime) -> list[method.Result]:
    known = await ratings.list_known(session, rule_set, day, now)
    return method.evaluate_all([one.inputs for one in known], rule_set, day)


async def _all_seen(session: AsyncSession) -> list[tuple[Row, rules.Seen]]:
    """Every agency with all that is counted of it now: a class keeps the counts that its rule set looks at, and risk looks at more."""
    now = datetime.now(UTC)
    day = day_of(now)
    counted = {one.inputs.licence: one.inputs for one in await ratings.list_known(session, in_force(day), day, now)}
    return [(row, _seen(row, counted[row.agency.licence])) for row in await repository.list_all(session) if row.agency.licence in counted]


def _seen(row: Row, inputs: method.Inputs) -> rules.Seen:
    published = row.published
    now = published.now_class or published.class_code if published is not None else None
    return rules.Seen(
        inputs,
        method.result_of_document(row.classification.result),
        ClassCode(published.class_code) if published is not None else None,
        ClassCode(now) if now is not None else None,
    )


def _today() -> date:
    return day_of(datetime.now(UTC))
