"""Use cases of a run: compute, give notice, take replies, approve and publish. Reviews and corrections: `redress`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.agencies import AgencyClassified
from contracts.days import DHAKA
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.ids import new_id
from kit.outbox import ADD, outbox_row
from kit.paging import Paging
from kit.versions import check_version
from services.agencies.ratings import repository as ratings
from services.agencies.ratings import rules as method
from services.agencies.ratings.canonical import canonical
from services.agencies.ratings.rule_set import RuleSet
from services.agencies.ratings.service import find_whole, rule_set_of
from services.agencies.runs import repository, rules, signature, views
from services.agencies.runs.access import is_reader
from services.agencies.runs.models import Published, Rating, Reply, Run
from services.agencies.runs.periods import PERIODS
from services.agencies.runs.repository import Listed
from services.agencies.runs.schemas import AnswerIn, ReplyIn, ResultOut, RunIn
from services.agencies.runs.views import ANSWER, WORDS


async def start_run(session: AsyncSession, caller: Caller, order: RunIn) -> Run:
    """Computes a class for each agency on what is known now, and shows it to the office alone.

    Raises `NoRuleSetError`, `UnknownRuleSetError`, `IncompleteRuleSetError`, `RuleSetForComparisonError`, `AsOfError`, `RunOpenError`.
    """
    if order.rule_set is None:
        raise method.NoRuleSetError
    chosen = find_whole(order.rule_set)
    if chosen.purpose != "classification":
        raise method.RuleSetForComparisonError
    now = datetime.now(UTC)
    day = order.as_of or day_of(now)
    if day > day_of(now):
        raise rules.AsOfError
    known = await ratings.list_known(session, chosen, day, now, order.licences)
    if day < day_of(now):
        known = await ratings.as_they_stood(session, known, day, now)
    results = [method.evaluate(one.inputs, chosen, day) for one in known]
    run = _run(caller, order, chosen, day, now, known, results)
    if not await repository.add_run(session, run):
        raise rules.RunOpenError(run=str(_id_of(await repository.find_open_run(session))))
    before = {one.licence: one.class_code for one in await repository.list_in_force(session, order.licences)}
    await repository.add_ratings(session, [_rating(run, chosen, *pair, before) for pair in zip(known, results, strict=True)])
    return run


async def list_runs(session: AsyncSession, paging: Paging) -> list[Run]:
    return await repository.list_runs(session, paging)


async def get_run(session: AsyncSession, run_id: UUID) -> tuple[Run, dict[str, int]]:
    """A run and how many agencies are in each class. Raises `UnknownRunError`."""
    run = await repository.find_run(session, run_id)
    if run is None:
        raise rules.UnknownRunError
    return run, await repository.count_classes(session, run_id)


async def page_results(session: AsyncSession, run_id: UUID, paging: Paging, *, class_code: str | None, state: str | None) -> list[Listed]:
    """Raises `UnknownRunError`."""
    await get_run(session, run_id)
    return await repository.page_ratings(session, run_id, paging, class_code=class_code, state=state)


async def read_result(session: AsyncSession, caller: Caller, keyring: Keyring, run_id: UUID, licence: str) -> ResultOut:
    """With the facts behind it. A draft is the office's alone: of it an agency learns nothing. Raises `UnknownResultError`."""
    run = await repository.find_run(session, run_id)
    found = await repository.find_rating(session, run_id, licence)
    if run is None or found is None or (run.status in {"draft", "withdrawn"} and not is_reader(caller)):
        raise rules.UnknownResultError
    facts = await repository.list_facts(session, licence, run.period_from, run.as_of, run.known_at)
    return views.result_view(found, run, facts, await read_replies(session, caller, run_id, licence), keyring)


async def read_statement(session: AsyncSession, run_id: UUID) -> tuple[bytes, str]:
    """The bytes that were signed, and the detached JWS. Raises `UnknownRunError`, also for a run that is not published."""
    run = await repository.find_run(session, run_id)
    if run is None or run.statement is None or run.signature is None:
        raise rules.UnknownRunError
    return run.statement, run.signature


async def read_class_statement(session: AsyncSession, published_id: UUID) -> tuple[bytes, str]:
    """Raises `UnknownResultError`, also for a class that stands in its run's statement."""
    published = await repository.find_published(session, published_id)
    if published is None or published.statement is None or published.signature is None:
        raise rules.UnknownResultError
    return published.statement, published.signature


async def give_notice(session: AsyncSession, caller: Caller, run_id: UUID, expected: int) -> Run:
    """Each agency sees its result with the evidence, and may reply until a day. Raises `UnknownRunError`, `RunStateError`."""
    run = await _locked(session, run_id, expected)
    rules.check_step(rules.RunStatus(run.status), rules.RunStatus.NOTICED)
    now = datetime.now(UTC)
    await repository.set_states(session, run_id, None, state="noticed")
    until = rules.reply_until(PERIODS, day_of(now))
    return await repository.change_run(session, run, status="noticed", noticed_by=caller.subject, noticed_at=now, reply_until=until)


async def withdraw_run(session: AsyncSession, caller: Caller, run_id: UUID, expected: int) -> Run:
    """Nothing of it is published. Raises `UnknownRunError`, `RunStateError`."""
    run = await _locked(session, run_id, expected)
    rules.check_step(rules.RunStatus(run.status), rules.RunStatus.WITHDRAWN)
    return await repository.change_run(session, run, status="withdrawn", withdrawn_by=caller.subject, withdrawn_at=datetime.now(UTC))


async def reply(session: AsyncSession, caller: Caller, keyring: Keyring, run_id: UUID, licence: str, said: ReplyIn) -> Reply:
    """Answers a notice, as often as one likes until the day. Raises `UnknownResultError`, `RunStateError`, `ReplyTimeOverError`."""
    run = await repository.lock_run(session, run_id)
    if run is None or await repository.find_rating(session, run_id, licence) is None:
        raise rules.UnknownResultError
    now = datetime.now(UTC)
    rules.check_reply(status=rules.RunStatus(run.status), reply_until=run.reply_until, today=day_of(now))
    words = keyring.seal(said.words, WORDS)
    made = Reply(id=new_id(), run=run_id, licence=licence, words=words, replied_by=caller.subject, replied_at=now)
    await repository.add(session, made)
    return made


async def answer_reply(session: AsyncSession, caller: Caller, keyring: Keyring, reply_id: UUID, said: AnswerIn) -> Reply:
    """Raises `UnknownReplyError`, `ReplyAnsweredError`."""
    made = await repository.lock_reply(session, reply_id)
    if made is None:
        raise rules.UnknownReplyError
    if made.answer is not None:
        raise rules.ReplyAnsweredError
    values = {
        "answer": keyring.seal(said.words, ANSWER),
        "is_accepted": said.is_accepted,
        "answered_by": caller.subject,
        "answered_at": datetime.now(UTC),
    }
    return await repository.answer_reply(session, made, **values)


async def read_replies(session: AsyncSession, caller: Caller, run_id: UUID, licence: str) -> list[Reply]:
    """Their words may name people: each reading is noted."""
    found = await repository.list_replies(session, run_id, licence)
    ids = [one.id for one in found]
    await record_access(session, caller, ids, record_type="rating_reply", purpose="classification", fields=["words", "answer"])
    return found


async def publish_run(session: AsyncSession, caller: Caller, keyring: Keyring, run_id: UUID, expected: int) -> Run:
    """The second pair of eyes.

    Every result is computed once more on what is known now: whose differs, or whose reply was accepted or not answered, is held back and
    keeps the class that it had. Raises `UnknownRunError`, `RunStateError`, `SecondPersonError`, `ReplyTimeError`.
    """
    run = await _locked(session, run_id, expected)
    now = datetime.now(UTC)
    status = rules.RunStatus(run.status)
    rules.check_publication(status=status, author=run.author, approver=caller.subject, reply_until=run.reply_until, today=day_of(now))
    results = await repository.list_ratings(session, run_id)
    held = await _held(session, run, results, now)
    published = [one for one in results if one.licence not in held]
    for because in sorted({*held.values()}):
        licences = [licence for licence, reason in held.items() if reason == because]
        await repository.set_states(session, run_id, licences, state="held", because=because)
    await repository.set_states(session, run_id, [one.licence for one in published], state="published")
    await repository.put_in_force(session, [_published(one, run, caller, now) for one in published], now)
    statement = canonical(_statement(run, published, held, now))
    signed = {"statement": statement, "signature": signature.sign(statement, keyring)}
    await tell(session, [(one.agency_id, one.licence, one.class_code, one.previous_class) for one in published], run, now)
    return await repository.change_run(session, run, status="published", approved_by=caller.subject, published_at=now, **signed)


async def tell(session: AsyncSession, classes: Sequence[tuple[UUID, str, str, str | None]], basis: Run | Published, now: datetime) -> None:
    """One event for each agency whose published class is another than before. `classes`: agency, licence, class, class before."""
    changed = [one for one in classes if one[2] != one[3]]
    if not changed:
        return
    versions = await ratings.next_versions(session, [one[0] for one in changed])
    rows = [outbox_row(_event(basis, now, *one[1:]), subject=one[0], sequence=versions[one[0]]) for one in changed]
    await session.execute(ADD, rows)


def _event(basis: Run | Published, now: datetime, licence: str, class_code: str, before: str | None) -> AgencyClassified:
    return AgencyClassified(
        licence=licence,
        class_code=class_code,
        previous_class_code=before,
        rule_set=basis.rule_set,
        rule_set_version=basis.rule_set_version,
        provisional=False,
        computed_at=now,
    )


async def _locked(session: AsyncSession, run_id: UUID, expected: int) -> Run:
    run = await repository.lock_run(session, run_id)
    if run is None:
        raise rules.UnknownRunError
    check_version(expected, run.version)
    return run


async def _held(session: AsyncSession, run: Run, results: Sequence[Rating], now: datetime) -> dict[str, str]:
    chosen = rule_set_of(run.rule_set, run.rule_set_version)
    known = await ratings.list_known(session, chosen, run.as_of, now, run.scope)
    again = {one.inputs.licence: method.result_document(method.evaluate(one.inputs, chosen, run.as_of)) for one in known}
    replies: defaultdict[str, list[bool | None]] = defaultdict(list)
    for said in await repository.list_replies(session, run.id):
        replies[said.licence].append(said.is_accepted)
    reasons = {one.licence: rules.held_because(one.result, again.get(one.licence), replies=replies.get(one.licence, [])) for one in results}
    return {licence: reason for licence, reason in reasons.items() if reason is not None}


def _run(
    caller: Caller,
    order: RunIn,
    chosen: RuleSet,
    day: date,
    now: datetime,
    known: Sequence[ratings.Known],
    results: Sequence[method.Result],
) -> Run:
    return Run(
        id=new_id(),
        version=1,
        status="draft",
        rule_set=chosen.name,
        rule_set_version=chosen.version,
        rule_set_hash=method.rule_set_hash(chosen),
        period_from=method.period(chosen, day)[0],
        as_of=day,
        known_at=now,
        scope=order.licences,
        data_hash=method.hash_of([method.input_document(one.inputs, chosen) for one in known]),
        result_hash=method.hash_of([method.result_document(one) for one in results]),
        agencies=len(known),
        author=caller.subject,
        created_at=now,
    )


def _rating(run: Run, chosen: RuleSet, known: ratings.Known, result: method.Result, before: Mapping[str, str]) -> dict[str, Any]:
    return {
        "run": run.id,
        "licence": result.licence,
        "agency_id": known.agency_id,
        "state": "draft",
        "held_because": None,
        "class_code": result.class_code.value,
        "points": result.points,
        "previous_class": before.get(result.licence),
        "inputs": method.input_document(known.inputs, chosen),
        "result": method.result_document(result),
        "registered_at": known.registered_at,
    }


def _published(one: Rating, run: Run, caller: Caller, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "agency_id": one.agency_id,
        "licence": one.licence,
        "run": run.id,
        "kind": "run",
        "class_code": one.class_code,
        "points": one.points,
        "inputs": one.inputs,
        "result": one.result,
        "rule_set": run.rule_set,
        "rule_set_version": run.rule_set_version,
        "as_of": run.as_of,
        "published_at": now,
        "published_by": caller.subject,
    }


def _statement(run: Run, published: Sequence[Rating], held: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """What is signed: who is in which class, by which rules, on which data. No count stands in it, but the hashes of all of them."""
    return {
        "type": "bd.probashi.agencies.classification.v1",
        "run": str(run.id),
        "rule_set": {"name": run.rule_set, "version": run.rule_set_version, "sha256": run.rule_set_hash},
        "period": {"from": run.period_from.isoformat(), "to": run.as_of.isoformat()},
        "known_at": run.known_at.isoformat(),
        "data_sha256": run.data_hash,
        "result_sha256": run.result_hash,
        "published_at": now.isoformat(),
        "classes": [{"licence": one.licence, "class": one.class_code} for one in published],
        "held_back": sorted(held),
    }


def hashes_of(results: Sequence[Rating]) -> tuple[str, str]:
    """The hashes of what is stored of a run's data and results: those that the statement signs, unless somebody has altered a row."""
    return method.hash_of([one.inputs for one in results]), method.hash_of([one.result for one in results])


def today() -> date:
    return day_of(datetime.now(UTC))


def day_of(moment: datetime) -> date:
    return moment.astimezone(DHAKA).date()


def _id_of(run: Run | None) -> UUID | None:
    return run.id if run is not None else None
