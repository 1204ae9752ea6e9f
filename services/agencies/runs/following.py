"""What was published is computed again when its evidence changes: where it differs, that is said at once and a correction proposed."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from kit.ids import new_id
from services.agencies.ratings import repository as ratings
from services.agencies.ratings import rules
from services.agencies.ratings.service import rule_set_of
from services.agencies.runs import repository
from services.agencies.runs.models import Correction, Published


async def follow_evidence(session: AsyncSession, now: datetime, licences: Collection[str] | None) -> None:
    """Each published class again: its own rule set, its own day, what is known now. New facts of later days change nothing here.

    The licence counts as it stood then: one that ends afterwards is shown as ended, and is nobody's mistake.
    """
    standing = await repository.list_in_force(session, licences)
    bases = {(one.rule_set, one.rule_set_version, one.as_of) for one in standing}
    for name, version, day in sorted(bases):
        chosen = rule_set_of(name, version)
        mine = {one.licence: one for one in standing if (one.rule_set, one.rule_set_version, one.as_of) == (name, version, day)}
        for known in await ratings.list_known(session, chosen, day, now, sorted(mine)):
            published = mine[known.inputs.licence]
            then = rules.inputs_of_document(published.inputs)
            inputs = replace(known.inputs, status=then.status, valid_until=then.valid_until)
            await _follow(session, published, rules.evaluate(inputs, chosen, day), now)


async def _follow(session: AsyncSession, published: Published, result: rules.Result, now: datetime) -> None:
    document = rules.result_document(result)
    if document == published.now_result or (published.now_result is None and document == published.result):
        return
    open_one = await repository.find_open_correction(session, published.id)
    if open_one is not None:
        await repository.change_correction(session, open_one, status="superseded")
    if document == published.result:
        await repository.change_published(session, published, now_class=None, now_points=None, now_result=None, changed_at=None)
        return
    changed = {"now_class": result.class_code.value, "now_points": result.points, "now_result": document, "changed_at": now}
    await repository.change_published(session, published, **changed)
    if result.class_code.value != published.class_code:
        await repository.add(session, _proposed(published, result, now))


def _proposed(published: Published, result: rules.Result, now: datetime) -> Correction:
    return Correction(
        id=new_id(),
        version=1,
        published=published.id,
        licence=published.licence,
        status="proposed",
        class_before=published.class_code,
        class_code=result.class_code.value,
        points=result.points,
        result=rules.result_document(result),
        proposed_at=now,
    )
